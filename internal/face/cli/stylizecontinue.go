package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
)

func (a *app) continueCommand() *cobra.Command {
	var shown stylize.Options
	offered := func(o *stylize.Options) option.List { return o.Declared().Without(&o.Init) }
	cmd := &cobra.Command{
		Use:   "continue PAINTED.png --out PICTURE",
		Short: "Go on with a finished picture at a larger size",
		Long: `Go on with a picture that easel stylize has painted, at a larger size: twice as large,
unless --size says otherwise. Only the sizes above its own are painted, beginning with
it, so that it stays the same picture and gets finer strokes.

A PNG says how it was made: options, and the names of its pictures. They are looked for
here and beside it, and must be the same pictures; --content, --style, --mask and
--weights say where those are that have another name now. Other flags change how it goes
on from here; --backend, --precision and what it may use of this machine are not taken
from the picture.`,
		Example: `  easel stylize continue night.png --out large.png
  easel stylize continue night.png --size 2048 --content ../photos/tubingen.jpg --out large.png`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New(cmd.CommandPath()+" needs one painted picture"), see(cmd))
			}
			return nil
		},
	}
	addOptions(cmd, offered(&shown))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := required(cmd, "out"); err != nil {
			return err
		}
		painting, err := stylize.ReadPainting(args[0])
		if err != nil {
			return err
		}
		asked := &painting.Options
		if err := offered(asked).Apply(given(cmd).With(a.shared(cmd, true))); err != nil {
			return usage(err, see(cmd))
		}
		settleIterations(cmd, asked)
		o, err := painting.Larger()
		if err != nil {
			return err
		}
		if err := o.Validate(); err != nil {
			return usage(err, see(cmd))
		}
		l := &stylizeListener{app: a, history: o.History}
		return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
			_, _, err := stylize.Run(ctx, o, l.keepPlan)
			return err
		})
	}
	return cmd
}
