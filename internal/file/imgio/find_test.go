package imgio

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"p10.png", "p9.JPG", ".hidden.png", "notes.txt", "inner.png/x.png"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Find("first.tif", dir, filepath.Join(dir, "notes.txt"))
	want := []string{"first.tif", filepath.Join(dir, "p9.JPG"), filepath.Join(dir, "p10.png"), filepath.Join(dir, "notes.txt")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q: %v", got, err)
	}
	if _, err := Find(t.TempDir()); err == nil || !strings.Contains(err.Error(), "this folder has no pictures") {
		t.Errorf("an empty folder: %v", err)
	}
	if got, err := Find(); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %q, %v", got, err)
	}
}
