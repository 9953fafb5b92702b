package pull

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sides are the folders of a pair's pictures, by their endings: what the CMP Facade
// Database has beside each other as NAME.jpg and NAME.png, photograph and labels,
// becomes A/NAME.jpg and B/NAME.png. Its other files are no pictures.
var sides = map[string]string{".jpg": "A", ".png": "B"}

// arrange moves the pictures of a folder, and of those in it, to the sides of a new
// folder in it, whose path it returns.
func arrange(folder string) (string, error) {
	made := filepath.Join(folder, ".sides")
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if path == made {
				return filepath.SkipDir
			}
			return err
		}
		side, ok := sides[strings.ToLower(filepath.Ext(path))]
		if !ok {
			return nil
		}
		to := filepath.Join(made, side, d.Name())
		if _, err := os.Lstat(to); err == nil {
			return fmt.Errorf("%s is there twice", d.Name())
		}
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Rename(path, to))
	})
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(made); err != nil {
		return "", errors.New("the archive has no pictures")
	}
	return made, nil
}
