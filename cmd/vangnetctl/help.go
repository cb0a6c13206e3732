package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// explain gives the whole tree of commands its help and its complaints about
// wrong use, both in the technician's language.
func (a *app) explain(root *cobra.Command) {
	root.SetUsageFunc(func(c *cobra.Command) error { return a.usage(c.OutOrStdout(), c) })
	root.SetFlagErrorFunc(a.flagError)
	root.SetHelpCommand(&cobra.Command{
		Use: "help [command]", Short: a.words.T("ctl.help.short"), Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || c == nil || c == root && len(rest) > 0 {
				return a.wrong("ctl.use.command", "program", root.Name(), "command", strings.Join(args, " "))
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	})
	a.prepare(root)
}

// prepare makes one command and those below it check flags and arguments.
func (a *app) prepare(c *cobra.Command) {
	c.Flags().BoolP("help", "h", false, a.words.T("ctl.flag.help"))
	c.DisableFlagsInUseLine = true
	c.Flags().VisitAll(func(f *pflag.Flag) { f.DefValue = zeroOf(f) }) // defaults stand in the descriptions
	c.PreRunE = a.checkRequired
	if args := c.Args; args != nil {
		c.Args = func(cmd *cobra.Command, given []string) error {
			if args(cmd, given) != nil {
				return a.wrong("ctl.use.args", "use", cmd.UseLine())
			}
			return nil
		}
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.RunE = func(cmd *cobra.Command, given []string) error {
			if len(given) > 0 {
				return a.unknownCommand(cmd, given[0])
			}
			a.printed = true // help is for people
			return cmd.Help()
		}
	}
	for _, sub := range c.Commands() {
		a.prepare(sub)
	}
}

// zeroOf is the default value that pflag leaves unsaid.
func zeroOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "false"
	case "int", "float64":
		return "0"
	}
	return ""
}

func (a *app) unknownCommand(c *cobra.Command, name string) error {
	c.SuggestionsMinimumDistance = 2
	if like := c.SuggestionsFor(name); len(like) > 0 {
		return a.wrong("ctl.use.command_like", "program", c.CommandPath(), "command", name, "like", strings.Join(like, ", "))
	}
	return a.wrong("ctl.use.command", "program", c.CommandPath(), "command", name)
}

// checkRequired names the flags that have to be given and are not.
func (a *app) checkRequired(c *cobra.Command, _ []string) error {
	var missing []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if need := f.Annotations[cobra.BashCompOneRequiredFlag]; len(need) == 1 && need[0] == "true" && !f.Changed {
			missing = append(missing, "--"+f.Name)
		}
	})
	if len(missing) == 0 {
		return nil
	}
	return a.wrong("ctl.use.flag_missing", "flags", strings.Join(missing, ", "), "program", c.CommandPath())
}

// flagError says what is wrong with a flag.
func (a *app) flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return a.wrong("ctl.use.flag_unknown", "flag", dashes(unknown.GetSpecifiedName()), "program", c.CommandPath())
	case errors.As(err, &value):
		return a.wrong("ctl.use.flag_empty", "flag", dashes(value.GetSpecifiedName()), "program", c.CommandPath())
	case errors.As(err, &invalid):
		return a.wrong("ctl.use.flag_value", "flag", dashes(invalid.GetFlag().Name), "value", invalid.GetValue(), "program", c.CommandPath())
	}
	return a.wrong("ctl.use.args", "use", c.UseLine())
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// usage writes how a command is called.
func (a *app) usage(w io.Writer, c *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", a.words.T("ctl.help.usage"), c.UseLine())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", a.words.T("ctl.help.commands"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\n%s\n%s", a.words.T("ctl.help.flags"), c.LocalFlags().FlagUsages())
	}
	if c.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\n%s\n%s", a.words.T("ctl.help.global"), c.InheritedFlags().FlagUsages())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", a.words.T("ctl.help.more", "program", c.CommandPath()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
