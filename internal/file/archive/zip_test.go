package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"easel/internal/file/archive"
)

type file struct {
	name string
	mode fs.FileMode
	text string
}

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(f.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unzip unpacks into a folder inside another one, and returns the files of both.
func unzip(t testing.TB, data []byte, l archive.Limits) ([]string, error) {
	t.Helper()
	outer := t.TempDir()
	inner := filepath.Join(outer, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(inner)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	failed := archive.Unzip(t.Context(), bytes.NewReader(data), int64(len(data)), root, l)
	var names []string
	err = filepath.WalkDir(outer, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(outer, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, failed
}

var roomy = archive.Limits{Bytes: 1 << 20, Files: 100}

// TestUnzip: files and their folders, without what nobody meant to send.
func TestUnzip(t *testing.T) {
	t.Parallel()
	data := zipOf(t, file{"A/", fs.ModeDir | 0o755, ""}, file{"A/1.png", 0o644, "one"}, file{"./B/x/1.png", 0o755, "two"},
		file{"__MACOSX/A/._1.png", 0o644, "x"}, file{".DS_Store", 0o644, "x"}, file{"A/.hidden/y", 0o644, "x"})
	names, err := unzip(t, data, roomy)
	if want := []string{"inner/A/1.png", "inner/B/x/1.png"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, %v", names, err)
	}
}

// TestRefused: whatever an archive claims, nothing comes to be outside.
func TestRefused(t *testing.T) {
	t.Parallel()
	long := file{"long", 0o644, string(bytes.Repeat([]byte("x"), 1<<21))}
	lying := bytes.Replace(zipOf(t, long), []byte{0, 0, 0x20, 0}, []byte{1, 0, 0, 0}, 2) // says that it has a byte
	for name, c := range map[string]struct {
		data []byte
		much bool
	}{
		"up": {zipOf(t, file{"../x", 0o644, "x"}), false}, "up later": {zipOf(t, file{"a/../../x", 0o644, "x"}), false}, "absolute": {zipOf(t, file{"/x", 0o644, "x"}), false},
		"backslash": {zipOf(t, file{`a\..\..\x`, 0o644, "x"}), false}, "drive": {zipOf(t, file{"C:x", 0o644, "x"}), false}, "NUL": {zipOf(t, file{"a\x00b", 0o644, "x"}), false},
		"link": {zipOf(t, file{"l", fs.ModeSymlink | 0o777, "/etc"}), false}, "device": {zipOf(t, file{"d", fs.ModeDevice | 0o666, ""}), false},
		"twice": {zipOf(t, file{"x", 0o644, "1"}, file{"x", 0o644, "2"}), false}, "a file as a folder": {zipOf(t, file{"x", 0o644, "1"}, file{"x/y", 0o644, "2"}), false},
		"nothing": {zipOf(t), false}, "only hidden": {zipOf(t, file{".x", 0o644, "x"}), false}, "no archive": {[]byte("hello"), false},
		"large": {zipOf(t, long), true}, "lying": {lying, false}, "many": {zipOf(t, slices.Repeat([]file{{"x", 0o644, ""}}, 101)...), false},
	} {
		names, err := unzip(t, c.data, roomy)
		if err == nil || c.much && !errors.Is(err, archive.ErrTooMuch) {
			t.Errorf("%s: %v", name, err)
		}
		for _, n := range names {
			if filepath.Dir(n) == "." {
				t.Errorf("%s: %s lies outside", name, n)
			}
		}
	}
	damaged := zipOf(t, file{"x", 0o644, "some text that is compressed, compressed, compressed"})
	damaged[40] ^= 0xff
	if _, err := unzip(t, damaged, roomy); err == nil {
		t.Error("a damaged archive is unpacked")
	}
}

// TestLongList: a list of many files is refused before it is in memory.
func TestLongList(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	pad := bytes.Repeat([]byte("n"), 60000)
	for range 300 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: string(pad)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := unzip(t, b.Bytes(), archive.Limits{Bytes: 1 << 20, Files: 1000}); !errors.Is(err, archive.ErrTooMuch) {
		t.Errorf("%v", err)
	}
}

// FuzzUnzip: nothing that anybody sends comes to be outside, or is more than allowed.
func FuzzUnzip(f *testing.F) {
	f.Add(zipOf(f, file{"A/1.png", 0o644, "one"}))
	f.Add(zipOf(f, file{"../x", 0o644, "x"}, file{"l", fs.ModeSymlink, "/etc"}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		names, _ := unzip(t, data, archive.Limits{Bytes: 1000, Files: 5})
		for _, n := range names {
			if filepath.Dir(n) == "." {
				t.Errorf("%s lies outside", n)
			}
		}
		if len(names) > 5 {
			t.Errorf("%d files", len(names))
		}
	})
}
