package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/work/experiment"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/train"
)

func (a *app) experimentCommand() *cobra.Command {
	o := experiment.DefaultOptions()
	workers := newHiring()
	declared := append(o.Declared(), workers.declared("runs")...)
	cmd := &cobra.Command{
		Use:   "experiment NAME… --data DIR --out DIR",
		Short: "Reproduce tables of the papers on your own data",
		Long: `Train what a table of the paper needs, judge it and write the table as Markdown,
JSON and a page. Finished runs in the folder are reused, also those of other
experiments; Ctrl-C or a kill loses little, and --resume goes on.

Experiments:
` + experimentNames() + `
Scales: small (half an hour on two cores for the paper's five tables), medium (a night)
and paper (the paper's own protocol). easel experiment list says how long each takes
on this machine.

With --join-token-file, other machines do some of the runs: each runs easel work as
printed here. Nothing has to be on them but easel. With --nats, runs are done by workers
on a NATS cluster (easel work --nats).`,
		Example: `  easel experiment list
  easel experiment losses --data facades --out tables
  easel experiment losses --seeds 5 --data facades --out tables --join-token-file token --listen :8420 --tls-self-signed
  easel experiment losses patches generators colors segmentation --data facades --out tables --resume`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("no experiment is named"), "name one or more: "+strings.Join(namesOf(experiment.All()), ", "))
			}
			list, err := experiment.Find(experiment.All(), args...)
			if err != nil {
				return usage(err, "see easel experiment list")
			}
			if err := required(cmd, "data", "out"); err != nil {
				return err
			}
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.Validate(); err != nil {
				return usage(err, see(cmd))
			}
			if err := workers.check(); err != nil {
				return usage(err, adviceOf(err, see(cmd)))
			}
			return a.experiment(cmd.Context(), list, o, workers)
		},
	}
	addOptions(cmd, declared)
	cmd.AddCommand(a.experimentListCommand())
	cmd.AddCommand(a.figureCommands()...)
	return cmd
}

