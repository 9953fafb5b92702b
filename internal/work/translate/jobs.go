package translate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// job is one output and its inputs.
type job struct {
	inputs []string
	name   string // output path below the folder, with slashes; at first, the input's
	output string
	format imgio.Format
}

// jobs returns the work to do. It fails before any work if an output would replace an
// input.
func (t *Translator) jobs(inputs []string, out string, o FileOptions, rec *record) (jobs []job, leftOut []string, err error) {
	w := &walker{out: out, rec: rec}
	if o.Stack {
		jobs, err = w.stacked(inputs)
	} else {
		jobs, err = w.found(inputs)
	}
	if err == nil {
		err = t.nameJobs(jobs, out, o)
	}
	return jobs, w.leftOut, err
}

// nameJobs sets the outputs of the jobs.
func (t *Translator) nameJobs(jobs []job, out string, o FileOptions) (err error) {
	if len(jobs) == 0 {
		return errors.New("no pictures to translate")
	}
	if toFile(out) {
		if len(jobs) > 1 {
			return hint.New(fmt.Errorf("%s is one file, but there are %d pictures", out, len(jobs)), "name a folder with {out}")
		}
		if jobs[0].format, err = imgio.FormatOf(out); err != nil {
			return err
		}
		jobs[0].output = out
	} else {
		for i := range jobs {
			jobs[i].format = t.format(o.Format, head(jobs[i].inputs[0]))
		}
		nameOutputs(jobs, out)
	}
	if err := t.holds(jobs[0].format); err != nil { // all have one format, or one that stores them
		return err
	}
	return noneIsAnInput(jobs)
}

// toFile reports whether out means a picture file and not a folder.
func toFile(out string) bool {
	if info, err := os.Stat(out); err == nil {
		return !info.IsDir() && imgio.IsPicture(out)
	}
	_, err := imgio.FormatOf(out)
	return err == nil
}

// walker searches for pictures.
type walker struct {
	out     string // output folder, whose files are not inputs
	rec     *record
	leftOut []string // pictures in formats that easel does not read
}

// found returns the named files and those in the named folders.
func (w *walker) found(inputs []string) ([]job, error) {
	var jobs []job
	for _, in := range inputs {
		info, err := os.Stat(in)
		if err != nil || !info.IsDir() { // a missing one fails when it is read
			jobs = append(jobs, job{inputs: []string{in}, name: filepath.Base(in)})
			continue
		}
		names, err := w.walk(in)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			jobs = append(jobs, job{inputs: []string{filepath.Join(in, filepath.FromSlash(name))}, name: name})
		}
	}
	return jobs, nil
}

// walk returns the pictures in a folder and below it, as relative paths with slashes, in
// natural order. It leaves out hidden files, the output folder if it is below, and the
// outputs in the record.
func (w *walker) walk(dir string) ([]string, error) {
	var names []string
	outside := identity(w.out)
	root := dir + string(filepath.Separator) // also for a link
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read the folder: %w", err)
		}
		hidden := path != root && strings.HasPrefix(e.Name(), ".")
		if e.IsDir() {
			if hidden || path != root && identity(path) == outside {
				return fs.SkipDir
			}
			return nil
		}
		if imgio.IsPicture(path) && !w.rec.isOutput(path) {
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			names = append(names, filepath.ToSlash(name))
		} else if !hidden && imgio.IsUnread(path) {
			w.leftOut = append(w.leftOut, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if left := imgio.LeftOut(w.leftOut); left != "" {
			return nil, hint.New(fmt.Errorf("%s: there are no pictures in this folder that easel reads; %s", dir, left), imgio.UnreadHint)
		}
		return nil, fmt.Errorf("%s: there are no pictures in this folder", dir)
	}
	slices.SortFunc(names, imgio.CompareNames)
	return names, nil
}

