package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vangnet/ui/format"
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
	format   *format.Format

	home         string
	json         bool
	passwordFile string
	language     string
	verbose      bool

	status  int
	printed bool // the one document of --json is out
}

// Run executes one command line and returns its exit status.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, env func(string) (string, bool)) int {
	a := &app{in: in, out: out, err: errs, env: env, json: slices.Contains(args, "--json")}
	if err := a.speak(args); err != nil {
		fmt.Fprintln(errs, "vangnetctl:", err)
		return exitFailed
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return a.status
	}
	return a.fail(ctx, err)
}

// speak chooses the language of help and messages: that of --lang, or that of
// the computer. It is needed before the flags are read, because the flags'
// descriptions are in it.
func (a *app) speak(args []string) (err error) {
	a.words, err = i18n.Load(a.chosenLanguage(args), "ctl")
	if err == nil {
		a.format = format.New(a.words, time.Local)
	}
	return err
}

func (a *app) chosenLanguage(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return v
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	for _, name := range []string{"VANGNET_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, ok := a.env(name); ok && v != "" {
			return v
		}
	}
	return i18n.English
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "vangnetctl",
		Short: a.words.T("ctl.root.short"), Long: a.words.T("ctl.root.long"),
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.home, "home", "", a.words.T("ctl.flag.home"))
	flags.BoolVar(&a.json, "json", false, a.words.T("ctl.flag.json"))
	flags.StringVar(&a.passwordFile, "password-file", "", a.words.T("ctl.flag.password_file"))
	flags.StringVar(&a.language, "lang", "", a.words.T("ctl.flag.lang"))
	flags.BoolVar(&a.verbose, "verbose", false, a.words.T("ctl.flag.verbose"))
	root.AddCommand(
		a.initCommand(), a.openCommand(), a.tenantCommand(), a.resourcesCommand(), a.backupCommand(),
		a.snapshotsCommand(), a.lsCommand(), a.catCommand(), a.diffCommand(), a.searchCommand(),
		a.restoreCommand(), a.exportCommand(), a.verifyCommand(), a.statusCommand(), a.catalogCommand(), a.vaultCommand(),
	)
	a.explain(root)
	return root
}
