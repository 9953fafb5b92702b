package stylize

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
)

// sources are the files that a run reads.
func (o Options) sources() []string {
	paths := []string{o.Content, o.Weights}
	if !o.knownInit() {
		paths = append(paths, o.Init)
	}
	for _, s := range o.Styles {
		paths = append(paths, s.Path, s.Mask)
	}
	return paths
}

// overwritten returns a source that the run would write over, and what it would
// write there. An output is never an input.
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
			return path, "a picture on the way"
		}
	}
	return "", ""
}

// absolute is o with paths that hold in every folder.
func (o Options) absolute() (Options, error) {
	o.Styles = append([]Style(nil), o.Styles...)
	paths := []*string{&o.Content, &o.Out}
	if o.Weights != RandomWeights {
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

// wrote reports whether the file at out is the picture that the interrupted run
// has left. Checkpoints of earlier versions do not say what they left: for them it
// is the picture beside them.
func (c *checkpointState) wrote(out string, beside bool) bool {
	if c.Result == nil {
		return beside
	}
	sum, err := sumOf(out)
	return err == nil && sum == *c.Result
}

// sumOf is the SHA-256 of a file, "" if there is none.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