// stacked returns the files with equal names, apart from extensions, in several folders.
func (w *walker) stacked(folders []string) ([]job, error) {
	if len(folders) < 2 {
		return nil, hint.New(errors.New("one folder cannot be stacked"), "name the folders of all channels, as A/1 A/2")
	}
	var jobs []job
	for i, dir := range folders {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, hint.New(fmt.Errorf("%s is not a folder", dir), "name the folders of all channels, such as A/1 A/2")
		}
		names, err := w.walk(dir)
		if err != nil {
			return nil, err
		}
		files := map[string]string{}
		for _, name := range names {
			files[withoutEnding(name)] = filepath.Join(dir, filepath.FromSlash(name))
		}
		if i == 0 {
			for _, name := range names {
				jobs = append(jobs, job{name: name})
			}
		}
		for k := range jobs {
			file, ok := files[withoutEnding(jobs[k].name)]
			if !ok {
				return nil, fmt.Errorf("%s is in %s, but %s has no file of this name", jobs[k].name, folders[0], dir)
			}
			jobs[k].inputs = append(jobs[k].inputs, file)
		}
		if len(files) > len(jobs) {
			return nil, fmt.Errorf("found %d pictures in %s, but %d in %s", len(jobs), folders[0], len(files), dir)
		}
	}
	return jobs, nil
}

func withoutEnding(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// nameOutputs sets the output of each job. Equal names are distinguished by their folders,
// as far as these differ; within one folder, by their old extensions.
func nameOutputs(jobs []job, out string) {
	output := func(j job) string { return strings.ToLower(withoutEnding(j.name)) }
	equal := group(jobs, output)
	for _, same := range equal {
		common := commonFolder(jobs, same)
		for _, i := range same {
			if name, err := filepath.Rel(common, identity(jobs[i].inputs[0])); err == nil {
				jobs[i].name = filepath.ToSlash(name)
			}
		}
	}
	shared := map[string]bool{}
	for _, same := range group(jobs, output) {
		shared[output(jobs[same[0]])] = true
	}
	for i := range jobs {
		j := &jobs[i]
		name := OutputName(j.name, j.format, func(stem string) bool { return shared[strings.ToLower(stem)] })
		j.output = filepath.Join(out, filepath.FromSlash(name))
	}
}

// OutputName is the name of a picture's translation: the picture's own, with the ending of
// the format if it has that of another. Pictures that differ in nothing but their endings,
// whose names without these are shared, keep the old ending before the new one.
func OutputName(name string, f imgio.Format, shared func(stem string) bool) string {
	if keepsEnding(name, shared) {
		return name + f.Ending()
	}
	if g, err := imgio.FormatOf(name); err == nil && g == f {
		return name
	}
	return withoutEnding(name) + f.Ending()
}

// keepsEnding reports whether the output of a picture has the picture's whole name before its
// own ending: it shares the rest of the name, or that is the whole name of one that does, as
// for x.jpg.png beside x.jpg and x.png.
func keepsEnding(name string, shared func(stem string) bool) bool {
	stem := withoutEnding(name)
	return shared(stem) || imgio.IsPicture(stem) && keepsEnding(stem, shared)
}

// group returns the jobs that share a key with others.
func group(jobs []job, key func(job) string) [][]int {
	by := map[string][]int{}
	var keys []string
	for i, j := range jobs {
		k := key(j)
		if by[k] == nil {
			keys = append(keys, k)
		}
		by[k] = append(by[k], i)
	}
	var groups [][]int
	for _, k := range keys {
		if len(by[k]) > 1 {
			groups = append(groups, by[k])
		}
	}
	return groups
}

// commonFolder returns the deepest folder that contains all files of some jobs.
func commonFolder(jobs []job, which []int) string {
	common := filepath.Dir(identity(jobs[which[0]].inputs[0]))
	for _, i := range which[1:] {
		for {
			rel, err := filepath.Rel(common, identity(jobs[i].inputs[0]))
			if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) || common == filepath.Dir(common) {
				break
			}
			common = filepath.Dir(common)
		}
	}
	return common
}

// identity returns the path of a file without links and detours, or the path that it would
// have if it existed.
func identity(path string) string {
	if whole, err := filepath.EvalSymlinks(path); err == nil {
		path = whole
	} else if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path))
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return filepath.Clean(path)
}

// noneIsAnInput refuses to overwrite an input, even if overwriting is forced.
func noneIsAnInput(jobs []job) error {
	inputs := map[string]bool{}
	for _, j := range jobs {
		for _, in := range j.inputs {
			inputs[identity(in)] = true
		}
	}
	for _, j := range jobs {
		if inputs[identity(j.output)] {
			return hint.New(fmt.Errorf("the output %s is one of the pictures to translate", j.output), "choose another folder with {out}")
		}
	}
	return nil
}
