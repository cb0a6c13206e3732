package main

import (
	"context"

	"github.com/spf13/cobra"

	"vangnet/engine"
)

func (a *app) catalogCommand() *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: a.words.T("ctl.catalog.short"), Long: a.words.T("ctl.catalog.long")}
	c.AddCommand(a.syncCommand("sync", a.words.T("ctl.sync.short"), false), a.syncCommand("rebuild", a.words.T("ctl.rebuild.short"), true))
	return c
}

func (a *app) syncCommand(use, short string, rebuild bool) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				id, err := e.SyncCatalog(ctx, rebuild)
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
				a.say(a.words.N("ctl.catalog.done", job.Progress.Items))
				return nil
			})
		},
	}
}

func (a *app) vaultCommand() *cobra.Command {
	c := &cobra.Command{Use: "vault", Short: a.words.T("ctl.vault.short")}
	var tenant string
	key := &cobra.Command{
		Use: "key --tenant T", Args: cobra.NoArgs,
		Short: a.words.T("ctl.key.short"), Long: a.words.T("ctl.key.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
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
				a.say(a.words.T("ctl.key.password", "password", k.Password))
				a.say(k.Connect)
				return nil
			})
		},
	}
	a.tenantFlag(key, &tenant)
	c.AddCommand(key)
	return c
}
