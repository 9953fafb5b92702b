package prepare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// job is one output and the pictures that it is made of.
type job struct {
	name    string   // of the output in its folder, without ending
	sources []string // paths
}

// maker makes an output from its sources. b is nil if the output is a single
// picture.
type maker func(j job, sources []*imgio.Picture) (a, b *imgio.Picture, err error)

// runner makes outputs in a folder.
type runner struct {
	Options
	out   string
	make  maker
	began time.Time // outputs older than this are not of the same call
}

// run makes the jobs' outputs; see the package documentation for what it
// guarantees.
func run(ctx context.Context, rec record, jobs []job, out string, o Options, notify func(Event), make maker) (Result, error) {
	place, err := enter(ctx, out, o.Shard)
	if err != nil {
		return Result{}, err
	}
	var result Result
	defer func() { place.leave(result.Made+result.Kept > 0) }()
	r := &runner{Options: o, out: out, make: make}
	own := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool { return !o.Shard.Has(j.name) })
	if err := r.begin(rec, jobs, own); err != nil {
		return Result{}, err
	}
	place.begun()
	jobs = own
	var full error
	progress := makeProgress(jobs)
	err = each(ctx, len(jobs), o.Threads, func(i int) bool {
		progress[i].Err = guarded(func() error { return r.do(jobs[i], &progress[i]) })
		return !atomicfile.NoSpace(progress[i].Err)
	}, func(i int) {
		full = cmp.Or(full, result.count(progress[i], out))
		notify(progress[i])
	})
	return result, errors.Join(full, err)
}

func makeProgress(jobs []job) []Event {
	progress := make([]Event, len(jobs))
	for i, j := range jobs {
		progress[i] = Event{Done: i + 1, Total: len(jobs), Input: j.sources[0]}
	}
	return progress
}

// begin writes the record of the output folder, unless something there prevents it. Own are
// the jobs of the shard; the first shard looks for files that are not ours among all outputs,
// since its record would make them ours for the others.
func (r *runner) begin(rec record, jobs, own []job) error {
	recorded, err := recordedIn(r.out)
	if err != nil {
		return err
	}
	began, err := rec.compare(r.out)
	if err != nil && !r.Force {
		return err
	}
	if !recorded {
		own = jobs
	}
	var foreign []string
	for _, j := range own {
		foreign = append(foreign, r.existing(j)...)
	}
	if source := sourceAmong(foreign, jobs); source != "" {
		return hint.New(fmt.Errorf("%s is one of the sources", source), "choose another output folder")
	}
	if len(foreign) > 0 && !recorded {
		return hint.New(fmt.Errorf("an output %w, and there is no record that easel prepare made it:\n  %s", fs.ErrExist, listing(foreign)), "choose another output folder, or move it away")
	}
	if r.began = began; r.Force || began.IsZero() {
		return rec.save(r.out)
	}
	return nil
}

// sourceAmong returns a file that is a source of a job, or "".
func sourceAmong(files []string, jobs []job) string {
	if len(files) == 0 {
		return ""
	}
	sources := map[string]bool{}
	for _, j := range jobs {
		for _, s := range j.sources {
			sources[identity(s)] = true
		}
	}
	i := slices.IndexFunc(files, func(file string) bool { return sources[identity(file)] })
	if i < 0 {
		return ""
	}
	return files[i]
}

func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the output folder: %w", err)
	}
	return nil
}

// sides are the folders of a job's pictures.
func (r *runner) sides() []string {
	if r.Apart {
		return []string{"A", "B"}
	}
	return []string{""}
}

// endings are the extensions that outputs can have.
func endings() []string { return []string{imgio.PNG.Ending(), imgio.TIFF.Ending()} }

// existing are the files that a job's output could be.
func (r *runner) existing(j job) []string {
	var found []string
	for _, side := range r.sides() {
		for _, ending := range endings() {
			path := filepath.Join(r.out, side, filepath.FromSlash(j.name)+ending)
			if _, err := os.Lstat(path); err == nil {
				found = append(found, path)
			}
		}
	}
	return found
}

// kept returns the job's outputs if all are there, from the same call and newer
// than the sources.
func (r *runner) kept(j job) []string {
	found := r.existing(j)
	if r.Force || len(found) != len(r.sides()) {
		return nil
	}
	newest := r.began
	for _, s := range j.sources {
		info, err := os.Stat(s)
		if err != nil {
			return nil // making it will say what is wrong
		}
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if slices.ContainsFunc(found, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || info.ModTime().Before(newest)
	}) {
		return nil
	}
	return found
}

func (r *runner) do(j job, p *Event) error {
	if found := r.kept(j); found != nil {
		p.Kept, p.Output = true, found[0]
		return nil
	}
	var pictures []*imgio.Picture
	for _, s := range j.sources {
		picture, warnings, err := imgio.Read(s, r.Read)
		if err != nil {
			return err
		}
		pictures, p.Warnings = append(pictures, picture), append(p.Warnings, warnings...)
	}
	a, b, err := r.make(j, pictures)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(j.sources, ": with "), err)
	}
	return r.write(j, p, a, b)
}

func (r *runner) write(j job, p *Event, a, b *imgio.Picture) error {
	outputs := []*imgio.Picture{a}
	switch {
	case b != nil && r.Apart:
		outputs = append(outputs, b)
	case b != nil:
		pair, err := joined(a, b)
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		outputs[0] = pair
	}
	for i, picture := range outputs {
		path := filepath.Join(r.out, r.sides()[i], filepath.FromSlash(j.name)+imgio.FormatFor(picture).Ending())
		if i == 0 {
			p.Output = path
		}
		if err := makeFolder(filepath.Dir(path)); err != nil {
			return err
		}
		if err := imgio.Write(path, picture); err != nil {
			return err
		}
		if err := r.removeOther(path); err != nil {
			return err
		}
	}
	return nil
}

// removeOther removes, where outputs are replaced, an output with the other
// extension, which would be a second picture of the same name.
func (r *runner) removeOther(path string) error {
	if !r.Force {
		return nil
	}
	for _, ending := range endings() {
		other := strings.TrimSuffix(path, filepath.Ext(path)) + ending
		if other == path {
			continue
		}
		if err := os.Remove(other); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the older output: %w", err)
		}
	}
	return nil
}

// joined makes one picture from two, both with the channels of the one with more.
func joined(a, b *imgio.Picture) (*imgio.Picture, error) {
	channels := max(a.Channels, b.Channels)
	left, err := a.Convert(channels)
	if err != nil {
		return nil, err
	}
	right, err := b.Convert(channels)
	if err != nil {
		return nil, err
	}
	return imgio.SideBySide(left, right)
}
