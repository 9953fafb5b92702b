package pull

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sides are the folders of a pair's pictures, by extension. In the CMP Facade Database,
// NAME.jpg is a photograph and NAME.png its labels; they become A/NAME.jpg and B/NAME.png.
// Its other files are not pictures.
var sides = map[string]string{".jpg": "A", ".png": "B"}

// arrange moves the pictures of a folder and its subfolders to the sides of a new folder in
// it, and returns the path of that.
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
			return fmt.Errorf("%s occurs twice", d.Name())
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
