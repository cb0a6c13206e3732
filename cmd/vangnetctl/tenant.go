package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) tenantCommand() *cobra.Command {
	c := &cobra.Command{Use: "tenant", Short: "Connect customers and see what they granted"}
	c.AddCommand(a.tenantConnect(), a.tenantList(), a.tenantShow(), a.tenantDisconnect())
	return c
}

func (a *app) tenantConnect() *cobra.Command {
	var r engine.ConnectRequest
	var secretFile, certificateFile, caFile, tenant string
	c := &cobra.Command{
		Use: "connect --tenant ID --client-id ID (--secret-file F | --certificate F)", Short: "Connect a tenant and check its permissions",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if (secretFile == "") == (certificateFile == "") {
				return fmt.Errorf("%w: give either --secret-file or --certificate", errUse)
			}
			r.Tenant = tenant
			if secretFile != "" {
				if r.Secret, err = readFirstLine(secretFile); err != nil {
					return err
				}
			} else if r.Certificate, err = os.ReadFile(certificateFile); err != nil {
				return fmt.Errorf("read certificate: %w", err)
			}
			if caFile != "" {
				if r.CloudCA, err = os.ReadFile(caFile); err != nil {
					return fmt.Errorf("read CA file: %w", err)
				}
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, rights, err := e.Connect(ctx, r)
				if err != nil {
					return err
				}
				return a.showTenant(t, rights)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&tenant, "tenant", "", "tenant id or domain")
	f.StringVar(&r.ClientID, "client-id", "", "application (client) id of the app registration")
	f.StringVar(&secretFile, "secret-file", "", "file with the client secret")
	f.StringVar(&certificateFile, "certificate", "", "PEM file with certificate and private key")
	f.StringVar(&r.Cloud, "cloud", "global", "global, usgov, usdod, china, or the URL of a simulator")
	f.StringVar(&caFile, "cloud-ca", "", "PEM file with the CA of --cloud URL")
	must(c.MarkFlagRequired("tenant"))
	must(c.MarkFlagRequired("client-id"))
	return c
}

func (a *app) showTenant(t model.Tenant, rights []model.Right) error {
	if a.json {
		return a.print(map[string]any{"tenant": t, "rights": rights})
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n\n", t.Domain, t.Name, t.ID)
	w := a.table("ctl.col.right", "ctl.col.state", "ctl.col.for")
	for _, r := range rights {
		state := a.words.T("ctl.right.have")
		if !r.Granted {
			state = a.words.T("ctl.right.missing")
		}
		uses := ""
		for i, u := range r.For {
			if i > 0 {
				uses += ", "
			}
			uses += a.words.T("need." + u)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Name, state, uses)
	}
	return w.Flush()
}

func (a *app) tenantList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List connected tenants", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, e *engine.Engine) error {
				list := e.ConnectedTenants()
				if a.json {
					return a.print(map[string]any{"tenants": notNil(list)})
				}
				w := a.table("ctl.col.domain", "ctl.col.name", "ctl.col.id", "ctl.col.since")
				for _, t := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Domain, clean(t.Name), t.ID, stamp(t.Since))
				}
				return w.Flush()
			})
		},
	}
}

func (a *app) tenantShow() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "show --tenant T", Short: "Show a tenant and its permissions as they are now", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				rights, err := e.CheckRights(ctx, t.ID)
				if err != nil {
					return err
				}
				return a.showTenant(t, rights)
			})
		},
	}
	tenantFlag(c, &tenant)
	return c
}

func (a *app) tenantDisconnect() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "disconnect --tenant T", Short: "Forget a tenant's credentials; its vault and copies stay", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				if err := e.Disconnect(ctx, t.ID); err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]string{"tenant": t.Domain, "result": "done"})
				}
				_, err = fmt.Fprintln(a.out, a.words.T("ctl.disconnect.done", "tenant", t.Domain))
				return err
			})
		},
	}
	tenantFlag(c, &tenant)
	must(c.MarkFlagRequired("tenant"))
	return c
}

func (a *app) resourcesCommand() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "resources --tenant T", Short: "What exists, what is protected, what cannot be, licences", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				list, err := e.LiveResources(ctx, t.ID)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]any{"tenant": t.Domain, "resources": notNil(list)})
				}
				w := a.table("ctl.col.resource", "ctl.col.name", "ctl.col.kind", "ctl.col.coverage", "ctl.col.reason")
				for _, r := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Address, clean(r.Name), r.Purpose, a.words.T("coverage."+string(r.Coverage)), a.reason(r.Reason))
				}
				return w.Flush()
			})
		},
	}
	tenantFlag(c, &tenant)
	return c
}

// table begins a table with translated heads.
func (a *app) table(heads ...string) *tabwriter.Writer {
	w := tabwriter.NewWriter(a.out, 2, 8, 2, ' ', 0)
	for i, h := range heads {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, a.words.T(h))
	}
	fmt.Fprintln(w)
	return w
}

// reason is the sentence of a reason; an unknown one shows its code.
func (a *app) reason(r model.Reason) string {
	if r.Code == "" {
		return ""
	}
	for _, family := range []string{"reason.", "fault."} {
		if text, ok := a.words.Lookup(family+r.Code, r.Args); ok {
			return text
		}
	}
	return r.Code
}

// clean makes text from a tenant fit for a terminal: one line, no control characters.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// notNil makes an empty list print as [] instead of null.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
