// Package prepare makes the side-by-side pairs that training reads out of
// pictures that people have.
//
// Combine joins two folders of equal file names; Gray makes the grey input of a
// coloured photograph. Both keep the folders train, val and test where the
// source has them, write PNG (TIFF where a picture has more than four
// channels), keep 16 bits, and never replace a file that is a source: outputs
// that exist are replaced with Options.Force only.
package prepare

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/imgio"
)

// ErrExists is what refusing to overwrite an output wraps.
var ErrExists = errors.New("exists already")

// Options of a preparation.
type Options struct {
	// Force replaces outputs that exist.
	Force bool
	// Read limits what is read.
	Read imgio.ReadOptions
}

// Progress is one pair done, or failed.
type Progress struct {
	Done, Total int
	// Input is the source, the first of two, and Output what it became.
	Input, Output string
	Warnings      []imgio.Warning
	Err           error
}

// Result counts pairs.
type Result struct{ Made, Failed int }

// job is one output and the pictures that it is made of, all absolute or
// relative to the working folder.
type job struct {
	sources []string
	output  string
}

// Combine joins each picture of folder a with that of the same name in folder b
// (endings may differ), a on the left. Names that only one folder has are an
// error before anything is written.
func Combine(ctx context.Context, a, b, out string, o Options, notify func(Progress)) (Result, error) {
	left, err := find(a)
	if err != nil {
		return Result{}, err
	}
	right, err := find(b)
	if err != nil {
		return Result{}, err
	}
	if err := sameNames(a, b, left, right); err != nil {
		return Result{}, err
	}
	var jobs []job
	for _, name := range names(left) {
		jobs = append(jobs, job{[]string{left[name], right[name]}, filepath.Join(out, filepath.FromSlash(name))})
	}
	return run(ctx, jobs, o, notify, join)
}

// Gray pairs each picture of a folder, on the right, with its grey values, on
// the left: the input for learning to colour.
func Gray(ctx context.Context, in, out string, o Options, notify func(Progress)) (Result, error) {
	found, err := find(in)
	if err != nil {
		return Result{}, err
	}
	var jobs []job
	for _, name := range names(found) {
		jobs = append(jobs, job{[]string{found[name]}, filepath.Join(out, filepath.FromSlash(name))})
	}
	return run(ctx, jobs, o, notify, grey)
}

// join makes one picture of two, both with the channels of the richer one.
func join(p []*imgio.Picture) (*imgio.Picture, error) {
	if p[0].Width != p[1].Width || p[0].Height != p[1].Height {
		return nil, fmt.Errorf("sizes differ: %d×%d and %d×%d", p[0].Width, p[0].Height, p[1].Width, p[1].Height)
	}
	channels := max(p[0].Channels, p[1].Channels)
	for i := range p {
		var err error
		if p[i], err = p[i].Convert(channels); err != nil {
			return nil, err
		}
	}
	return imgio.SideBySide(p...)
}

func grey(p []*imgio.Picture) (*imgio.Picture, error) {
	colour, err := p[0].Convert(3)
	if err != nil {
		return nil, err
	}
	one, err := colour.Convert(1)
	if err != nil {
		return nil, err
	}
	three, err := one.Convert(3)
	if err != nil {
		return nil, err
	}
	return imgio.SideBySide(three, colour)
}

// run does the jobs one after the other; a pair that fails does not stop the
// others.
func run(ctx context.Context, jobs []job, o Options, notify func(Progress), make func([]*imgio.Picture) (*imgio.Picture, error)) (Result, error) {
	sources := map[string]bool{}
	for _, j := range jobs {
		for _, s := range j.sources {
			sources[identity(s)] = true
		}
	}
	var r Result
	for i, j := range jobs {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		p := Progress{Done: i + 1, Total: len(jobs), Input: j.sources[0]}
		if p.Err = j.do(&p, sources, o, make); p.Err != nil {
			r.Failed++
		} else {
			r.Made++
		}
		notify(p)
	}
	return r, nil
}

func (j job) do(p *Progress, sources map[string]bool, o Options, make func([]*imgio.Picture) (*imgio.Picture, error)) error {
	var pictures []*imgio.Picture
	for _, s := range j.sources {
		picture, warnings, err := imgio.Read(s, o.Read)
		if err != nil {
			return err
		}
		pictures, p.Warnings = append(pictures, picture), append(p.Warnings, warnings...)
	}
	pair, err := make(pictures)
	if err != nil {
		return fmt.Errorf("pair %s: %w", strings.Join(j.sources, " and "), err)
	}
	p.Output = j.output + ".png"
	if pair.Channels > 4 || pair.Channels == 2 {
		p.Output = j.output + ".tif"
	}
	if err := mayWrite(p.Output, sources, o.Force); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.Output), 0o777); err != nil {
		return fmt.Errorf("make the output folder: %w", err)
	}
	return imgio.Write(p.Output, pair)
}

func mayWrite(path string, sources map[string]bool, force bool) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if sources[identity(path)] {
		return hinted{fmt.Errorf("%s is one of the sources", path), "choose another output folder"}
	}
	if !force {
		return hinted{fmt.Errorf("%s: %w", path, ErrExists), "choose another output folder, or overwrite with --force"}
	}
	return nil
}

// identity is a file's path with links resolved, so that one file has one.
func identity(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return path
}

// find lists the pictures of a folder, and of train, val and test in it: their
// names without endings, with forward slashes, and their paths.
func find(dir string) (map[string]string, error) {
	found := map[string]string{}
	for _, sub := range []string{"", "train", "val", "test"} {
		list, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			if sub != "" && errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return nil, fmt.Errorf("read folder: %w", err)
		}
		for _, e := range list {
			if e.IsDir() || !imgio.IsPicture(e.Name()) {
				continue
			}
			path := filepath.Join(dir, sub, e.Name())
			name := filepath.ToSlash(filepath.Join(sub, strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))))
			if other, ok := found[name]; ok {
				return nil, hinted{fmt.Errorf("%s and %s differ only in their ending", other, path), "rename one of them"}
			}
			found[name] = path
		}
	}
	if len(found) == 0 {
		return nil, hinted{fmt.Errorf("%s: there are no pictures in this folder", dir), "pictures are PNG, JPEG, TIFF, WebP, BMP or GIF, directly in the folder or in train/, val/ and test/"}
	}
	return found, nil
}

func names(found map[string]string) []string {
	list := make([]string, 0, len(found))
	for name := range found {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case imgio.NaturalLess(a, b):
			return -1
		}
		return 1
	})
	return list
}

// listed is how many names an error names.
const listed = 10

func sameNames(a, b string, left, right map[string]string) error {
	var alone []string
	for _, name := range names(left) {
		if right[name] == "" {
			alone = append(alone, fmt.Sprintf("%s has no partner in %s", left[name], b))
		}
	}
	for _, name := range names(right) {
		if left[name] == "" {
			alone = append(alone, fmt.Sprintf("%s has no partner in %s", right[name], a))
		}
	}
	if len(alone) == 0 {
		return nil
	}
	text := strings.Join(alone[:min(len(alone), listed)], "\n  ")
	if len(alone) > listed {
		text += fmt.Sprintf("\n  and %d more", len(alone)-listed)
	}
	return hinted{fmt.Errorf("names do not match:\n  %s", text), "the pictures of a pair have the same name in both folders, endings aside"}
}

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

// Unwrap lets errors.Is see the cause.
func (h hinted) Unwrap() error { return h.error }

// Hint is the advice.
func (h hinted) Hint() string { return h.hint }
