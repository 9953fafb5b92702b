package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"easel/internal/prepare"
)

func (a *app) prepareCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prepare",
		Short: "Make side-by-side pairs out of pictures",
		Long: `Make the side-by-side pairs that easel train reads. Folders train/, val/ and
test/ stay what they are. Outputs that exist are not overwritten without --force,
sources never.`,
		Example: `  easel prepare gray --in photos --out pairs
  easel prepare combine --a labels --b photos --out pairs`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.combineCommand(), a.grayCommand())
	return cmd
}

// preparation is one of package prepare's functions with its folders.
type preparation func(context.Context, prepare.Options, func(prepare.Progress)) (prepare.Result, error)

func (a *app) combineCommand() *cobra.Command {
	var (
		left, right, out string
		o                prepare.Options
	)
	cmd := &cobra.Command{
		Use:   "combine --a DIR --b DIR --out DIR",
		Short: "Join two folders of pictures with equal names",
		Long: `Join each picture of folder A with that of the same name in folder B into one
picture, A on the left. Endings may differ; sizes may not.`,
		Example: "  easel prepare combine --a labels --b photos --out pairs",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "a", "b", "out"); err != nil {
				return err
			}
			return a.prepare(cmd.Context(), out, o, func(ctx context.Context, o prepare.Options, notify func(prepare.Progress)) (prepare.Result, error) {
				return prepare.Combine(ctx, left, right, out, o, notify)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&left, "a", "", "folder of the left halves")
	flags.StringVar(&right, "b", "", "folder of the right halves")
	flags.StringVar(&out, "out", "", "folder for the pairs")
	flags.BoolVar(&o.Force, "force", false, "overwrite outputs that exist")
	return cmd
}

func (a *app) grayCommand() *cobra.Command {
	var (
		in, out string
		o       prepare.Options
	)
	cmd := &cobra.Command{
		Use:   "gray --in DIR --out DIR",
		Short: "Pair photographs with their grey values, to learn colouring",
		Long: `Pair each picture, on the right, with its grey values, on the left. Train on the
pairs with --input-channels 1.`,
		Example: `  easel prepare gray --in photos --out pairs
  easel train --data pairs --out run --input-channels 1`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "in", "out"); err != nil {
				return err
			}
			return a.prepare(cmd.Context(), out, o, func(ctx context.Context, o prepare.Options, notify func(prepare.Progress)) (prepare.Result, error) {
				return prepare.Gray(ctx, in, out, o, notify)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in, "in", "", "folder of photographs")
	flags.StringVar(&out, "out", "", "folder for the pairs")
	flags.BoolVar(&o.Force, "force", false, "overwrite outputs that exist")
	return cmd
}

func (a *app) prepare(ctx context.Context, out string, o prepare.Options, do preparation) error {
	bar := a.progress("preparing", 0)
	result, err := do(ctx, o, func(p prepare.Progress) {
		bar.total(p.Total)
		a.prepared(p, bar)
	})
	bar.finish()
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if result.Failed > 0 {
		a.say("%d pairs made, %d failed", result.Made, result.Failed)
		return errFailedQuietly
	}
	a.say("%d pairs made in %s", result.Made, out)
	return nil
}

// prepared reports one pair.
func (a *app) prepared(p prepare.Progress, bar *bar) {
	for _, w := range p.Warnings {
		bar.clear()
		a.warn(w.String())
	}
	a.fileDone(bar, fileDone{"prepared", p.Input, p.Output, p.Done, p.Total, p.Err})
}
