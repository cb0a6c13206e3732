package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/i18n"
)

// The exit statuses; scripts rely on them.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUse      = 2
	exitSomeLost = 3 // done, but some items failed; they are listed
	exitStopped  = 130
)

// app is one call of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	words    *i18n.Words

	home         string
	json         bool
	passwordFile string
	language     string
	verbose      bool

	status int
}

// errUse marks an error of the call itself.
var errUse = errors.New("wrong use")

// Run executes one command line and returns its exit status.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, env func(string) (string, bool)) int {
	a := &app{in: in, out: out, err: errs, env: env}
	if err := a.speak(a.guessLanguage()); err != nil {
		fmt.Fprintln(errs, "vangnetctl:", err)
		return exitFailed
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if a.language != "" {
		err = errors.Join(err, a.speak(a.language))
	}
	switch {
	case err == nil:
		return a.status
	case ctx.Err() != nil:
		a.complain(fault.New(fault.Cancelled, ctx.Err()))
		return exitStopped
	case errors.Is(err, errUse), fault.Code(err) == fault.WrongUse:
		a.complain(err)
		return exitUse
	}
	a.complain(err)
	return exitFailed
}

// speak chooses the language of messages.
func (a *app) speak(lang string) (err error) {
	a.words, err = i18n.Load(lang, "ctl")
	return err
}

func (a *app) guessLanguage() string {
	for _, name := range []string{"VANGNET_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, ok := a.env(name); ok && v != "" {
			return v
		}
	}
	return "en"
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "vangnetctl",
		Short: "Back up Microsoft 365, look into the copies and put things back",
		Long: "vangnetctl is Vangnet without a display: it connects tenants, copies their mailboxes and OneDrives\n" +
			"into your own bucket, searches and browses the copies, and puts things back.\n\n" +
			"The workspace password comes from VANGNET_PASSWORD, --password-file or a prompt. S3 keys come from\n" +
			"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the key store of this computer.\n\n" +
			"Exit status: 0 done; 1 failed; 2 wrong use; 3 done, but some items failed (they are listed);\n" +
			"130 stopped by the user.",
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.home, "home", "", "folder for configuration, catalog, cache and logs (or VANGNET_HOME)")
	flags.BoolVar(&a.json, "json", false, "one JSON document on standard output; progress and messages on standard error")
	flags.StringVar(&a.passwordFile, "password-file", "", "file whose first line is the workspace password")
	flags.StringVar(&a.language, "lang", "", "nl or en (default: that of the computer)")
	flags.BoolVar(&a.verbose, "verbose", false, "show the technical detail of errors")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUse, err) })
	root.AddCommand(
		a.initCommand(), a.openCommand(), a.tenantCommand(), a.resourcesCommand(), a.backupCommand(),
		a.snapshotsCommand(), a.lsCommand(), a.catCommand(), a.diffCommand(), a.searchCommand(),
		a.restoreCommand(), a.verifyCommand(), a.statusCommand(), a.catalogCommand(), a.vaultCommand(),
	)
	for _, c := range root.Commands() {
		useErrors(c)
	}
	return root
}

// useErrors makes wrong arguments and unknown subcommands count as wrong use.
func useErrors(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(cmd *cobra.Command, given []string) error {
			if err := args(cmd, given); err != nil {
				return fmt.Errorf("%w: %w", errUse, err)
			}
			return nil
		}
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.RunE = func(cmd *cobra.Command, given []string) error {
			if len(given) > 0 {
				return fmt.Errorf("%w: %s has no command %q", errUse, cmd.CommandPath(), given[0])
			}
			return cmd.Help()
		}
	}
	for _, sub := range c.Commands() {
		useErrors(sub)
	}
}

// homeDir is the folder of this call.
func (a *app) homeDir() (string, error) {
	if a.home != "" {
		return a.home, nil
	}
	if v, ok := a.env("VANGNET_HOME"); ok && v != "" {
		return v, nil
	}
	return engine.DefaultHome()
}

// options are what every opening of the engine needs.
func (a *app) options() (engine.Options, error) {
	home, err := a.homeDir()
	if err != nil {
		return engine.Options{}, err
	}
	o := engine.Options{Home: home, Password: a.password}
	o.AccessKey, _ = a.env("AWS_ACCESS_KEY_ID")
	o.SecretKey, _ = a.env("AWS_SECRET_ACCESS_KEY")
	return o, nil
}

// with opens the engine, runs fn and closes it.
func (a *app) with(cmd *cobra.Command, fn func(ctx context.Context, e *engine.Engine) error) error {
	o, err := a.options()
	if err != nil {
		return err
	}
	e, err := engine.Open(cmd.Context(), o)
	if err != nil {
		return err
	}
	return errors.Join(fn(cmd.Context(), e), e.Close())
}

// tenant finds the tenant of --tenant; with none given and only one connected, that one.
func (a *app) tenant(e *engine.Engine, name string) (model.Tenant, error) {
	return e.FindTenant(name)
}

// complain writes an error for a person: what happened, then what to do.
func (a *app) complain(err error) {
	f := fault.Of(err)
	sentence, known := a.words.Lookup("fault."+f.Code, f.Args)
	if f.Code == fault.Unexpected || f.Code == fault.WrongUse || errors.Is(err, errUse) || !known {
		sentence = strings.TrimPrefix(err.Error(), errUse.Error()+": ")
	} else if a.verbose {
		sentence += "\n  " + f.Detail
	}
	fmt.Fprintln(a.err, "vangnetctl: "+sentence)
}

// print writes v as the one JSON document of --json.
func (a *app) print(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// moment reads RFC 3339 or YYYY-MM-DD; empty is the zero time. A day as an
// upper bound means its end.
func moment(text string, endOfDay bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %q is no moment: write 2026-11-14 or 2026-11-14T09:00:00Z", errUse, text)
	}
	if endOfDay {
		t = t.AddDate(0, 0, 1).Add(-time.Second)
	}
	return t.UTC(), nil
}

// readFirstLine reads a secret from a file.
func readFirstLine(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(first, "\r"), nil
}
