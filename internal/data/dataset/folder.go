package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/file/imgio"
)

// folder is what lies in one folder: names, in natural order.
type folder struct {
	path     string // relative to the data folder, with forward slashes; "." is itself
	pictures []string
	folders  []string
	others   []string // files that are no pictures, to say so where there are none
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
	slices.SortFunc(f.pictures, natural)
	slices.SortFunc(f.folders, natural)
	return f, nil
}

func isFolder(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(filepath.Join(dir, e.Name()))
	return err == nil && info.IsDir()
}

func natural(a, b string) int {
	switch {
	case a == b:
		return 0
	case imgio.NaturalLess(a, b):
		return -1
	default:
		return 1
	}
}

// sub returns the path of the folder inside f that is called name, in any case
// ("Train", "a"), or "".
func (f folder) sub(name string) string {
	for _, n := range f.folders {
		if strings.EqualFold(n, name) {
			return path.Join(f.path, n)
		}
	}
	return ""
}

// splits returns the paths of train, val and test inside f that exist.
func (f folder) splits() map[Split]string {
	found := map[Split]string{}
	for _, s := range allSplits() {
		if p := f.sub(string(s)); p != "" {
			found[s] = p
		}
	}
	return found
}

// numbered returns the folders inside f whose names are numbers, in order: the
// channels of a side that is several pictures.
func (f folder) numbered() []string {
	var paths []string
	for _, n := range f.folders {
		if strings.Trim(n, "0123456789") == "" {
			paths = append(paths, path.Join(f.path, n))
		}
	}
	return paths
}

// unused returns warnings for what of f a layout has no use for: folders other
// than used, and pictures if they are not used.
func (f folder) unused(used []string, pictures bool) []string {
	var warnings []string
	for _, n := range f.folders {
		if p := path.Join(f.path, n); !slices.Contains(used, p) {
			warnings = append(warnings, p+"/: the folder is not used")
		}
	}
	if !pictures && len(f.pictures) > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %s directly in this folder not used, %s for instance",
			f.path, count(len(f.pictures), "picture"), f.pictures[0]))
	}
	return warnings
}

// stem returns a file's name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
