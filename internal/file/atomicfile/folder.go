package atomicfile

import (
	"os"
	"path/filepath"
)

// Folder makes a folder, and those above it, for outputs that may come to nothing. The
// function that it returns removes the folders that were made here and stayed empty.
func Folder(dir string) (leave func(), err error) {
	var made []string // the innermost first
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		made = append(made, at)
	}
	leave = func() {
		for _, dir := range made {
			_ = os.Remove(dir) // fails where there is anything in it
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}
