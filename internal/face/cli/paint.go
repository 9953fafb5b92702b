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
var paintFlags = []string{"model", "out", "force", "max-memory"}

// paint is easel stylize --model: pictures through a network of one style.
func (a *app) paint(cmd *cobra.Command, model, out string, force bool, maxMemory int64, args []string) error {
	var other error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if cmd.InheritedFlags().Lookup(f.Name) == nil && !slices.Contains(paintFlags, f.Name) && other == nil {
			other = usage(fmt.Errorf("--%s means nothing with --model", f.Name), "a network of a style has learned its style, and paints in one pass")
		}
	})
	switch {
	case other != nil:
		return other
	case len(args) == 0:
		return usage(errors.New("there is no picture to paint"), "name pictures or folders")
	case out == "":
		return usage(errors.New("easel stylize wants --out"), "with --model it is a folder for the painted pictures")
	}
	o := easel.ModelOptions{Backend: a.backend, Threads: a.threads}
	o.Translation.MaxMemory = maxMemory
	m, err := easel.OpenStyle(model, o)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.translateFiles(cmd.Context(), m, "painted", args, out, easel.FileOptions{Force: force})
}
