// Package archive unpacks ZIP files that strangers send.
//
// Call [Unzip] with a folder that is open as an [os.Root].
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
	"archive/zip"
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

// listLimit is the size of an archive's list of files that is read, in bytes: about
// 200,000 files.
const listLimit = 16 << 20

// ErrTooMuch is wrapped by the error for an archive beyond the limits.
var ErrTooMuch = errors.New("it unpacks to more than is allowed")

// Unzip writes the files of a ZIP archive below a root.
func Unzip(ctx context.Context, archive io.ReaderAt, size int64, root *os.Root, limits Limits) error {
	bounded := &reader{from: archive, left: listLimit}
	z, err := zip.NewReader(bounded, size)
	if errors.Is(err, errList) {
		return fmt.Errorf("%w: its list of files is too long", ErrTooMuch)
	}
	if err != nil {
		return fmt.Errorf("it is not a ZIP file, or damaged: %w", err)
	}
	bounded.left = -1
	left, files := limits.Bytes, 0
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if hidden(f.Name) || strings.HasSuffix(f.Name, "/") {
			continue
		}
		if files++; files > limits.Files {
			return fmt.Errorf("%w: it has more than %d files", ErrTooMuch, limits.Files)
		}
		n, err := one(root, f, left)
		if err != nil {
			return err
		}
		left -= n
	}
	if files == 0 {
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

// one writes a file of at most so many bytes.
func one(root *os.Root, f *zip.File, limit int64) (int64, error) {
	if !f.Mode().IsRegular() {
		return 0, fmt.Errorf("%q is a link or a device, which no data set needs", f.Name)
	}
	if int64(f.UncompressedSize64) < 0 || int64(f.UncompressedSize64) > limit {
		return 0, fmt.Errorf("%w: %q has %d bytes", ErrTooMuch, f.Name, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("%q is damaged in the archive: %w", f.Name, err)
	}
	defer func() { _ = r.Close() }()
	return Put(root, f.Name, r, limit)
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

// errList is that the list of files is too long.
var errList = errors.New("the list of files is too long")

// reader reads so many bytes, or any number if left is negative.
type reader struct {
	from io.ReaderAt
	left int64
}

// ReadAt implements io.ReaderAt.
func (r *reader) ReadAt(p []byte, at int64) (int, error) {
	if r.left >= 0 {
		if r.left -= int64(len(p)); r.left < 0 {
			return 0, errList
		}
	}
	return r.from.ReadAt(p, at)
}
