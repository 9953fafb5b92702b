package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel"
)

// paintFlags are the flags of easel stylize that mean something with --model.
var paintFlags = []string{"model", "out", "force", "max-memory", "style", "strength"}

// paint is easel stylize --model: pictures through a network of a style, or of any.
func (a *app) paint(cmd *cobra.Command, f stylizeFlags, out string, force bool, args []string) error {
	var other error
	cmd.Flags().Visit(func(given *pflag.Flag) {
		if cmd.InheritedFlags().Lookup(given.Name) == nil && !slices.Contains(paintFlags, given.Name) && other == nil {
			other = usage(fmt.Errorf("--%s means nothing with --model", given.Name), "a network paints in one pass, and has nothing to choose but --style and --strength")
		}
	})
	switch {
	case other != nil:
		return other
	case len(f.styles) > 1:
		return usage(errors.New("a network takes one --style"), "")
	case !(f.strength >= 0 && f.strength <= 1):
		return usage(fmt.Errorf("--strength %g: it has to be from 0 to 1", f.strength), "")
	case len(args) == 0:
		return usage(errors.New("there is no picture to paint"), "name pictures or folders")
	case out == "":
		return usage(errors.New("easel stylize wants --out"), "with --model it is a folder for the painted pictures")
	}
	o := easel.ModelOptions{Backend: a.backend, Threads: a.threads}
	o.Translation.MaxMemory = int64(f.maxMemory)
	style := easel.StyleOptions{Strength: &f.strength}
	if len(f.styles) == 1 {
		style.Picture = f.styles[0]
	}
	m, err := easel.OpenStyle(f.model, style, o)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.translateFiles(cmd.Context(), m, "painted", args, out, easel.FileOptions{Force: force})
}
