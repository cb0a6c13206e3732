package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

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

// find finds the tenant of --tenant; with none given the only one there is.
func (a *app) find(e *engine.Engine, name string) (model.Tenant, error) {
	if name = strings.TrimSpace(name); name != "" {
		return e.FindTenant(name)
	}
	list := e.ConnectedTenants()
	switch len(list) {
	case 0:
		return model.Tenant{}, a.noTenant()
	case 1:
		return list[0], nil
	}
	var names []string
	for _, t := range list[:min(len(list), 5)] {
		names = append(names, t.Domain)
	}
	if len(list) > len(names) {
		names = append(names, "…")
	}
	return model.Tenant{}, a.wrong("ctl.use.which_tenant", "tenants", strings.Join(names, ", "))
}

// several finds the tenant of --tenant; with none given all that are connected.
func (a *app) several(e *engine.Engine, name string) ([]model.Tenant, error) {
	if strings.TrimSpace(name) != "" {
		t, err := a.find(e, name)
		return []model.Tenant{t}, err
	}
	list := e.ConnectedTenants()
	if len(list) == 0 {
		return nil, a.noTenant()
	}
	return list, nil
}

func (a *app) noTenant() error {
	return &spoken{text: a.words.T("ctl.no_tenant"), status: exitFailed, err: fault.New(fault.NoTenant, errors.New("no tenant is connected"))}
}

// tenantFlag adds --tenant.
func (a *app) tenantFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "tenant", "", a.words.T("ctl.flag.tenant"))
}

// workload reads --workload.
func (a *app) workload(name string) (model.Workload, error) {
	w := model.Workload(strings.ToLower(name))
	if name != "" && !slices.Contains(model.Workloads(), w) {
		return "", a.wrong("ctl.use.workload", "value", name)
	}
	return w, nil
}

// moment reads RFC 3339 or YYYY-MM-DD; empty is the zero time. A day as an
// upper bound means its end.
func (a *app) moment(text string, endOfDay bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return time.Time{}, a.wrong("ctl.use.moment", "value", text)
	}
	if endOfDay {
		t = t.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	return t.UTC(), nil
}

// readFile reads a file that the technician named.
func (a *app) readFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return text, nil
	}
	key := "ctl.file.unreadable"
	if errors.Is(err, os.ErrNotExist) {
		key = "ctl.file.missing"
	}
	return nil, &spoken{text: a.words.T(key, "path", path), status: exitFailed, err: err}
}

// readSecret reads the first line of a file.
func (a *app) readSecret(path string) (string, error) {
	text, err := a.readFile(path)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if first = strings.TrimRight(first, "\r"); first == "" {
		return "", &spoken{text: a.words.T("ctl.file.empty", "path", path), status: exitFailed}
	}
	return first, nil
}

// password gives the workspace password: environment, file, or prompt.
func (a *app) password(ctx context.Context) (string, error) { return a.askPassword(ctx, false) }

// newPassword is password for a workspace that is being made: typed twice,
// because nobody can undo a slip.
func (a *app) newPassword(ctx context.Context) (string, error) { return a.askPassword(ctx, true) }

func (a *app) askPassword(ctx context.Context, twice bool) (string, error) {
	if v, ok := a.env("VANGNET_PASSWORD"); ok && v != "" {
		return v, nil
	}
	if a.passwordFile != "" {
		return a.readSecret(a.passwordFile)
	}
	file, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", fault.New(fault.PasswordMissing, errors.New("no workspace password given"))
	}
	first, err := a.prompt(ctx, file, "ctl.password")
	if err != nil || !twice {
		return first, err
	}
	second, err := a.prompt(ctx, file, "ctl.password_again")
	if err == nil && first != second {
		err = a.wrong("ctl.use.password_differs")
	}
	return first, err
}

// prompt asks for a password without showing it. When the call is stopped the
// terminal shows again what is typed; the read that then still waits ends with
// the program.
func (a *app) prompt(ctx context.Context, file *os.File, key string) (string, error) {
	fd := int(file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	fmt.Fprint(a.err, a.words.T(key))
	defer fmt.Fprintln(a.err)
	type answer struct {
		text []byte
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	case got := <-typed:
		if got.err != nil {
			return "", fmt.Errorf("read password: %w", got.err)
		}
		if len(got.text) == 0 {
			return "", fault.New(fault.PasswordMissing, errors.New("an empty workspace password was typed"))
		}
		return string(got.text), nil
	}
}

// must panics for mistakes in the program's own command table.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// notNil makes an empty list print as [] instead of null.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
