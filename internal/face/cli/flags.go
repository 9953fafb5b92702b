package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/option"
)

// groupKey marks a flag with its heading in help.
const groupKey = "easel-group"

// addOptions makes flags of options. Help shows their current values as defaults. The
// flags that are given are applied later, when the preset or the run is known: see
// given.
func addOptions(cmd *cobra.Command, list option.List) {
	flags := cmd.Flags()
	flags.SortFlags = false
	for _, o := range list {
		if o.Flag == "" || o.Shared {
			continue
		}
		for _, name := range append([]string{o.Flag}, o.Aliases...) {
			f := flags.VarPF(&optionFlag{Option: o}, name, "", o.About())
			f.Annotations = map[string][]string{groupKey: {o.Group}}
			f.Hidden = name != o.Flag
			if o.Switch {
				f.NoOptDefVal = "true"
			}
		}
	}
}

// given returns the options on the command line.
func given(cmd *cobra.Command) option.Given {
	all := option.Given{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if o, ok := f.Value.(*optionFlag); ok {
			all[f.Name] = o.texts
		}
	})
	return all
}

// optionFlag is an option as a flag. It keeps the texts it is given; Apply reads them, in
// the order of the options.
type optionFlag struct {
	option.Option
	texts []string
}

// String implements pflag.Value.
func (f *optionFlag) String() string {
	if n := len(f.texts); n > 0 {
		return f.texts[n-1]
	}
	return f.Option.String()
}

// Set implements pflag.Value.
func (f *optionFlag) Set(text string) error {
	f.texts = append(f.texts, text)
	return nil
}

// Type implements pflag.Value.
func (f *optionFlag) Type() string { return f.Option.Type }

// shared returns the flags of all commands. With onlyGiven it leaves out defaults, so
// that a run keeps its own values.
func (a *app) shared(cmd *cobra.Command, onlyGiven bool) option.Given {
	given := option.Given{}
	for _, name := range []string{"seed", "threads", "backend"} {
		if f := cmd.Flags().Lookup(name); f.Changed || !onlyGiven {
			given[name] = []string{f.Value.String()}
		}
	}
	return given
}

// usageOf prints what cobra prints, but with flags under headings.
func usageOf(cmd *cobra.Command) error {
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format, args...) }
	say("Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasExample() {
		say("\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		say("\nAvailable Commands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				say("  %-*s %s\n", c.NamePadding(), c.Name(), c.Short)
			}
		}
	}
	say("%s", groups(cmd.LocalFlags()))
	if cmd.HasAvailableInheritedFlags() {
		say("\nFlags of all commands:\n%s", cmd.InheritedFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd.HasAvailableSubCommands() {
		say("\nUse \"%s [command] --help\" for more information about a command.\n", cmd.CommandPath())
	}
	_, err := fmt.Fprint(cmd.OutOrStderr(), text.String())
	return err
}

// helpWidth is the longest line of help.
const helpWidth = 110

// otherFlags is the heading of flags without one, such as --help.
const otherFlags = "Flags"

// groups is the help of flags by heading, with the others at the end.
func groups(flags *pflag.FlagSet) string {
	headings := []string{otherFlags}
	sets := map[string]*pflag.FlagSet{otherFlags: {SortFlags: flags.SortFlags}}
	flags.VisitAll(func(f *pflag.Flag) {
		heading := otherFlags
		if g := f.Annotations[groupKey]; g != nil {
			heading = g[0]
		}
		if sets[heading] == nil {
			headings = slices.Insert(headings, len(headings)-1, heading)
			sets[heading] = &pflag.FlagSet{}
		}
		sets[heading].AddFlag(f)
	})
	var text strings.Builder
	for _, heading := range headings {
		if usages := sets[heading].FlagUsagesWrapped(helpWidth); usages != "" {
			fmt.Fprintf(&text, "\n%s:\n%s", heading, usages)
		}
	}
	return text.String()
}
