package prepare

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

const sourceHint = "pictures are " + imgio.Readable + ", in the folder or in folders inside it"

// find lists the pictures of a folder and its subfolders, except those of out,
// which may hold earlier outputs: their names without extensions, with forward
// slashes, and their paths. Hidden files and folders are left out.
func find(dir, out string) (map[string]string, error) {
	f, err := findAll(dir, out)
	return f.found, err
}

// leftOut names the pictures of formats that easel does not read.
func (f finder) leftOut() string {
	var files []string
	for _, name := range sorted(f.unread) {
		files = append(files, f.unread[name])
	}
	return imgio.LeftOut(files)
}

// findAll is find, and also returns what was left out.
func findAll(dir, out string) (finder, error) {
	f := finder{found: map[string]string{}, unread: map[string]string{}, seen: map[string]bool{}}
	if out != "" {
		f.seen[identity(out)] = true
	}
	if identity(dir) == identity(out) {
		return f, hint.New(fmt.Errorf("%s is both the source folder and the output folder", dir), "choose another output folder")
	}
	if err := errors.Join(notAFile(dir), notAFile(out)); err != nil {
		return f, err
	}
	if err := f.walk(dir, ""); err != nil {
		return f, hint.New(fmt.Errorf("find pictures: %w", err), sourceHint)
	}
	if len(f.found) == 0 && len(f.unread) > 0 {
		return f, hint.New(fmt.Errorf("find pictures: there are none in %s that easel reads, only %d in other formats, such as %s",
			dir, len(f.unread), f.unread[sorted(f.unread)[0]]), imgio.UnreadHint)
	}
	if len(f.found) == 0 {
		return f, hint.New(fmt.Errorf("find pictures: there are none in %s", dir), sourceHint)
	}
	return f, nil
}

func notAFile(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return hint.New(fmt.Errorf("%s is a file", dir), "name a folder")
	}
	return nil
}

type finder struct {
	found  map[string]string
	unread map[string]string // pictures of formats that easel does not read
	seen   map[string]bool   // folders: links may make circles
}

func (f *finder) walk(dir, name string) error {
	id := identity(dir)
	if f.seen[id] {
		return nil
	}
	f.seen[id] = true
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		full := filepath.Join(dir, e.Name())
		if isFolder(full, e) {
			if err := f.walk(full, path.Join(name, e.Name())); err != nil {
				return err
			}
		} else if imgio.IsPicture(e.Name()) {
			if err := f.add(full, path.Join(name, e.Name())); err != nil {
				return err
			}
		} else if imgio.IsUnread(e.Name()) {
			f.unread[nameOf(path.Join(name, e.Name()))] = full
		}
	}
	return nil
}

// nameOf is a file's name without extension, in Unicode's composed form: some
// systems decompose letters.
func nameOf(file string) string { return norm.NFC.String(strings.TrimSuffix(file, path.Ext(file))) }

func (f *finder) add(full, name string) error {
	name = nameOf(name)
	if other, ok := f.found[name]; ok {
		return hint.New(fmt.Errorf("%s and %s differ only in their endings", other, full), "rename one of them")
	}
	f.found[name] = full
	return nil
}

func isFolder(full string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(full)
	return err == nil && info.IsDir()
}

// identity is a file's path with links resolved, so that a file has only one. If it
// does not exist yet, the part of the path that exists is resolved.
func identity(name string) string {
	full, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	real, err := filepath.EvalSymlinks(full)
	switch {
	case err == nil:
		return real
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(full) != full:
		return filepath.Join(identity(filepath.Dir(full)), filepath.Base(full))
	}
	return full
}

// sorted returns the names in natural order.
func sorted[V any](found map[string]V) []string {
	list := make([]string, 0, len(found))
	for name := range found {
		list = append(list, name)
	}
	slices.SortFunc(list, imgio.CompareNames)
	return list
}

// listed is how many names an error names.
const listed = 10

// listing joins lines, of which it shows only the first.
func listing(lines []string) string {
	text := strings.Join(lines[:min(len(lines), listed)], "\n  ")
	if len(lines) > listed {
		text += fmt.Sprintf("\n  and %d more", len(lines)-listed)
	}
	return text
}
