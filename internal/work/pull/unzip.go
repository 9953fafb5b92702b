package pull

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sides are the folders of a pair's pictures, by their endings: what the CMP Facade
// Database has beside each other as NAME.jpg and NAME.png, photograph and labels,
// becomes A/NAME.jpg and B/NAME.png. Its other files stay out.
var sides = map[string]string{".jpg": "A", ".png": "B"}

// extractSides writes the pictures of a .zip below root, at most limit bytes.
func extractSides(ctx context.Context, archive io.ReaderAt, size int64, root *os.Root, limit int64) error {
	z, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // such a name is told below
		return fmt.Errorf("it is not a .zip file, or damaged: %w", err)
	}
	if len(z.File) > fileLimit {
		return fmt.Errorf("it has more than %d files", fileLimit)
	}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case !filepath.IsLocal(filepath.FromSlash(f.Name)):
			return fmt.Errorf("%q lies outside the folder", f.Name)
		case f.Mode()&^os.ModePerm&^os.ModeDir != 0:
			return fmt.Errorf("%q is a link or a device, which no data set needs", f.Name)
		}
		side, ok := sides[strings.ToLower(path.Ext(f.Name))]
		if !ok || f.Mode().IsDir() {
			continue
		}
		n, err := unzip(root, f, filepath.Join(side, path.Base(f.Name)), limit)
		if err != nil {
			return err
		}
		limit -= n
	}
	return nil
}

// unzip writes one file, of at most limit bytes.
func unzip(root *os.Root, f *zip.File, name string, limit int64) (n int64, err error) {
	in, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("%q is damaged in the archive: %w", f.Name, err)
	}
	defer in.Close()
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return 0, err
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(out, io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		err = fmt.Errorf("%q is damaged in the archive, or cannot be written: %w", f.Name, err)
	case n > limit:
		err = fmt.Errorf("%q unpacks to more than %d bytes, which no pictures do", f.Name, limit)
	}
	return n, errors.Join(err, out.Close())
}
