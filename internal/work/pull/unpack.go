package pull

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/archive"
)

// MaxGrowth is how many times its own size an archive may unpack to. Pictures barely
// compress.
const MaxGrowth = 20

// fileLimit is how many files and folders an archive may have.
const fileLimit = 1_000_000

// smallArchive is a size that every archive may unpack to: in a small one, tar's padding
// matters.
const smallArchive = 1 << 20

// unpack unpacks a .tar.gz, or the pictures of a .zip (see sides), to a folder that does
// not exist yet. If a single folder in the archive holds everything, its contents are
// unpacked.
func unpack(ctx context.Context, path, folder string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(folder), "."+filepath.Base(folder)+"-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	root, err := os.OpenRoot(temporary)
	if err != nil {
		return err
	}
	limit := max(MaxGrowth*info.Size(), smallArchive)
	zipped := filepath.Ext(path) == ".zip"
	if zipped {
		err = archive.Unzip(ctx, f, info.Size(), root, archive.Limits{Bytes: limit, Files: fileLimit})
	} else {
		err = extract(ctx, f, root, limit)
	}
	if err := errors.Join(err, root.Close()); err != nil {
		return fmt.Errorf("unpack %s: %w", path, err)
	}
	find := only
	if zipped {
		find = arrange
	}
	inside, err := find(temporary)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", path, err)
	}
	if err := os.Chmod(inside, 0o755); err != nil { // temporary folders are private
		return err
	}
	return os.Rename(inside, folder)
}

// extract writes the content of the archive below root, at most limit bytes.
func extract(ctx context.Context, packed io.Reader, root *os.Root, limit int64) error {
	unzipped, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("it is not a .tar.gz file: %w", err)
	}
	reader := tar.NewReader(io.LimitReader(unzipped, limit+1))
	written := int64(0)
	for count := 0; ; count++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := reader.Next()
		if err == io.EOF {
			return drain(unzipped, limit)
		}
		if err == nil {
			written += h.Size
		}
		switch {
		case written > limit:
			return fmt.Errorf("it unpacks to more than %d bytes, which no pictures do", limit)
		case err != nil:
			return fmt.Errorf("the archive is damaged: %w", err)
		case count == fileLimit:
			return fmt.Errorf("it has more than %d files", fileLimit)
		case !filepath.IsLocal(filepath.FromSlash(h.Name)):
			return fmt.Errorf("%q lies outside the folder", h.Name)
		}
		if err := one(root, h, reader); err != nil {
			return err
		}
	}
}

// drain reads what follows the end of the archive, up to the checksum.
func drain(r io.Reader, limit int64) error {
	if n, err := io.Copy(io.Discard, io.LimitReader(r, limit)); err != nil {
		return fmt.Errorf("the archive is damaged: %w", err)
	} else if n == limit {
		return errors.New("the archive continues after its end")
	}
	return nil
}

// one writes a folder or a file.
func one(root *os.Root, h *tar.Header, r io.Reader) error {
	name := filepath.FromSlash(h.Name)
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil
	case tar.TypeDir:
		return root.MkdirAll(filepath.Clean(name), 0o755)
	case tar.TypeReg:
	default:
		return fmt.Errorf("%q is a link or a device; only files and folders are unpacked", h.Name)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, r); err != nil {
		err = fmt.Errorf("cannot unpack %q, the archive may be damaged: %w", h.Name, err)
	}
	return errors.Join(err, f.Close())
}

// only returns the only folder inside a folder, or the folder itself if there is more.
func only(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var visible []fs.DirEntry
	for _, e := range entries {
		if e.Name()[0] != '.' {
			visible = append(visible, e)
		}
	}
	if len(visible) == 0 {
		return "", errors.New("the archive is empty")
	}
	if len(visible) == 1 && visible[0].IsDir() {
		return filepath.Join(folder, visible[0].Name()), nil
	}
	return folder, nil
}
