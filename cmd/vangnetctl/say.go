package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// spoken is an error whose sentence is written already.
type spoken struct {
	text   string
	status int
	err    error // what lies below; may be nil
}

func (s *spoken) Error() string { return s.text }
func (s *spoken) Unwrap() error { return s.err }

// wrong is a wrong call, said in the words of a key.
func (a *app) wrong(key string, args ...string) error {
	return &spoken{text: a.words.T(key, args...), status: exitUse, err: fault.New(fault.WrongUse, errors.New(key))}
}

// quiet is an error that was told already and only decides the exit status.
type quiet struct{ status int }

func (q *quiet) Error() string { return fmt.Sprintf("ended with status %d", q.status) }

// fail tells why a call failed and gives its exit status.
func (a *app) fail(ctx context.Context, err error) int {
	var told *quiet
	var said *spoken
	switch {
	case ctx.Err() != nil || fault.Code(err) == fault.Cancelled:
		a.tell("", fault.New(fault.Cancelled, err))
		a.printFailure(fault.New(fault.Cancelled, err))
		return exitStopped
	case errors.As(err, &told):
		return told.status
	}
	a.tell("", err)
	a.printFailure(err)
	switch {
	case errors.As(err, &said):
		return said.status
	case fault.Misused(fault.Code(err)):
		return exitUse
	}
	return exitFailed
}

// tell writes an error for a person on standard error: what it is about, what
// happened, and what to do.
func (a *app) tell(about string, err error) {
	if about != "" {
		about += ": "
	}
	fmt.Fprintln(a.err, "vangnetctl: "+clean(about+a.sentence(err)))
	if a.verbose {
		for line := range strings.Lines(fault.Of(err).Detail) {
			fmt.Fprintln(a.err, "  "+clean(strings.TrimRight(line, "\n")))
		}
	}
}

// sentence says what happened and what to do next.
func (a *app) sentence(err error) string {
	var said *spoken
	if errors.As(err, &said) {
		return said.text
	}
	f := fault.Of(err)
	if text, ok := a.codeText(f.Code, f.Args); ok {
		return text
	}
	return a.words.T("ctl.fault.unexpected")
}

// unfilled are places of a sentence whose value is not known.
var unfilled = regexp.MustCompile(`\{[a-z_]+\}`)

// codeText is the sentence of a code. Where the command line has a next step
// of its own, it goes before the sentence of the interface.
func (a *app) codeText(code string, args map[string]string) (string, bool) {
	for _, family := range []string{"ctl.fault.", "fault.", "reason."} {
		if text, ok := a.words.Lookup(family+code, args); ok {
			return unfilled.ReplaceAllString(text, "…"), true
		}
	}
	return "", false
}

// reason is the sentence of a reason; an unknown one shows its code.
func (a *app) reason(r model.Reason) string {
	if r.Code == "" {
		return ""
	}
	key := "reason." + r.Code
	if text, ok := a.words.Lookup(key+".one", r.Args); ok && r.Args["count"] == "1" {
		return text
	}
	if text, ok := a.words.Lookup(key+".other", r.Args); ok {
		return text
	}
	if text, ok := a.words.Lookup(key, r.Args); ok {
		return unfilled.ReplaceAllString(text, "…")
	}
	if text, ok := a.codeText(r.Code, r.Args); ok {
		return text
	}
	return r.Code
}

// jsonFailure is a failure in a document of --json.
type jsonFailure struct {
	Tenant   string `json:"tenant,omitempty"`
	Resource string `json:"resource,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Detail   string `json:"detail"`
}

func (a *app) jsonFailure(tenant string, err error) jsonFailure {
	f := fault.Of(err)
	return jsonFailure{Tenant: tenant, Code: f.Code, Message: a.sentence(err), Detail: f.Detail}
}

// printFailure writes the document of a call that has no other result, so that
// with --json there always is one.
func (a *app) printFailure(err error) {
	if !a.json || a.printed {
		return
	}
	if err := a.print(map[string]any{"error": a.jsonFailure("", err)}); err != nil {
		fmt.Fprintln(a.err, "vangnetctl: "+clean(err.Error()))
	}
}

// print writes v as the one JSON document of --json.
func (a *app) print(v any) error {
	a.printed = true
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// say writes a line of the result on standard output.
func (a *app) say(text string) { fmt.Fprintln(a.out, clean(text)) }

// note writes a line for people on standard error.
func (a *app) note(text string) { fmt.Fprintln(a.err, clean(text)) }

// clean makes text from a tenant fit for a terminal: one line, no control
// characters, nothing that turns the direction of writing. The joiner that
// emoji are made with may stay.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && r != '\u200D' {
			return '\uFFFD'
		}
		return r
	}, text)
}
