package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// What people mistype, and what they probably meant.

// suggestDistance is how many letters of a command's name may be wrong.
const suggestDistance = 2

// unknownCommand is the error for a word that is not a subcommand.
func unknownCommand(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "there are " + strings.Join(names, ", ")
	cmd.SuggestionsMinimumDistance = suggestDistance
	if meant := cmd.SuggestionsFor(word); len(meant) > 0 {
		hint = "did you mean " + cmd.CommandPath() + " " + strings.Join(meant, ", or "+cmd.CommandPath()+" ") + "?"
	}
	return usage(fmt.Errorf("unknown command %q", strings.TrimPrefix(cmd.CommandPath()+" ", cmd.Root().Name()+" ")+word), hint)
}

// wrongFlag words the errors of the flag parser. After a mistyped command, flags are
// reported of the command above, unless it takes arguments itself, and a file's name may
// begin with a dash.
func wrongFlag(cmd *cobra.Command, err error) error {
	if args := cmd.Flags().Args(); cmd.HasSubCommands() && cmd.Args != nil && len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	if strings.HasPrefix(err.Error(), "unknown shorthand flag") {
		word := err.Error()[strings.LastIndex(err.Error(), " ")+1:]
		return usage(err, fmt.Sprintf("easel's flags have two dashes; if %s is a file, put -- before the files: -- %s", word, word))
	}
	text := strings.TrimPrefix(err.Error(), "invalid argument ")
	if text == err.Error() {
		return usage(err, see(cmd))
	}
	// invalid argument "many" for "--steps" flag: it must be a whole number
	value, rest, _ := strings.Cut(text, ` for "`)
	flag, why, found := strings.Cut(rest, `" flag: `)
	if !found {
		return usage(err, see(cmd))
	}
	name := strings.Split(flag, ", ")
	return usage(errors.New(name[len(name)-1]+" "+value+": "+why), see(cmd))
}

// asFlags lets arguments take the place of flags that were not given, one each. The last
// flag takes all remaining arguments, if it may be repeated: easel train facades, easel
// stylize photo.jpg painting.jpg.
func asFlags(cmd *cobra.Command, args []string, names ...string) error {
	for i, arg := range args {
		name := names[min(i, len(names)-1)]
		f := cmd.Flags().Lookup(name)
		again := i >= len(names)
		if (f.Changed && !again) || (again && !strings.HasSuffix(f.Value.Type(), "Array")) {
			return noArguments(cmd, args[i:])
		}
		if err := cmd.Flags().Set(name, arg); err != nil {
			return usage(err, see(cmd))
		}
	}
	return nil
}
