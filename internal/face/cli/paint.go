package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
	"easel/internal/work/translate"
)

// paintFlags are the flags of easel stylize that apply with --model.
var paintFlags = []string{"model", "out", "force", "max-memory", "style", "strength", "tile", "overlap"}

// paint is easel stylize --model: it paints pictures with a feed-forward style network.
func (a *app) paint(cmd *cobra.Command, f stylizeFlags, args []string) error {
	var other error
	cmd.Flags().Visit(func(one *pflag.Flag) {
		if cmd.InheritedFlags().Lookup(one.Name) == nil && !slices.Contains(paintFlags, one.Name) && other == nil {
			other = usage(fmt.Errorf("--%s has no effect with --model", one.Name), "a feed-forward network takes only --style and --strength")
		}
	})
	var asked stylize.Options
	if err := asked.Declared().Apply(given(cmd)); err != nil && other == nil {
		other = usage(err, see(cmd))
	}
	switch {
	case other != nil:
		return other
	case len(asked.Styles) > 1:
		return usage(errors.New("a feed-forward network takes one --style"), "")
	case !(f.strength >= 0 && f.strength <= 1):
		return usage(fmt.Errorf("--strength %g: it must be from 0 to 1", f.strength), "")
	case len(args) == 0:
		return usage(errors.New("no picture is given"), "name pictures or folders")
	case asked.Out == "":
		return usage(errors.New("easel stylize needs --out"), "with --model it is a folder for the painted pictures")
	}
	o := translate.ModelOptions{Backend: a.backend, Threads: a.threads}
	o.Translation.MaxMemory, o.Translation.Tile, o.Translation.Overlap = asked.MaxMemory, f.tile, f.overlap
	style := translate.StyleOptions{Strength: f.strength}
	if len(asked.Styles) == 1 {
		picture, _, err := imgio.Read(asked.Styles[0].Path, imgio.ReadOptions{})
		if err != nil {
			return err
		}
		style.Picture = picture
	}
	m, err := translate.OpenStyle(f.model, style, o)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.translateFiles(cmd.Context(), m, "painted", args, asked.Out, translate.FileOptions{Force: asked.Force})
}
