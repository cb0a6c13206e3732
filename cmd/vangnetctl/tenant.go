package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) tenantCommand() *cobra.Command {
	c := &cobra.Command{Use: "tenant", Short: a.words.T("ctl.tenant.short")}
	c.AddCommand(a.tenantConnect(), a.tenantList(), a.tenantShow(), a.tenantDisconnect())
	return c
}

func (a *app) tenantConnect() *cobra.Command {
	var r engine.ConnectRequest
	var secretFile, certificateFile, caFile string
	c := &cobra.Command{
		Use: "connect --tenant ID --client-id ID (--secret-file F | --certificate F)", Args: cobra.NoArgs,
		Short: a.words.T("ctl.connect.short"), Long: a.words.T("ctl.connect.long"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if (secretFile == "") == (certificateFile == "") {
				return a.wrong("ctl.use.credential")
			}
			if secretFile != "" {
				r.Secret, err = a.readSecret(secretFile)
			} else {
				r.Certificate, err = a.readFile(certificateFile)
			}
			if err == nil && caFile != "" {
				r.CloudCA, err = a.readFile(caFile)
			}
			if err != nil {
				return err
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
	f.StringVar(&r.Tenant, "tenant", "", a.words.T("ctl.flag.tenant_connect"))
	f.StringVar(&r.ClientID, "client-id", "", a.words.T("ctl.flag.client_id"))
	f.StringVar(&secretFile, "secret-file", "", a.words.T("ctl.flag.secret_file"))
	f.StringVar(&certificateFile, "certificate", "", a.words.T("ctl.flag.certificate"))
	f.StringVar(&r.Cloud, "cloud", "global", a.words.T("ctl.flag.cloud"))
	f.StringVar(&caFile, "cloud-ca", "", a.words.T("ctl.flag.cloud_ca"))
	must(c.MarkFlagRequired("tenant"))
	must(c.MarkFlagRequired("client-id"))
	return c
}

// showTenant shows who a tenant is and what it granted.
func (a *app) showTenant(t model.Tenant, rights []model.Right) error {
	if a.json {
		return a.print(map[string]any{"tenant": t, "rights": notNil(rights)})
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n\n", clean(t.Domain), clean(t.Name), t.ID)
	w := a.table("ctl.col.right", "ctl.col.state", "ctl.col.for")
	missing := 0
	for _, r := range rights {
		state := a.words.T("ctl.right.have")
		if !r.Granted {
			state = a.words.T("ctl.right.missing")
			missing++
		}
		uses := make([]string, len(r.For))
		for i, u := range r.For {
			uses[i] = a.named("need.", u)
		}
		w.add(r.Name, state, strings.Join(uses, ", "))
	}
	if err := w.close(); err != nil {
		return err
	}
	if missing > 0 {
		a.note(a.words.N("ctl.rights.missing", int64(missing)))
	}
	return nil
}

// named is the word of a code; an unknown code is shown as it is.
func (a *app) named(family, code string) string {
	if text, ok := a.words.Lookup(family+code, nil); ok {
		return text
	}
	return code
}

func (a *app) tenantList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: a.words.T("ctl.list.short"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, e *engine.Engine) error {
				list := e.ConnectedTenants()
				if a.json {
					return a.print(map[string]any{"tenants": notNil(list)})
				}
				if len(list) == 0 {
					a.note(a.words.T("ctl.no_tenant"))
					return nil
				}
				w := a.table("ctl.col.domain", "ctl.col.name", "ctl.col.id", "ctl.col.since")
				for _, t := range list {
					w.add(t.Domain, t.Name, string(t.ID), stamp(t.Since))
				}
				return w.close()
			})
		},
	}
}

func (a *app) tenantShow() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "show --tenant T", Short: a.words.T("ctl.show.short"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
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
	a.tenantFlag(c, &tenant)
	return c
}

func (a *app) tenantDisconnect() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "disconnect --tenant T", Short: a.words.T("ctl.disconnect.short"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
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
	c.Flags().StringVar(&tenant, "tenant", "", a.words.T("ctl.flag.tenant_connect"))
	must(c.MarkFlagRequired("tenant"))
	return c
}

func (a *app) resourcesCommand() *cobra.Command {
	var tenant string
	c := &cobra.Command{
		Use: "resources --tenant T", Args: cobra.NoArgs,
		Short: a.words.T("ctl.resources.short"), Long: a.words.T("ctl.resources.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				list, err := e.LiveResources(ctx, t.ID)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]any{"tenant": t.Domain, "resources": a.jsonResources(list)})
				}
				w := a.table("ctl.col.resource", "ctl.col.name", "ctl.col.kind", "ctl.col.licences", "ctl.col.coverage", "ctl.col.reason")
				for _, r := range list {
					kind := ""
					if r.Purpose != "" {
						kind = a.named("purpose.", r.Purpose)
					}
					w.add(r.Address, r.Name, kind, strings.Join(r.Licences, ", "), a.named("coverage.", string(r.Coverage)), a.reason(r.Reason))
				}
				return w.close()
			})
		},
	}
	a.tenantFlag(c, &tenant)
	return c
}

// jsonResource is a resource with the reason of its coverage as a sentence too.
type jsonResource struct {
	model.Resource
	Because string `json:"reason_text"`
}

func (a *app) jsonResources(list []model.Resource) []jsonResource {
	out := make([]jsonResource, len(list))
	for i, r := range list {
		out[i] = jsonResource{Resource: r, Because: a.reason(r.Reason)}
	}
	return out
}
