package cli

import (
	"context"

	"github.com/spf13/cobra"

	"easel/internal/work/demo"
)

func (a *app) demoCommand() *cobra.Command {
	o := demo.Default()
	declared := o.Declared()
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work: no data needed, about two minutes on two cores",
		Long: `Draw pairs of label maps and façades, train on them, translate held-out ones, and
write a page that shows input, output and target. It needs no data and no network
and takes about two minutes on two cores.`,
		Example: `  easel demo
  easel demo --out somewhere --seed 7`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.Validate(); err != nil {
				return usage(err, see(cmd))
			}
			return a.demo(cmd.Context(), o)
		},
	}
	addOptions(cmd, declared)
	for _, option := range declared {
		if f := cmd.Flags().Lookup(option.Flag); f != nil && f.Name != "out" && f.Name != "force" {
			f.Hidden = true // for those who measure the demo
		}
	}
	return cmd
}

func (a *app) demo(ctx context.Context, o demo.Options) error {
	l := &trainListener{app: a, run: o.Out}
	result, err := demo.Run(ctx, o, func(e demo.Event) { a.demoed(e, l) })
	l.finish()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(struct {
			Event string `json:"event"`
			demo.Result
		}{"demo", result})
		return nil
	}
	a.judged(result)
	return nil
}

func (a *app) demoed(e demo.Event, l *trainListener) {
	switch {
	case e.Training != nil:
		l.hear(*e.Training)
	case a.json:
		a.emit(struct {
			Name string `json:"event"`
			demo.Event
		}{"demo-progress", e})
	case e.Stage == demo.Drawing:
		l.at("drawing façades", e.Done, e.Total, "drawing façades")
	default:
		l.at("translating", e.Done, e.Total, "translating held-out façades")
	}
}

// judged prints the table and what to do next.
func (a *app) judged(r demo.Result) {
	a.say("\n%d held-out pairs         %8s %8s %8s %10s", r.Held, "L1", "PSNR", "SSIM", "spectrum")
	for _, s := range r.Scores {
		a.say("  %-22s %8.3f %8.2f %8.3f %10.2f", s.Method, s.L1, s.PSNR, s.SSIM, s.Spectrum)
	}
	for _, v := range r.Verdicts {
		word := "beats"
		if !v.Beaten {
			word = "does NOT beat"
		}
		a.say("  %s the %s in %s: %.3f, not %.3f", word, v.Against, v.Measure, v.Ours, v.Theirs)
	}
	a.say("\nLook at %s (or %s). Then:", r.Page, r.Picture)
	a.say("  easel train --resume %s --steps %d", quoted(r.Run), 5*r.Steps)
	a.say("  easel train --data PAIRS --out RUN --preset laptop")
}
