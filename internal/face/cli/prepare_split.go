package cli

import (
	"cmp"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/data/prepare"
)

func (a *app) splitCommand() *cobra.Command {
	var (
		f = newPrepareFlags()
		s = prepare.DefaultSplitOptions()
	)
	cmd := &cobra.Command{
		Use:   "split --in DIR --out DIR",
		Short: "Divide pairs into train, val and test",
		Long: `Copy pairs into train/, val/ and test/: side-by-side pictures, or the files in A/ and
B/. Every folder of the source is divided in the same fractions.

Related pairs must stay in one split, or the model is tested on what it was trained on.
--group takes a regular expression for names, including folders; pairs whose first
parenthesis matches the same text stay together. --similar keeps pairs together that
look alike. Copies always stay together.`,
		Example: `  easel prepare split --in pairs --out data
  easel prepare split --in pairs --out data --val 0.1 --test 0.2 --group '^(.*)_[0-9]+$'
  easel prepare split --in frames --out data --similar 8`,
		Args: noArguments,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "in", "out"); err != nil {
			return err
		}
		if err := cmp.Or(f.apply(a, cmd), f.check(cmd)); err != nil {
			return err
		}
		return a.split(cmd, f, s)
	}
	f.add(cmd, f.folders("pairs", "splits"), s.Declared(), f.ofFiles())
	return cmd
}

func (a *app) split(cmd *cobra.Command, f *prepareFlags, s prepare.SplitOptions) error {
	checking := a.progress("reading", 0)
	s.Checking = func(done, total int) {
		checking.total(total)
		if checking.step(1); done == total {
			checking.finish()
		}
	}
	bar := a.progress("copying", 0)
	sharing, result, err := prepare.Split(cmd.Context(), f.in, f.out, s, f.options, func(p prepare.Event) {
		bar.total(p.Total)
		event := "copied"
		if p.Kept {
			event = "kept"
		}
		a.fileDone(bar, fileDone{event, p.Input, p.Output, p.Done, p.Total, p.Err})
	})
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "done", "train": sharing.Train, "val": sharing.Val, "test": sharing.Test, "groups": sharing.Groups,
			"made": result.Made, "kept": result.Kept, "failed": result.Failed, "output": f.out})
	}
	a.say("%d train, %d val and %d test pairs in %s", sharing.Train, sharing.Val, sharing.Test, f.out)
	if sharing.Groups > 0 {
		a.say("%s of several pairs kept together", english.Plural(sharing.Groups, "group", ""))
	}
	if result.Failed > 0 {
		a.say("%d failed", result.Failed)
		return errFailedQuietly
	}
	return nil
}
