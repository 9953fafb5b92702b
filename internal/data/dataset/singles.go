package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Singles is the layout of OpenSingles.
const Singles Layout = "single pictures"

const singlesHint = "give a folder of photographs, or pictures by name; folders inside are looked into, and train/, val/ and test/ are taken for what they say"

// OpenSingles is Open for pictures that have no partner, such as the photographs that a
// style network learns to paint: each is a Pair without a Target. Paths are folders,
// with everything inside, and pictures by name. Where there is one folder, it may have
// train/, val/ and test/.
//
// Sizes are of the shorter side here: a picture keeps its shape, and a batch has square
// pieces of it. All are RGB.
func OpenSingles(ctx context.Context, paths []string, opts Options) (*Dataset, *Report, error) {
	opts.InputChannels, opts.OutputChannels, opts.Labels = 3, 0, LabelsNone
	if err := opts.validate(); err != nil {
		return nil, &Report{}, fmt.Errorf("open pictures: %w", err)
	}
	found, err := findSingles(paths)
	if err != nil {
		return nil, &Report{}, err
	}
	return found.open(ctx, opts)
}

func findSingles(paths []string) (*finding, error) {
	f := &finding{layout: Singles}
	var err error
	if len(paths) == 1 && isDir(paths[0]) {
		f.root = paths[0]
		err = f.addFolder()
	} else {
		err = f.addPaths(paths)
	}
	if err != nil {
		return nil, hint.New(err, singlesHint)
	}
	if w := imgio.LeftOut(f.unread); w != "" {
		f.warnings = append(f.warnings, w)
	}
	if len(f.pairs) == 0 {
		return nil, hint.New(fmt.Errorf("find pictures: there are none in %v", paths), singlesHint)
	}
	for i := range f.pairs {
		f.pairs[i].single = true
	}
	return f, nil
}

// addFolder adds the pictures of the folder at the root, and their splits.
func (f *finding) addFolder() error {
	top, err := list(f.root, ".")
	if err != nil {
		return err
	}
	splits, err := top.splits()
	if err != nil {
		return err
	}
	if len(splits) == 0 {
		splits = map[Split]string{"": "."}
	}
	for _, s := range append(allSplits(), "") {
		inside, ok := splits[s]
		if !ok {
			continue
		}
		dir, err := all(f.root, inside)
		if err != nil {
			return err
		}
		f.pairs = append(f.pairs, f.sideBySide(s, dir)...)
	}
	return nil
}

// addPaths adds pictures, and those of folders, of no split.
func (f *finding) addPaths(paths []string) error {
	for _, p := range paths {
		if !isDir(p) {
			if _, err := os.Stat(p); err != nil {
				return fmt.Errorf("find pictures: %w", err)
			}
			name := filepath.ToSlash(p)
			f.pairs = append(f.pairs, candidate{name: stem(filepath.Base(p)), a: []string{name}})
			continue
		}
		dir, err := all(p, ".")
		if err != nil {
			return err
		}
		for _, c := range f.sideBySide("", dir) {
			c.a[0] = filepath.ToSlash(filepath.Join(p, c.a[0]))
			f.pairs = append(f.pairs, c)
		}
	}
	return nil
}

// one is what a sample is called.
func (f *finding) one() string {
	if f.layout == Singles {
		return "picture"
	}
	return "pair"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// covering returns p with its shorter side of the given length.
func covering(p *imgio.Picture, side int, filter imgio.Filter) *imgio.Picture {
	shorter := min(p.Width, p.Height)
	scaled := func(n int) int { return max(side, (n*side+shorter/2)/shorter) }
	return imgio.Resize(p, scaled(p.Width), scaled(p.Height), filter)
}
