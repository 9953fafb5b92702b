package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/base/shard"
	"easel/internal/work/eval"
)

func (a *app) evaluateCommand() *cobra.Command {
	o := eval.Default()
	var out, part string
	var force bool
	declared := append(o.Declared(), option.Group("Data",
		option.Text(&out, "out", "folder for the results (default: evaluation, beside the first model, replacing an earlier one)").As("DIR"),
		option.Bool(&force, "force", "overwrite an earlier evaluation in --out"),
		option.Text(&part, "shard", "only this part of the pairs, such as 3/7, for easel evaluate merge").As("K/N"),
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

If the data folder has no train/, val/ and test/, all of it is used.

Large sets can be judged in parts, on several machines that have the same folders:
with --shard 3/7, the third of seven parts of the pairs is measured, and --out gets
what its pictures add to the sums. easel evaluate merge makes the evaluation of all
parts, with the same numbers, to the last bit, as without --shard.`,
		Example: `  easel evaluate --model runs/facades --data facades
  easel evaluate --model runs/facades --data facades --scorer runs/scorer
  easel evaluate --model runs/facades --data facades --shard 3/7 --out part3
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
			if part != "" {
				return a.evaluateShard(cmd.Context(), o, part, out, force)
			}
			beside := out == ""
			if beside {
				out = besideModel(o.Models[0])
			}
			if err := eval.MayWrite(out, force || beside); err != nil {
				return err
			}
			return a.evaluation(out, func(hear func(eval.Event)) (*eval.Evaluation, error) {
				return eval.Evaluate(cmd.Context(), o, hear)
			})
		},
	}
	addOptions(cmd, declared)
	cmd.AddCommand(a.mergeCommand())
	return cmd
}

// evaluateShard measures one shard.
func (a *app) evaluateShard(ctx context.Context, o eval.Options, text, out string, force bool) error {
	part, err := shard.Parse(text)
	if err != nil {
		return usage(err, "")
	}
	if out == "" {
		return usage(errors.New("--shard needs --out"), "name a folder for the part, such as --out part3")
	}
	l := &evaluationListener{app: a, bar: &bar{}}
	err = eval.WriteShard(ctx, o, part, out, force, l.hear)
	l.bar.finish()
	if err != nil {
		return err
	}
	a.say("part %d of %d is in %s; merge all parts: easel evaluate merge --out DIR PART…", part.Number, part.Of, out)
	return nil
}

func (a *app) mergeCommand() *cobra.Command {
	var out string
	var force bool
	declared := option.Group("Files",
		option.Text(&out, "out", "folder for the results").As("DIR"),
		option.Bool(&force, "force", "overwrite an earlier evaluation in --out"),
	)
	cmd := &cobra.Command{
		Use:   "merge --out DIR PART…",
		Short: "Make one evaluation from the parts of easel evaluate --shard",
		Long: `Make one evaluation from the folders that easel evaluate --shard wrote, all of one
command and one of each number. Data and models have to be where they were: the page
shows some pictures.`,
		Example: `  easel evaluate merge --out compared part*`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "out"); err != nil {
				return err
			}
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if len(args) == 0 {
				return usage(errors.New("there are no parts to merge"), "name the folders of easel evaluate --shard")
			}
			if err := eval.MayWrite(out, force); err != nil {
				return err
			}
			return a.evaluation(out, func(hear func(eval.Event)) (*eval.Evaluation, error) {
				return eval.Merge(cmd.Context(), args, a.threads, hear)
			})
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

// evaluation makes an evaluation, writes it and prints its table.
func (a *app) evaluation(out string, do func(func(eval.Event)) (*eval.Evaluation, error)) error {
	l := &evaluationListener{app: a, bar: &bar{}}
	result, err := do(l.hear)
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
