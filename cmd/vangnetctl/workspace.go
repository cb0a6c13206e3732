package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"vangnet/engine"
	"vangnet/engine/fault"
)

func (a *app) initCommand() *cobra.Command {
	var storage, lock, name string
	c := &cobra.Command{
		Use: "init --storage URL", Short: "Make a workspace in a bucket or folder",
		Long: "Makes a workspace: the place in which everything is kept. The URL is s3://bucket/prefix?endpoint=…&region=…\n" +
			"or file:///folder. A bucket must keep versions; with --lock it must have object lock. What is asked is checked\n" +
			"before the first byte is written. The password you give opens the workspace on every computer: without it\n" +
			"nothing can ever be read again.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.options()
			if err != nil {
				return err
			}
			o.Technician = name
			return a.report(storage, engine.Init(cmd.Context(), o, engine.Place{Storage: storage, Lock: lock}), "ctl.init.done")
		},
	}
	c.Flags().StringVar(&storage, "storage", "", "where everything is kept: s3://… or file:///…")
	c.Flags().StringVar(&lock, "lock", "", "make stored objects undeletable: compliance:30d or governance:30d")
	c.Flags().StringVar(&name, "name", "", "your name, as colleagues will see it")
	must(c.MarkFlagRequired("storage"))
	return c
}

func (a *app) openCommand() *cobra.Command {
	var storage, name string
	c := &cobra.Command{
		Use: "open --storage URL", Short: "Join a workspace from another computer",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.options()
			if err != nil {
				return err
			}
			o.Technician = name
			return a.report(storage, engine.Join(cmd.Context(), o, engine.Place{Storage: storage}), "ctl.open.done")
		},
	}
	c.Flags().StringVar(&storage, "storage", "", "where the workspace is: s3://… or file:///…")
	c.Flags().StringVar(&name, "name", "", "your name, as colleagues will see it")
	must(c.MarkFlagRequired("storage"))
	return c
}

// report says that a step is done, in the chosen form.
func (a *app) report(place string, err error, key string) error {
	if err != nil {
		return err
	}
	if a.json {
		return a.print(map[string]string{"storage": place, "result": "done"})
	}
	_, err = fmt.Fprintln(a.out, a.words.T(key, "place", place))
	return err
}

// password asks for the workspace password: environment, file, or prompt.
func (a *app) password(ctx context.Context) (string, error) {
	if v, ok := a.env("VANGNET_PASSWORD"); ok && v != "" {
		return v, nil
	}
	if a.passwordFile != "" {
		return readFirstLine(a.passwordFile)
	}
	file, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", fault.New(fault.PasswordMissing, errors.New("no workspace password given"))
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	fmt.Fprint(a.err, a.words.T("ctl.password"))
	text, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(a.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (a *app) catalogCommand() *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: "Refresh or rebuild the local search cache"}
	for _, sub := range []struct {
		use, short string
		rebuild    bool
	}{
		{"sync", "Take in what is new in the vaults", false},
		{"rebuild", "Delete the cache and make it anew from the vaults", true},
	} {
		c.AddCommand(&cobra.Command{
			Use: sub.use, Short: sub.short, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
					id, err := e.SyncCatalog(ctx, sub.rebuild)
					if err != nil {
						return err
					}
					job, err := a.follow(ctx, e, id)
					if err != nil {
						return err
					}
					if a.json {
						return a.print(map[string]any{"items": job.Progress.Items, "result": "done"})
					}
					_, err = fmt.Fprintln(a.out, a.words.N("ctl.catalog.done", job.Progress.Items))
					return err
				})
			},
		})
	}
	return c
}

func (a *app) vaultCommand() *cobra.Command {
	c := &cobra.Command{Use: "vault", Short: "The place of a tenant's vault"}
	var tenant string
	key := &cobra.Command{
		Use: "key --tenant T", Short: "Show password and place of a vault, for use with the kopia program",
		Long: "Shows what the stock kopia program needs to read a tenant's vault without Vangnet. Whoever has the password and\n" +
			"the bucket can read everything in it: keep it as you keep the workspace password.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				k, err := e.VaultKey(t.ID)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(k)
				}
				_, err = fmt.Fprintf(a.out, "password  %s\n%s\n", k.Password, k.Connect)
				return err
			})
		},
	}
	tenantFlag(key, &tenant)
	c.AddCommand(key)
	return c
}

// tenantFlag adds --tenant.
func tenantFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "tenant", "", "domain or tenant id (may be left out where only one is connected)")
}

// must panics for mistakes in the program's own command table.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
