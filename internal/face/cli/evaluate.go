package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/work/eval"
)

func (a *app) evaluateCommand() *cobra.Command {
	o := eval.Default()
	var out string
	var force bool
	declared := append(o.Declared(), option.Group("Data",
		option.Text(&out, "out", "folder for the results (default: evaluation, beside the first model, replacing an earlier one)").As("DIR"),
		option.Bool(&force, "force", "overwrite an earlier evaluation in --out"),
	)...)
	cmd := &cobra.Command{
		Use:   "evaluate --model RUN|FILE --data DIR",
		Short: "Measure models by the papers' measures",
		Long: `Translate the pairs of a split and measure how far the outputs are from the targets:
pixels, structure, colours and edges; where the targets are labels, also accuracy, IoU
and invented objects; with --scorer, whether a network can read the labels in the
outputs. The results are evaluation.json and a self-contained page, evaluation.html.

With several --model flags the models are compared, and the differences to the first
have confidence intervals by a paired bootstrap over the pictures. A run folder means
its latest checkpoint.

If the data folder has no train/, val/ and test/, all of it is used.`,
		Example: `  easel evaluate --model runs/facades --data facades
  easel evaluate --model runs/facades --data facades --scorer runs/scorer
  easel evaluate --model runs/l1 --model runs/cgan --data facades --split val --out compared`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "model", "data"); err != nil {
				return err
			}
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.Validate(); err != nil {
				return usage(err, see(cmd))
			}
			beside := out == ""
			if beside {
				out = besideModel(o.Models[0])
			}
			if err := eval.MayWrite(out, force || beside); err != nil {
				return err
			}
			return a.evaluate(cmd.Context(), o, out)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

// besideModel is the folder for the results of a run or a model file.
func besideModel(path string) string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		path = filepath.Dir(path)
	}
	return filepath.Join(path, "evaluation")
}

func (a *app) evaluate(ctx context.Context, o eval.Options, out string) error {
	l := &evaluationListener{app: a, bar: &bar{}}
	result, err := eval.Evaluate(ctx, o, l.hear)
	l.bar.finish()
	if err != nil {
		return err
	}
	if err := result.Write(out); err != nil {
		return err
	}
	page := filepath.Join(out, eval.PageFile)
	if a.json {
		a.emit(struct {
			Event      string           `json:"event"`
			Page       string           `json:"page"`
			Evaluation *eval.Evaluation `json:"evaluation"`
		}{"evaluation", page, result})
		return nil
	}
	a.say("%s", evaluationTable(result))
	for _, note := range result.Notes {
		a.say("  %s", note)
	}
	a.say("see %s", page)
	return nil
}

// evaluationTable has the values of all models by measure, and the differences with
// their intervals.
func evaluationTable(e *eval.Evaluation) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(w, "%s\t", english.Plural(e.Data.Pairs, string(e.Data.Split)+" pair", ""))
	if e.Targets != nil {
		_, _ = fmt.Fprint(w, "targets\t")
	}
	for _, m := range e.Models {
		_, _ = fmt.Fprintf(w, "%s\t", m.Name)
	}
	for _, d := range e.Differences {
		_, _ = fmt.Fprintf(w, "%s − %s\t", d.Model, d.Than)
	}
	_, _ = fmt.Fprintln(w)
	for _, m := range e.Measures {
		_, _ = fmt.Fprintf(w, "%s\t", m.Title)
		if e.Targets != nil {
			_, _ = fmt.Fprintf(w, "%s\t", interval(e.Targets.Values, m.Key, "%.4g", "%.3g"))
		}
		for _, model := range e.Models {
			_, _ = fmt.Fprintf(w, "%s\t", interval(model.Values, m.Key, "%.4g", "%.3g"))
		}
		for _, d := range e.Differences {
			_, _ = fmt.Fprintf(w, "%s\t", interval(d.Values, m.Key, "%+.3g", "%+.3g"))
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

// interval is "0.42 (0.4 … 0.44)".
func interval(values map[eval.Key]eval.Value, key eval.Key, format, bound string) string {
	v, ok := values[key]
	if !ok {
		return "–"
	}
	text := fmt.Sprintf(format, v.Value)
	if v.Low != nil {
		text += fmt.Sprintf(" ("+bound+" … "+bound+")", *v.Low, *v.High)
	}
	return text
}

// evaluationListener draws a bar for each stage and model.
type evaluationListener struct {
	*app
	bar  *bar
	what string
}

func (l *evaluationListener) hear(e eval.Event) {
	switch {
	case e.Stage == eval.Warning:
		l.bar.clear()
		l.warn(e.Text)
		return
	case l.json:
		l.emit(struct {
			Name string `json:"event"`
			eval.Event
		}{"evaluation-progress", e})
		return
	}
	what := "checking pairs"
	if e.Stage == eval.Judging {
		what = "judging " + e.Model
	}
	if what != l.what {
		l.bar.finish()
		l.what, l.bar = what, l.progress(what, e.Total)
	}
	l.bar.at(e.Done, what)
}
