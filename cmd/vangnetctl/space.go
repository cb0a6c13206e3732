package main

import (
	"regexp"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/fault"
)

// lockForm is what --lock takes.
var lockForm = regexp.MustCompile(`^(compliance|governance):[1-9][0-9]*d$`)

func (a *app) initCommand() *cobra.Command {
	var storage, lock, name string
	var keep bool
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
			if err := a.checkKeys(o, storage, keep); err != nil {
				return err
			}
			o.Technician, o.Password = name, a.newPassword
			if err := engine.Init(cmd.Context(), o, engine.Place{Storage: storage, Lock: lock}); err != nil {
				return err
			}
			return a.report(o, storage, keep, a.words.T("ctl.init.done", "place", storage))
		},
	}
	c.Flags().StringVar(&storage, "storage", "", a.words.T("ctl.flag.storage"))
	c.Flags().StringVar(&lock, "lock", "", a.words.T("ctl.flag.lock"))
	c.Flags().StringVar(&name, "name", "", a.words.T("ctl.flag.name"))
	c.Flags().BoolVar(&keep, "keep-keys", false, a.words.T("ctl.flag.keep_keys"))
	must(c.MarkFlagRequired("storage"))
	return c
}

func (a *app) openCommand() *cobra.Command {
	var storage, name string
	var keep bool
	c := &cobra.Command{
		Use: "open --storage URL", Args: cobra.NoArgs,
		Short: a.words.T("ctl.open.short"), Long: a.words.T("ctl.open.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.options()
			if err != nil {
				return err
			}
			if err := a.checkKeys(o, storage, keep); err != nil {
				return err
			}
			o.Technician = name
			if err := engine.Join(cmd.Context(), o, engine.Place{Storage: storage}); err != nil {
				return err
			}
			return a.report(o, storage, keep, a.words.T("ctl.open.done", "place", storage))
		},
	}
	c.Flags().StringVar(&storage, "storage", "", a.words.T("ctl.flag.storage"))
	c.Flags().StringVar(&name, "name", "", a.words.T("ctl.flag.name"))
	c.Flags().BoolVar(&keep, "keep-keys", false, a.words.T("ctl.flag.keep_keys"))
	must(c.MarkFlagRequired("storage"))
	return c
}

// checkKeys refuses to keep keys where there are none.
func (a *app) checkKeys(o engine.Options, storage string, keep bool) error {
	if keep && (!engine.NeedsKeys(storage) || o.AccessKey == "" || o.SecretKey == "") {
		return a.wrong("ctl.use.keep_keys")
	}
	return nil
}

// report says that a workspace is at hand, in the chosen form, and keeps the
// keys of its storage when that was asked. A computer without a key store is
// told of; the workspace is there all the same.
func (a *app) report(o engine.Options, place string, keep bool, text string) error {
	doc := map[string]string{"storage": place, "result": "done"}
	if !a.json {
		a.say(text)
	}
	if keep {
		err := engine.KeepStorageKeys(o.Home, o.AccessKey, o.SecretKey)
		switch {
		case err == nil:
			doc["keys"] = "kept"
			a.note(a.words.T("ctl.keys.kept"))
		case fault.Code(err) == fault.NoKeyStore:
			doc["keys"] = "not_kept"
			a.tell("", err)
		default:
			return err
		}
	}
	if a.json {
		return a.print(doc)
	}
	return nil
}
