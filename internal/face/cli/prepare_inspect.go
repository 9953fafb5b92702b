package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/data/prepare"
	"easel/internal/work/inspection"
)

func (a *app) inspectCommand() *cobra.Command {
	var (
		data string
		f    = newPrepareFlags()
		n    = prepare.DefaultInspectOptions()
	)
	cmd := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Check a folder of pairs before training on it",
		Long: `Say what is in a folder of pairs: how many there are, their sizes, channels and
values, pairs in different splits that look the same, and every problem for which
training would refuse the folder. If there is one, the exit code is 1.

--out writes inspection.html, a page about all this with some of the pairs, these also
as contact-sheet.png, and inspection.json.`,
		Example: "  easel prepare inspect pairs --out look",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := asFlags(cmd, args, "data"); err != nil {
			return err
		}
		if err := required(cmd, "data"); err != nil {
			return err
		}
		if err := cmp.Or(f.apply(a, cmd), f.check(cmd)); err != nil {
			return err
		}
		return a.inspect(cmd, data, f.out, n, f.options)
	}
	f.add(cmd, option.Group("Folders",
		folderOption(&data, "data", "folder of pairs"),
		folderOption(&f.out, "out", "folder for the contact sheet and the findings"),
	), n.Declared(), f.ofFiles(&f.options.Shard))
	return cmd
}

func (a *app) inspect(cmd *cobra.Command, data, out string, n prepare.InspectOptions, o prepare.Options) error {
	if err := mayWriteInspection(out, o.Force); err != nil {
		return err
	}
	bar, doing := a.progress("", 0), ""
	n.Progress = func(what string, done, total int) {
		if doing != what {
			bar.finish()
			bar, doing = a.progress(what, total), what
		}
		bar.step(1)
	}
	r, err := prepare.Inspect(cmd.Context(), data, n, o)
	bar.finish()
	for i, p := range r.Problems {
		r.Problems[i].Hint = hint.Spell(p.Hint, flags{})
	}
	if err != nil {
		a.problems(r)
		return err
	}
	if out != "" {
		if err := inspection.Write(out, data, r); err != nil {
			return err
		}
	}
	if a.json {
		a.emit(struct {
			Event string `json:"event"`
			*prepare.Inspection
		}{"inspected", r})
	} else {
		a.describeData(r)
		a.problems(r)
	}
	if out != "" {
		a.say("see %s", filepath.Join(out, inspection.PageFile))
	}
	if len(r.Problems) > 0 {
		return errFailedQuietly
	}
	return nil
}

// mayWriteInspection refuses to overwrite anything but an earlier inspection, and that
// only with force.
func mayWriteInspection(out string, force bool) error {
	if out == "" {
		return nil
	}
	for _, name := range inspection.Files() {
		path := filepath.Join(out, name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if !isInspection(filepath.Join(out, prepare.InspectionFile)) {
			return hint.New(fmt.Errorf("%s: %w, and it is not from an inspection", path, fs.ErrExist), "choose another folder, or move it away")
		}
		if !force {
			return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "choose another folder, or overwrite with --force")
		}
	}
	return nil
}

// isInspection reports whether an inspection wrote a file.
func isInspection(path string) bool {
	text, err := os.ReadFile(path)
	var r prepare.Inspection
	return err == nil && json.Unmarshal(text, &r) == nil && r.Layout != ""
}

// describeData prints what is in the folder.
func (a *app) describeData(r *prepare.Inspection) {
	a.say("%d train, %d val and %d test pairs (%s), %.3g MB", r.Pairs["train"], r.Pairs["val"], r.Pairs["test"], r.Layout, float64(r.Bytes)/1e6)
	for _, side := range []struct {
		name  string
		facts prepare.SideFacts
	}{{"A", r.A}, {"B", r.B}} {
		f := side.facts
		labels := ""
		if r.Labels == "both" || r.Labels == strings.ToLower(side.name) {
			labels = ", label pictures by their look"
		}
		a.say("%s: %s pixels; %s; %s; values %.3g to %.3g, mean %.3g, deviation %.3g%s", side.name,
			prepare.Enumerate(f.Sizes), prepare.Enumerate(f.Channels), prepare.Enumerate(f.Depths), f.Least, f.Most, f.Mean, f.Deviation, labels)
	}
	for i, d := range r.Duplicates {
		if i == listedFiles {
			a.say("  and %d more", len(r.Duplicates)-i)
			break
		}
		a.say("%s and %s look the same (%d of 128 bits differ)", d.First, d.Second, d.Bits)
	}
	for _, w := range r.Warnings {
		a.warn(w)
	}
	if r.Range != "" {
		a.hint("train with --range " + r.Range + ": black to white are then what the pictures use")
	}
	switch {
	case len(r.Problems) > 0:
	case r.Pairs["train"] == 0:
		a.say("no problems, but no pairs to train on: they would be in train/")
	default:
		a.say("no problems: training can begin")
	}
}

// problems lists what training refuses, and each hint once.
func (a *app) problems(r *prepare.Inspection) {
	if a.json || r == nil {
		return
	}
	var hints []string
	for _, p := range r.Problems {
		_, _ = fmt.Fprintf(a.Err, "easel: error: %s: %s\n", p.File, p.Text)
		if !slices.Contains(hints, p.Hint) {
			hints = append(hints, p.Hint)
		}
	}
	for _, advice := range hints {
		a.hint(advice)
	}
}
