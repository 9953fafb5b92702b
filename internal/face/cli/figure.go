package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"easel/internal/work/experiment/figure"
	"easel/internal/work/stylize"
)

// figureSize is the default for the longer side of a figure's cells: there are up to ten
// of them.
const figureSize = 256

// figureCommands are easel experiment style-fig1 and so on.
func (a *app) figureCommands() (commands []*cobra.Command) {
	for _, f := range figure.Figures() {
		commands = append(commands, a.figureCommand(f))
	}
	return commands
}

func (a *app) figureCommand(of figure.Figure) *cobra.Command {
	var f stylizeFlags
	shown, _ := stylize.Preset(stylize.DefaultPreset)
	shown.Size = figureSize
	cmd := &cobra.Command{
		Use:   of.Name + " --content PICTURE --style PICTURE --out DIR",
		Short: of.About + " (" + of.Source + " of Gatys et al. 2016)",
		Long: fmt.Sprintf(`%s of Gatys et al. 2016: %s.

Writes DIR/%s.png, a labelled grid, DIR/%s.json with the numbers, and the single
pictures in DIR/%s. The flags are those of easel stylize; every picture is made with
them, except for what the figure compares.`, of.Source, of.About, of.Name, of.Name, of.Name),
		Example: "  easel experiment " + of.Name + " --content tubingen.jpg --style starry_night.jpg --weights vgg19.safetensors --out figures",
		Args:    noArguments,
	}
	flags := cmd.Flags()
	addOptions(cmd, append(f.declared(), shown.Declared()...))
	for _, name := range []string{"resume", "model", "strength", "blend", "mask", "force", "save-every", "checkpoint-every", "colors"} {
		_ = flags.MarkHidden(name)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "content", "style", "out"); err != nil {
			return err
		}
		if err := f.declared().Apply(given(cmd)); err != nil {
			return usage(err, see(cmd))
		}
		o, err := a.stylizeOptions(cmd, f.preset, figureSize)
		if err != nil {
			return err
		}
		return a.figure(cmd, of, o)
	}
	return cmd
}

func (a *app) figure(cmd *cobra.Command, of figure.Figure, base stylize.Options) error {
	o := figure.Options{Content: base.Content, Out: base.Out, Base: base}
	for _, s := range base.Styles {
		o.Styles = append(o.Styles, s.Path)
	}
	l := &stylizeListener{app: a}
	cell := 0
	result, err := figure.Run(cmd.Context(), of, o, func(p figure.Event) {
		switch {
		case a.json:
			a.emit(p)
		case p.Cell != cell && p.Kind == stylize.Planned:
			cell = p.Cell
			l.clear()
			a.say("picture %d of %d: %s", p.Cell, p.Cells, p.Label)
			if cell == 1 {
				l.hear(p.Event)
			}
		case p.Kind == stylize.Iterated, p.Kind == stylize.Warned:
			l.hear(p.Event)
		}
	})
	l.clear()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(struct {
			Event string `json:"event"`
			figure.Result
		}{"result", result})
	}
	a.say("wrote %s", result.Sheet)
	return nil
}
