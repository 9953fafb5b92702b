package prepare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// pairsOf finds the pairs of a folder: those of A/ and B/ if it has these, or
// else side-by-side pictures. They are in natural order.
func pairsOf(in, out string) ([]*shared, error) {
	found, err := find(in, out)
	if err != nil {
		return nil, err
	}
	sides, err := sidesIn(in)
	if err != nil {
		return nil, err
	}
	channels, err := dataset.ChannelFolders(in)
	if err != nil {
		return nil, err
	}
	byName := map[string]*shared{}
	for _, name := range sorted(found) {
		f := splitFile{source: found[name]}
		rest := name
		if sides != nil {
			top, inside, _ := strings.Cut(name, "/")
			if f.side = sides[top]; f.side == "" {
				return nil, hint.New(fmt.Errorf("split: %s is neither in A/ nor in B/", found[name]), "move it elsewhere")
			}
			if rest = inside; channels && isNumber(path.Dir(rest)) {
				f.layer, rest = path.Dir(rest), path.Base(rest)
			}
		}
		if top, _, ok := strings.Cut(rest, "/"); ok && dataset.SplitOf(top) != "" {
			return nil, hint.New(fmt.Errorf("split: %s already has %s/", in, top), "give a folder of pairs that are not split yet")
		}
		f.name = rest + filepath.Ext(f.source)
		if byName[rest] == nil {
			byName[rest] = &shared{name: rest, folder: path.Dir(rest)}
		}
		byName[rest].files = append(byName[rest].files, f)
	}
	pairs := make([]*shared, 0, len(byName))
	for _, name := range sorted(byName) {
		pairs = append(pairs, byName[name])
	}
	return pairs, checkPairs(pairs, sides != nil)
}

// sidesIn returns the subfolders that are sides A and B, or nil.
func sidesIn(in string) (map[string]string, error) {
	list, err := os.ReadDir(in)
	if err != nil {
		return nil, fmt.Errorf("find pairs: %w", err)
	}
	sides := map[string]string{}
	for _, e := range list {
		if side := strings.ToUpper(e.Name()); (side == "A" || side == "B") && isFolder(filepath.Join(in, e.Name()), e) {
			sides[e.Name()] = side
		}
	}
	if len(sides) != 2 {
		return nil, nil
	}
	return sides, nil
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// checkPairs refuses pairs that lack a side and names that would collide.
func checkPairs(pairs []*shared, sided bool) error {
	var alone []string
	flat := map[string]string{}
	for _, p := range pairs {
		sides := map[string]bool{}
		for _, f := range p.files {
			sides[f.side] = true
			key := strings.ToLower(path.Join(f.side, f.layer, strings.TrimSuffix(f.name, path.Ext(f.name))))
			if other, ok := flat[key]; ok {
				return hint.New(fmt.Errorf("split: %s and %s would get the same name, %s", other, f.source, f.name), "rename one of them")
			}
			flat[key] = f.source
		}
		if sided && len(sides) != 2 {
			alone = append(alone, p.files[0].source+" has no partner")
		}
	}
	if len(alone) > 0 {
		return hint.New(fmt.Errorf("split: %s", listing(alone)), "the files of a pair have the same name in A/ and B/, endings aside")
	}
	return nil
}

// copyAll copies every pair's files to its split.
func copyAll(ctx context.Context, rec record, pairs []*shared, out string, o Options, notify func(Event)) (Result, error) {
	place, err := enter(ctx, out, o.Shard)
	if err != nil {
		return Result{}, err
	}
	var result Result
	defer func() { place.leave(result.Made+result.Kept > 0) }()
	began, err := beginSplit(rec, pairs, out, o)
	if err != nil {
		return Result{}, err
	}
	place.begun()
	pairs = slices.DeleteFunc(pairs, func(p *shared) bool { return !o.Shard.Has(p.name) })
	var full error
	progress := make([]Event, len(pairs))
	for i, p := range pairs {
		progress[i] = Event{Done: i + 1, Total: len(pairs), Input: p.files[0].source, Output: p.files[0].output(out, splitNames()[p.split])}
	}
	err = each(ctx, len(pairs), o.Threads, func(i int) bool {
		progress[i].Err = guarded(func() error { return pairs[i].copy(out, began, &progress[i]) })
		return !atomicfile.NoSpace(progress[i].Err)
	}, func(i int) {
		full = cmp.Or(full, result.count(progress[i], out))
		notify(progress[i])
	})
	return result, errors.Join(full, err)
}

// beginSplit writes the record of the output folder. Pictures already there that do
// not belong to this split might end up in two splits: they are refused even with
// Force.
func beginSplit(rec record, pairs []*shared, out string, o Options) (time.Time, error) {
	recorded, err := recordedIn(out)
	if err != nil {
		return time.Time{}, err
	}
	began, err := rec.compare(out)
	if err != nil && !o.Force {
		return began, err
	}
	expected, sources := map[string]bool{}, map[string]bool{}
	for _, p := range pairs {
		for _, f := range p.files {
			expected[identity(f.output(out, splitNames()[p.split]))] = true
			sources[identity(f.source)] = true
		}
	}
	foreign, err := picturesIn(out)
	if err != nil {
		return began, err
	}
	foreign = slices.DeleteFunc(foreign, func(file string) bool {
		return recorded && expected[identity(file)] && !sources[identity(file)]
	})
	if len(foreign) > 0 {
		return began, hint.New(fmt.Errorf("%s has pictures that do not belong to this split:\n  %s", out, listing(foreign)), "choose an empty output folder")
	}
	if !o.Force && !began.IsZero() {
		return began, nil
	}
	if o.Force {
		began = time.Now()
	}
	return began, rec.save(out)
}

// picturesIn are the pictures of an output folder, which need not exist.
func picturesIn(out string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(out, func(file string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !e.IsDir() && imgio.IsPicture(file) && !strings.HasPrefix(e.Name(), "."):
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look into the output folder: %w", err)
	}
	return files, nil
}

// count adds a picture. It returns an error if there is no room for another.
func (r *Result) count(p Event, out string) error {
	switch {
	case p.Err != nil:
		r.Failed++
	case p.Kept:
		r.Kept++
	default:
		r.Made++
	}
	if atomicfile.NoSpace(p.Err) {
		return &atomicfile.NoSpaceError{Folder: out, Way: "make room and give the same command again: it continues from here"}
	}
	return nil
}

// copy copies a pair's files that are not there yet.
func (p *shared) copy(out string, began time.Time, progress *Event) error {
	progress.Kept = true
	for _, f := range p.files {
		target := f.output(out, splitNames()[p.split])
		if upToDate(f.source, target, began) {
			continue
		}
		progress.Kept = false
		if err := makeFolder(filepath.Dir(target)); err != nil {
			return err
		}
		if err := copyFile(f.source, target); err != nil {
			return err
		}
	}
	return nil
}

func upToDate(source, target string, began time.Time) bool {
	from, err := os.Stat(source)
	if err != nil {
		return false
	}
	to, err := os.Stat(target)
	return err == nil && !to.ModTime().Before(began) && !to.ModTime().Before(from.ModTime()) && to.Size() == from.Size()
}

func copyFile(source, target string) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	return atomicfile.Write(target, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// copyManifest copies the manifest of the pairs' folder, if it has one.
func copyManifest(in, out string) error {
	err := copyFile(filepath.Join(in, dataset.ManifestFile), filepath.Join(out, dataset.ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
