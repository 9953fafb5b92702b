package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"golang.org/x/text/unicode/norm"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// folder is the contents of one folder: names, in natural order.
type folder struct {
	path     string // relative to the data folder, with forward slashes; "." is itself
	pictures []string
	folders  []string
	others   []string // files that are not pictures, for error messages
}

// list reads the folder at rel below root. Links are followed.
func list(root, rel string) (folder, error) {
	f := folder{path: rel}
	dir := filepath.Join(root, filepath.FromSlash(rel))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f, fmt.Errorf("find pairs: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case isFolder(dir, e):
			f.folders = append(f.folders, name)
		case imgio.IsPicture(name):
			f.pictures = append(f.pictures, name)
		default:
			f.others = append(f.others, name)
		}
	}
	slices.SortFunc(f.pictures, imgio.CompareNames)
	slices.SortFunc(f.folders, imgio.CompareNames)
	return f, nil
}

func isFolder(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(filepath.Join(dir, e.Name()))
	return err == nil && info.IsDir()
}

// all is list with the contents of subfolders, whose names include the subfolder. Links may
// form cycles; each folder is visited once.
func all(root, rel string) (folder, error) {
	f := folder{path: rel}
	seen := map[string]bool{}
	var visit func(inside string) error
	visit = func(inside string) error {
		dir := path.Join(rel, inside)
		if real, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(dir))); err == nil {
			if seen[real] {
				return nil
			}
			seen[real] = true
		}
		here, err := list(root, dir)
		if err != nil {
			return err
		}
		for _, name := range here.pictures {
			f.pictures = append(f.pictures, path.Join(inside, name))
		}
		for _, name := range here.others {
			f.others = append(f.others, path.Join(inside, name))
		}
		for _, name := range here.folders {
			if err := visit(path.Join(inside, name)); err != nil {
				return err
			}
		}
		return nil
	}
	err := visit("")
	slices.SortFunc(f.pictures, imgio.CompareNames)
	return f, err
}

// sub returns the path of a subfolder by its name, in any case ("Train", "a"), or "".
func (f folder) sub(name string) string {
	for _, n := range f.folders {
		if strings.EqualFold(n, name) {
			return path.Join(f.path, n)
		}
	}
	return ""
}

// splitNames are the folder names of the splits, in any case.
func splitNames(s Split) []string {
	switch s {
	case Train:
		return []string{"train", "training"}
	case Val:
		return []string{"val", "valid", "validation"}
	default:
		return []string{"test", "testing"}
	}
}

// SplitOf returns the split that a folder name stands for, or "".
func SplitOf(name string) Split {
	for _, s := range allSplits() {
		for _, n := range splitNames(s) {
			if strings.EqualFold(n, name) {
				return s
			}
		}
	}
	return ""
}

// splits returns the paths of train, val and test in f that exist. Two folders for one split
// are an error.
func (f folder) splits() (map[Split]string, error) {
	found := map[Split]string{}
	for _, n := range f.folders {
		s := SplitOf(n)
		if s == "" {
			continue
		}
		if other := found[s]; other != "" {
			return nil, hint.New(fmt.Errorf("find pairs: both %s/ and %s could be %s", other, n+"/", s), "rename or remove one of the two")
		}
		found[s] = path.Join(f.path, n)
	}
	return found, nil
}

// splitSides returns the folders in f for one side of a split, as other programs name them:
// trainA and trainB, train_A and train_B.
func (f folder) splitSides() map[Split][2]string {
	found := map[Split][2]string{}
	for _, n := range f.folders {
		lower := strings.ToLower(n)
		for side, letter := range []string{"a", "b"} {
			rest, ok := strings.CutSuffix(lower, letter)
			s := SplitOf(strings.TrimRight(rest, "_- "))
			if !ok || s == "" {
				continue
			}
			both := found[s]
			both[side] = path.Join(f.path, n)
			found[s] = both
		}
	}
	return found
}

// numbered returns the subfolders whose names are numbers, in order. If the manifest says so,
// they are the channels of a side.
func (f folder) numbered() []string {
	var paths []string
	for _, n := range f.folders {
		if strings.Trim(n, "0123456789") == "" {
			paths = append(paths, path.Join(f.path, n))
		}
	}
	return paths
}

// unused returns warnings for folders in f that the layout does not use, and for pictures
// that it does not use.
func (f folder) unused(used []string, pictures bool) []string {
	var warnings []string
	for _, n := range f.folders {
		if p := path.Join(f.path, n); !slices.Contains(used, p) {
			warnings = append(warnings, p+"/: the folder is not used")
		}
	}
	if !pictures && len(f.pictures) > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %s directly in this folder not used, %s for instance",
			f.path, english.Plural(len(f.pictures), "picture", ""), f.pictures[0]))
	}
	return warnings
}

// stem returns a file's name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// key is the form in which names are compared: without extension, with composed letters.
// Some systems store é as one character and some as e with an accent.
func key(name string) string { return norm.NFC.String(stem(name)) }
