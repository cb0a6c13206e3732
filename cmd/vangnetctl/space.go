package main

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"vangnet/engine"
)

// lockForm is what --lock takes.
var lockForm = regexp.MustCompile(`^(compliance|governance):[1-9][0-9]*d$`)

func (a *app) initCommand() *cobra.Command {
	var storage, lock, name string
	c := &cobra.Command{
		Use: "init --storage URL [--lock compliance:30d|governance:30d]", Args: cobra.NoArgs,
		Short: a.words.T("ctl.init.short"), Long: a.words.T("ctl.init.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lock != "" && !lockForm.MatchString(lock) {
				return a.wrong("ctl.use.lock", "value", lock)
			}
			o, err := a.options()
			if err != nil {
				return err
			}
			o.Technician, o.Password = name, a.newPassword
			return a.report(storage, engine.Init(cmd.Context(), o, engine.Place{Storage: storage, Lock: lock}), a.words.T("ctl.init.done", "place", storage))
		},
	}
	c.Flags().StringVar(&storage, "storage", "", a.words.T("ctl.flag.storage"))
	c.Flags().StringVar(&lock, "lock", "", a.words.T("ctl.flag.lock"))
	c.Flags().StringVar(&name, "name", "", a.words.T("ctl.flag.name"))
	must(c.MarkFlagRequired("storage"))
	return c
}

func (a *app) openCommand() *cobra.Command {
	var storage, name string
	c := &cobra.Command{
		Use: "open --storage URL", Args: cobra.NoArgs,
		Short: a.words.T("ctl.open.short"), Long: a.words.T("ctl.open.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.options()
			if err != nil {
				return err
			}
			o.Technician = name
			return a.report(storage, engine.Join(cmd.Context(), o, engine.Place{Storage: storage}), a.words.T("ctl.open.done", "place", storage))
		},
	}
	c.Flags().StringVar(&storage, "storage", "", a.words.T("ctl.flag.storage"))
	c.Flags().StringVar(&name, "name", "", a.words.T("ctl.flag.name"))
	must(c.MarkFlagRequired("storage"))
	return c
}

// report says that a workspace is at hand, in the chosen form.
func (a *app) report(place string, err error, text string) error {
	if err != nil {
		return err
	}
	if a.json {
		return a.print(map[string]string{"storage": place, "result": "done"})
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}
