package imgio_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/imgio"
)

// TestReadTexts: what Write stores is read back, whatever other programs have added; a file
// that ends early is an error, and other formats have no texts.
func TestReadTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	texts := []imgio.Text{{Keyword: "Software", Text: "easel"}, {Keyword: "easel:x", Text: "façade\n{}"}}
	for name, want := range map[string][]imgio.Text{"a.png": texts, "a.tif": nil, "a.jpg": nil} {
		path := filepath.Join(dir, name)
		if err := imgio.Write(path, imgio.New(9, 5, 3), texts...); err != nil {
			t.Fatal(err)
		}
		got, err := imgio.ReadTexts(path)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	path := filepath.Join(dir, "a.png")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{8, 12, 40, 60, len(whole) - 12} {
		if err := os.WriteFile(path, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := imgio.ReadTexts(path); !errors.Is(err, imgio.ErrTruncated) {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	if _, err := imgio.ReadTexts(filepath.Join(dir, "none.png")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// FuzzReadTexts: any file is read or refused.
func FuzzReadTexts(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.png")
	if err := imgio.Write(path, imgio.New(3, 2, 3), imgio.Text{Keyword: "k", Text: "t"}); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXt"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x03iTXta\x00\x00crc!"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.png")
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if texts, err := imgio.ReadTexts(path); err != nil && texts != nil {
			t.Errorf("texts in spite of %v", err)
		}
	})
}
