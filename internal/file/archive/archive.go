// Package archive unpacks ZIP files and packed tar files (.tar.gz) of strangers.
//
// Call [Unzip] or [Untar] with a folder that is open as an [os.Root], or [Put] for each
// file that comes by itself.
//
// # Guarantees
//
// Nothing is written outside the root: names that lead out of it, links and devices are
// errors, as are two files of one name. What an archive claims is not believed: bytes are
// counted as they come out, checksums are compared, and a list of files too long to be
// one of pictures is refused before it is in memory. Hidden files, and what macOS adds,
// are left out. After an error the root has a part of the files: remove it.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Limits of what is unpacked.
type Limits struct {
	// Bytes of all files together, and their number.
	Bytes int64
	Files int
}

// ErrTooMuch is wrapped by the error for an archive beyond the limits.
var ErrTooMuch = errors.New("it unpacks to more than is allowed")

// unpacking is an archive that is being unpacked.
type unpacking struct {
	ctx    context.Context
	root   *os.Root
	limits Limits
	files  int
	bytes  int64
}

// add writes one file of an archive. What it is, and how large, is what the archive claims.
func (u *unpacking) add(name string, mode fs.FileMode, size int64, open func() (io.ReadCloser, error)) error {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if hidden(name) || mode.IsDir() {
		return nil // folders come with their files
	}
	left := u.limits.Bytes - u.bytes
	switch u.files++; {
	case u.files > u.limits.Files:
		return fmt.Errorf("%w: it has more than %d files", ErrTooMuch, u.limits.Files)
	case !mode.IsRegular():
		return fmt.Errorf("%q is a link or a device, which no data set needs", name)
	case size < 0 || size > left:
		return fmt.Errorf("%w: %q has %d bytes", ErrTooMuch, name, size)
	}
	r, err := open()
	if err != nil {
		return fmt.Errorf("%q is damaged in the archive: %w", name, err)
	}
	defer func() { _ = r.Close() }()
	n, err := Put(u.root, name, r, left)
	u.bytes += n
	return err
}

// end reports an archive without files.
func (u *unpacking) end() error {
	if u.files == 0 {
		return errors.New("the archive has no files")
	}
	return nil
}

// hidden reports whether a file is one that people did not mean to send.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

// Put writes a new file of at most so many bytes below a root, with the folders that
// it is in. Its name has slashes.
func Put(root *os.Root, name string, from io.Reader, limit int64) (int64, error) {
	if err := Name(name); err != nil {
		return 0, err
	}
	local := filepath.FromSlash(path.Clean(name))
	if err := root.MkdirAll(filepath.Dir(local), 0o755); err != nil {
		return 0, err
	}
	f, err := root.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return 0, fmt.Errorf("%q is there twice", name)
	}
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, io.LimitReader(from, limit+1))
	if err != nil {
		err = fmt.Errorf("%q is damaged, or cannot be written: %w", name, err)
	} else if n > limit {
		err = fmt.Errorf("%w: %q has more than %d bytes", ErrTooMuch, name, limit)
	}
	return n, errors.Join(err, f.Close())
}

// Name fails for a name, with slashes, that is not of a file below a folder on every
// system.
func Name(name string) error {
	if name == "" || strings.HasSuffix(name, "/") || strings.ContainsAny(name, "\\\x00:") || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q is no name of a file in the folder", name)
	}
	return nil
}
