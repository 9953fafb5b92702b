package imgio

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Find returns the named files and, for each folder, the pictures directly in it, in
// natural order. Files are not opened, so a missing one fails only when it is read. A
// folder without pictures is an error.
func Find(inputs ...string) ([]string, error) {
	var files []string
	for _, in := range inputs {
		info, err := os.Stat(in)
		if err != nil || !info.IsDir() {
			files = append(files, in)
			continue
		}
		found, err := inFolder(in)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// inFolder returns the pictures directly in a folder, in natural order.
func inFolder(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	list = slices.DeleteFunc(list, func(e fs.DirEntry) bool { return e.IsDir() || !IsPicture(e.Name()) })
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return CompareNames(a.Name(), b.Name()) })
	files := make([]string, len(list))
	for i, e := range list {
		files[i] = filepath.Join(dir, e.Name())
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: this folder has no pictures", dir)
	}
	return files, nil
}
