package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// listLimit is the size of an archive's list of files that is read, in bytes: about
// 200,000 files.
const listLimit = 16 << 20

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
	u := unpacking{ctx: ctx, root: root, limits: limits}
	for _, f := range z.File {
		mode := f.Mode()
		if strings.HasSuffix(f.Name, "/") {
			mode |= fs.ModeDir
		}
		if err := u.add(f.Name, mode, int64(f.UncompressedSize64), f.Open); err != nil {
			return err
		}
	}
	return u.end()
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
