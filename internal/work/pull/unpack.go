package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/archive"
)

// MaxGrowth is how many times its own size an archive may unpack to. Pictures barely
// compress.
const MaxGrowth = 20

// fileLimit is how many files an archive may have.
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
	limits := archive.Limits{Bytes: max(MaxGrowth*info.Size(), smallArchive), Files: fileLimit}
	zipped := filepath.Ext(path) == ".zip"
	if zipped {
		err = archive.Unzip(ctx, f, info.Size(), root, limits)
	} else {
		err = archive.Untar(ctx, f, root, limits)
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
