package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"easel"
	"easel/internal/work/stylize"
)

// figureSize is the longer side of a figure's cells unless asked for otherwise:
// a figure has up to ten of them.
const figureSize = 256

// figureCommands are easel experiment style-fig1 and so on.
func (a *app) figureCommands() (commands []*cobra.Command) {
	for _, f := range easel.StyleFigures() {
		commands = append(commands, a.figureCommand(f))
	}
	return commands
}

func (a *app) figureCommand(figure easel.StyleFigure) *cobra.Command {
	f := stylizeFlags{preset: stylize.DefaultPreset}
	shown, _ := easel.StylizePreset(f.preset)
	shown.Size = figureSize
	cmd := &cobra.Command{
		Use:   figure.Name + " --content PICTURE --style PICTURE --out DIR",
		Short: figure.About + " (" + figure.Source + " of Gatys et al. 2016)",
		Long: fmt.Sprintf(`%s of Gatys et al. 2016: %s.

Writes DIR/%s.png, a labelled grid, DIR/%s.json with the numbers, and the single
pictures in DIR/%s. The flags are those of easel stylize; every picture is made
with them, but for what the figure compares.`, figure.Source, figure.About, figure.Name, figure.Name, figure.Name),
		Example: "  easel experiment " + figure.Name + " --content tubingen.jpg --style starry_night.jpg --weights vgg19.safetensors --out figures",
		Args:    noArguments,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	bindStylizeWords(flags, &f)
	bindStylize(flags, &shown)
	for _, name := range []string{"resume", "blend", "mask", "force", "save-every", "checkpoint-every", "colors"} {
		_ = flags.MarkHidden(name)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "content", "style", "out"); err != nil {
			return err
		}
		if !flags.Changed("size") {
			f.size = fmt.Sprint(figureSize)
			flags.Lookup("size").Changed = true
		}
		o, err := a.stylizeOptions(cmd, f)
		if err != nil {
			return err
		}
		return a.figure(cmd, figure, o)
	}
	return cmd
}

func (a *app) figure(cmd *cobra.Command, figure easel.StyleFigure, base easel.StylizeOptions) error {
	o := easel.StyleFigureOptions{Content: base.Content, Out: base.Out, Base: base}
	for _, s := range base.Styles {
		o.Styles = append(o.Styles, s.Path)
	}
	l := &stylizeListener{app: a}
	cell := 0
	result, err := easel.RunStyleFigure(cmd.Context(), figure, o, func(p easel.StyleFigureProgress) {
		switch {
		case a.json:
			a.emit(p)
		case p.Cell != cell && p.Kind == stylize.Planned:
			cell = p.Cell
			l.clear()
			a.say("picture %d of %d: %s", p.Cell, p.Cells, p.Label)
			if cell == 1 {
				l.hear(p.Iteration)
			}
		case p.Kind == stylize.Iterated, p.Kind == stylize.Warned:
			l.hear(p.Iteration)
		}
	})
	l.clear()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(struct {
			Event string `json:"event"`
			easel.StyleFigureResult
		}{"result", result})
	}
	a.say("wrote %s", result.Sheet)
	return nil
}
