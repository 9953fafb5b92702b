package stylize

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/digest"
)

// sources are the input files of a run.
func (o Options) sources() []string {
	paths := []string{o.Content, o.Continue, o.Weights}
	if !o.knownInit() {
		paths = append(paths, o.Init)
	}
	for _, s := range o.Styles {
		paths = append(paths, s.Path, s.Mask)
	}
	return paths
}

// overwritten returns a source that the run would overwrite, and with what. An output must
// not be an input.
func (o Options) overwritten() (source, output string) {
	outputs := []string{o.Out, o.checkpoint()}
	for _, path := range o.sources() {
		info, err := os.Stat(path)
		if path == "" || err != nil {
			continue
		}
		for _, out := range outputs {
			if other, err := os.Stat(out); err == nil && os.SameFile(info, other) {
				return path, out
			}
		}
		if o.SaveEvery > 0 && o.isNumbered(path) {
			return path, "an intermediate picture"
		}
	}
	return "", ""
}

// absolute returns o with absolute paths.
func (o Options) absolute() (Options, error) {
	o.Styles = append([]Style(nil), o.Styles...)
	paths := []*string{&o.Content, &o.Continue, &o.Out}
	if o.Weights != RandomWeights && o.Weights != SmallWeights {
		paths = append(paths, &o.Weights)
	}
	if !o.knownInit() {
		paths = append(paths, &o.Init)
	}
	for i := range o.Styles {
		paths = append(paths, &o.Styles[i].Path, &o.Styles[i].Mask)
	}
	for _, p := range paths {
		if *p == "" {
			continue
		}
		full, err := filepath.Abs(*p)
		if err != nil {
			return o, err
		}
		*p = full
	}
	return o, nil
}

// move takes the paths of other options for the same pictures.
func (o *Options) move(to Options) {
	o.Content, o.Init, o.Continue = to.Content, to.Init, to.Continue
	if to.Weights != "" {
		o.Weights = to.Weights
	}
	o.Styles = append([]Style(nil), o.Styles...)
	for i := range min(len(o.Styles), len(to.Styles)) {
		o.Styles[i].Path, o.Styles[i].Mask = to.Styles[i].Path, to.Styles[i].Mask
	}
}

// wrote reports whether the file at out is the picture that the interrupted run left.
// Checkpoints of earlier versions do not record it; for them, it is the picture beside
// them.
func (c *checkpointState) wrote(out string, beside bool) bool {
	if c.Result == nil {
		return beside
	}
	sum, err := sumOf(out)
	return err == nil && sum == *c.Result
}

// sumOf returns the SHA-256 of a file, "" if there is none.
func sumOf(path string) (string, error) {
	sum, err := digest.File(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return sum, err
}
