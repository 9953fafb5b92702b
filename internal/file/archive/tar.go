package archive

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Untar writes the files of a .tar.gz archive below a root. What describes the files counts
// as bytes, too.
func Untar(ctx context.Context, archive io.Reader, root *os.Root, limits Limits) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return fmt.Errorf("it is not a .tar.gz file: %w", err)
	}
	bounded := &atMost{unzipped, limits.Bytes}
	t := tar.NewReader(bounded)
	u := unpacking{ctx: ctx, root: root, limits: limits}
	for {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			// The checksum is at the end of the file.
			if _, err := io.Copy(io.Discard, bounded); err != nil {
				return damaged(err)
			}
			return u.end()
		case err != nil:
			return damaged(err)
		case h.Typeflag == tar.TypeXGlobalHeader:
			continue
		}
		mode := h.FileInfo().Mode()
		if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir { // such as a second name of a file
			mode |= os.ModeIrregular
		}
		open := func() (io.ReadCloser, error) { return io.NopCloser(t), nil }
		if err := u.add(h.Name, mode, h.Size, open); err != nil {
			return err
		}
	}
}

func damaged(err error) error {
	if errors.Is(err, ErrTooMuch) {
		return err
	}
	return fmt.Errorf("the archive is damaged: %w", err)
}

// atMost reads so many bytes; more are ErrTooMuch.
type atMost struct {
	from io.Reader
	left int64
}

func (r *atMost) Read(p []byte) (int, error) {
	n, err := r.from.Read(p[:min(int64(len(p)), r.left+1)])
	if r.left -= int64(n); r.left < 0 {
		return 0, ErrTooMuch
	}
	return n, err
}
