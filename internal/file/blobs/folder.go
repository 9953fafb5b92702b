package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/file/atomicfile"
)

// folder is a place on this machine.
type folder struct{ root string }

func openFolder(dir string) (*Place, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	root = resolved(root)
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name a folder", dir)
	}
	return &Place{root, folder{root}}, nil
}

// FolderURL is the address of a folder, by its path.
func FolderURL(path string) string {
	slashes := "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	return (&url.URL{Scheme: "file", Path: slashes}).String()
}

// FolderOf returns the path in the address of a folder. ok is false for other addresses, and
// for what is no address.
func FolderOf(address string) (path string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || !IsAddress(address) || u.Scheme != "file" {
		return "", false
	}
	return filePath(u.Path), true
}

// resolved follows the links in a path, as far as it exists.
func resolved(dir string) string {
	if whole, err := filepath.EvalSymlinks(dir); err == nil {
		return whole
	}
	if parent := filepath.Dir(dir); parent != dir {
		return filepath.Join(resolved(parent), filepath.Base(dir))
	}
	return dir
}

// file is the path of a name, which must stay below the folder.
func (f folder) file(name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fmt.Errorf("%q is not a name below a folder", name)
	}
	return filepath.Join(f.root, filepath.FromSlash(name)), nil
}

// errEnough ends a walk whose consumer has had enough.
var errEnough = errors.New("enough")

func (f folder) list(ctx context.Context, under string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		if _, err := os.Stat(f.root); errors.Is(err, fs.ErrNotExist) {
			return // as a prefix in a bucket: nothing is there
		}
		root := f.root + string(filepath.Separator) // also for a link
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			name, err := filepath.Rel(f.root, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			if e.IsDir() {
				if name != "." && !strings.HasPrefix(name+"/", under) && !strings.HasPrefix(under, name+"/") {
					return fs.SkipDir
				}
				return nil
			}
			if !strings.HasPrefix(name, under) {
				return nil
			}
			info, err := os.Stat(path) // of what a link points to
			if err != nil || info.IsDir() {
				return nil // gone meanwhile, or a link to nothing or to a folder
			}
			if !yield(Object{Name: name, Size: info.Size(), Time: info.ModTime().UTC()}, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Object{}, err)
		}
	}
}

func (f folder) read(_ context.Context, name string) ([]byte, error) {
	path, err := f.file(name)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func (f folder) write(_ context.Context, name string, data []byte) error {
	path, err := f.file(name)
	if err != nil {
		return err
	}
	// Links inside of the folder may lead to where the inputs are.
	if inside, err := filepath.Rel(f.root, resolved(filepath.Dir(path))); err != nil || !filepath.IsLocal(inside) {
		return fmt.Errorf("%w: a link leads out of the folder", fs.ErrPermission)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, data)
}

func (f folder) remove(_ context.Context, name string) error {
	path, err := f.file(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (folder) close() error { return nil }