func (a *app) experimentListCommand() *cobra.Command {
	o := experiment.DefaultOptions()
	// A list counts unfinished runs too, so it has no --resume.
	declared := slices.DeleteFunc(o.Declared(), func(o option.Option) bool { return o.Flag == "resume" })
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Say what each experiment trains, and how long that takes on this machine",
		Long: `Say what each experiment trains, and how long that takes on this machine, which is
measured in some seconds; judging a model takes some seconds more. With --data, the
times are for the pairs in that folder, else for as many as the paper's façades; with
--out, what is finished there is left out.`,
		Example: `  easel experiment list
  easel experiment list --scale paper --data cityscapes`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.ValidateList(); err != nil {
				return usage(err, see(cmd))
			}
			return a.experimentList(cmd.Context(), o)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

func experimentNames() string {
	var b strings.Builder
	for _, e := range experiment.All() {
		fmt.Fprintf(&b, "  %-13s %s\n", e.Name, e.About)
	}
	return b.String()
}

func namesOf(list []experiment.Experiment) []string {
	var names []string
	for _, e := range list {
		names = append(names, e.Name)
	}
	return names
}

func (a *app) experiment(ctx context.Context, list []experiment.Experiment, o experiment.Options, workers *hiring) (err error) {
	l := &experimentListener{trainListener{app: a}}
	var results []experiment.Result
	if workers.wanted() {
		results, err = a.experimentWithWorkers(ctx, list, o, workers, l.hear)
	} else {
		results, err = experiment.Run(ctx, list, o, l.hear)
	}
	l.finish()
	if err != nil {
		return err
	}
	for _, r := range results {
		if a.json {
			a.emit(struct {
				Event string `json:"event"`
				experiment.Result
			}{"result", r})
			continue
		}
		a.say("\n%s", r.Text())
		a.say("see %s", r.Page)
	}
	return nil
}

func (a *app) experimentList(ctx context.Context, o experiment.Options) error {
	l := &experimentListener{trainListener{app: a}}
	listings, together, err := experiment.List(ctx, experiment.All(), o, l.hear)
	l.finish()
	if err != nil {
		return err
	}
	scale, err := o.ResolvedScale()
	if err != nil {
		return err
	}
	a.say("Scale %s\n", scale)
	for _, e := range listings {
		if a.json {
			a.emit(struct {
				Event string `json:"event"`
				experiment.Listing
			}{"listing", e})
			continue
		}
		a.listed(e)
	}
	if a.json {
		a.emit(map[string]any{"event": "together", "seconds": together})
	}
	a.say("Together about %s, since shared runs are done once.", duration(together))
	a.listFigures()
	return nil
}

// listFigures says which figures there are of a content and its styles, which need no
// training.
func (a *app) listFigures() {
	a.say("\nFigures, of a --content and a --style:\n")
	for _, f := range figure.Figures() {
		if a.json {
			a.emit(map[string]any{"event": "figure", "name": f.Name, "source": f.Source, "about": f.About})
		}
		a.say("%-13s %s (Gatys et al. 2016, %s)", f.Name, f.About, f.Source)
	}
}

func (a *app) listed(e experiment.Listing) {
	if e.Why != "" {
		a.say("%-13s %s (%s): impossible with these data: %s\n", e.Name, e.About, e.Source, e.Why)
		return
	}
	text := fmt.Sprintf("%s, about %s", english.Plural(len(e.Jobs)-e.Finished, "run", ""), duration(e.Seconds))
	if e.Finished > 0 {
		text += fmt.Sprintf("; %d finished", e.Finished)
	}
	a.say("%-13s %s (%s), on %s\n%13s %s: %s\n", e.Name, e.About, e.Source, e.Needs, "", text, strings.Join(e.Jobs, ", "))
}

// experimentListener turns events into a bar on a terminal, lines elsewhere, or
// JSON.
type experimentListener struct{ trainListener }

func (l *experimentListener) hear(e experiment.Event) {
	if l.json {
		l.emit(e)
		return
	}
	switch e.Kind {
	case experiment.Checked:
		l.checked(e.Done, e.Total)
	case experiment.Warned:
		l.warned(e.Text)
	case experiment.Advanced:
		l.advanced(e)
	default:
		l.line(describeExperiment(e))
	}
}

// describeExperiment describes a rare event in a line.
func describeExperiment(e experiment.Event) string {
	left := ""
	if e.SecondsLeft > 0 {
		left = fmt.Sprintf("; %s left for all", duration(e.SecondsLeft))
	}
	switch e.Kind {
	case experiment.Planned:
		return fmt.Sprintf("%s, %d finished already%s", english.Plural(e.Total, "job", ""), e.Done, left)
	case experiment.Started:
		return fmt.Sprintf("%d of %d, %s: %s%s", e.Done+1, e.Total, e.Experiment, e.Job, left)
	case experiment.Finished:
		return fmt.Sprintf("%d of %d, %s: %s took %s%s", e.Done, e.Total, e.Experiment, e.Job, duration(e.Seconds), left)
	case experiment.Written:
		return fmt.Sprintf("%s: %s", e.Experiment, e.Path)
	}
	return ""
}

// advanced shows the progress of the current job, and the time left for all jobs.
func (l *experimentListener) advanced(e experiment.Event) {
	inside := e.Inside
	what := fmt.Sprintf("%d/%d %s", e.Done+1, e.Total, e.Job)
	if t := inside.Training; t != nil {
		switch t.Kind {
		case train.Stepped:
		case train.Warned:
			l.warned(t.Text)
			return
		default:
			return
		}
	}
	text := what
	if e.SecondsLeft > 0 {
		text += ", " + duration(e.SecondsLeft) + " left for all"
	}
	if l.terminal() {
		l.at(training, inside.Done, inside.Total, text)
		return
	}
	if l.due(inside.Done == inside.Total) {
		l.say("%s: %d of %d", text, inside.Done, inside.Total)
	}
}
