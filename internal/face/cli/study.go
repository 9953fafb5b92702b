package cli

import (
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/file/atomicfile"
	"easel/internal/work/study"
)

func (a *app) studyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "study create|analyze",
		Short: "Ask people which pictures are real (the paper's perceptual study)",
		Long: `Ask people which pictures are real, as Isola et al. 2017 did (section 4.1). Each trial
shows a real picture and a made one, one second each; 10 trials are practice and 40
count; each participant sees one model. A model is measured by how often people are
fooled; half of the time is the best possible.

create makes a folder with pictures and a plan. easel serve --study DIR lets people take
part; send them the address that it prints. analyze reports the results.`,
		Example: `  easel study create --model runs/cgan --model runs/l1 --data facades --out study
  easel serve --study study
  easel study analyze study`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.studyCreateCommand(), a.studyAnalyzeCommand())
	return cmd
}

func (a *app) studyCreateCommand() *cobra.Command {
	o := study.Default()
	cmd := &cobra.Command{
		Use:     "create --model RUN|FILE… --data DIR --out DIR",
		Short:   "Make the pictures and the plan of a study",
		Long:    "Make the pictures and the plan of a study: the outputs of each model for the held-out\npairs, and the real pictures, all of one size and under names that give nothing away.",
		Example: "  easel study create --model runs/cgan --model runs/l1 --data facades --out study",
		Args:    noArguments,
	}
	addOptions(cmd, o.Declared())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.Declared().Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
			return usage(err, "")
		}
		if err := o.Validate(); err != nil {
			return usage(err, adviceOf(err, see(cmd)))
		}
		var bar *bar
		err := study.Create(cmd.Context(), o, func(e study.Event) {
			if a.json {
				a.emit(map[string]any{"event": "picture", "name": e.Name, "done": e.Done, "total": e.Total})
				return
			}
			if bar == nil {
				bar = a.progress("pictures", e.Total)
			}
			bar.at(e.Done, "pictures")
			if e.Done == e.Total {
				bar.finish()
			}
		})
		if err != nil {
			return err
		}
		a.say("the study is in %s; let people take part with: easel serve --study %s", o.Out, quoted(o.Out))
		return nil
	}
	return cmd
}

func (a *app) studyAnalyzeCommand() *cobra.Command {
	how := study.DefaultAnalysis()
	var table string
	declared := append(how.Declared(), option.Group("Analysis",
		option.Text(&table, "csv", "also write the answers to a file, in the columns of the authors' tool").As("FILE"),
	)...)
	cmd := &cobra.Command{
		Use:   "analyze DIR",
		Short: "Say how often each model fools people",
		Long: `Say how often each model fools people: over all trials that count, and without those
that were answered too fast, shown for the wrong time, or out of sight. ± is the
standard deviation of the authors' bootstrap over participants and trials. The intervals
are its percentiles, and those of a bootstrap over pictures.`,
		Example: "  easel study analyze study\n  easel study analyze study --csv answers.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if err := declared.Check(); err != nil {
				return usage(err, see(cmd))
			}
			r, err := study.Analyze(args[0], how)
			if err != nil {
				return err
			}
			if table != "" {
				if err := writeAnswers(table, args[0]); err != nil {
					return err
				}
			}
			return a.showStudy(r)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

func writeAnswers(path, dir string) error {
	if _, err := os.Lstat(path); err == nil {
		return usage(fmt.Errorf("%s already exists", path), "give --csv another name")
	}
	return atomicfile.Write(path, func(w io.Writer) error { return study.WriteCSV(w, dir) })
}

// showStudy prints the results of a study.
func (a *app) showStudy(r *study.Report) error {
	if a.json {
		a.emit(r)
		return nil
	}
	a.say("participants who finished: %d, who did not: %d", len(r.People), r.Unfinished)
	a.say("trials with a reason to exclude them: %d (answered within 0.2 s: %d, page out of sight: %d, shown too long or too short: %d)",
		r.Excluded.Any, r.Excluded.Hasty, r.Excluded.Hidden, r.Excluded.Exposure)
	a.showFindings("all trials that count", r.All)
	if r.Excluded.Any > 0 {
		a.showFindings("without the excluded ones", r.Kept)
	}
	return nil
}

func (a *app) showFindings(title string, f study.Findings) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "\n%s\tpeople\ttrials\tfooled\tinterval\tover pictures\n", title)
	for _, r := range f.Algorithms {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%s ± %s %%\t%s … %s\t%s … %s\n", r.Name, r.Participants, r.Trials, percent(r.Fooled), percent(r.Deviation),
			percent(r.Interval[0]), percent(r.Interval[1]), percent(r.PictureInterval[0]), percent(r.PictureInterval[1]))
	}
	for i, row := range f.Better {
		for j, p := range row {
			if i < j {
				_, _ = fmt.Fprintf(w, "P(%s fools more than %s)\t\t\t%s %%\n", f.Algorithms[i].Name, f.Algorithms[j].Name, percent(p))
			}
		}
	}
	_ = w.Flush()
}

// percent is a fraction in percent, or a dash if there is none.
func percent(v study.Value) string {
	if math.IsNaN(float64(v)) {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*float64(v))
}
