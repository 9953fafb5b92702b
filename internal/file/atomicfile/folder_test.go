package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestFolder: a folder is made, with those above it, and removed where nothing came of it.
func TestFolder(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir := filepath.Join(top, "a", "b")
	leave, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	if _, err := os.Stat(filepath.Join(top, "a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder stays: %v", err)
	}
	if leave, err = Folder(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "o.png")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	leave()
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
