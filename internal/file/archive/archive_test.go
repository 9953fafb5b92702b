package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
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

// how unpacks data below a root.
type how func(ctx context.Context, data []byte, root *os.Root, l archive.Limits) error

func unzip(ctx context.Context, data []byte, root *os.Root, l archive.Limits) error {
	return archive.Unzip(ctx, bytes.NewReader(data), int64(len(data)), root, l)
}

func untar(ctx context.Context, data []byte, root *os.Root, l archive.Limits) error {
	return archive.Untar(ctx, bytes.NewReader(data), root, l)
}

// unpack unpacks into a folder inside another one, which is empty, and returns the files of
// both.
func unpack(t testing.TB, unpack how, outer string, data []byte, l archive.Limits) ([]string, error) {
	t.Helper()
	inner := filepath.Join(outer, "inner")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(inner)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	failed := unpack(t.Context(), data, root, l)
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
	names, err := unpack(t, unzip, t.TempDir(), data, roomy)
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
		names, err := unpack(t, unzip, t.TempDir(), c.data, roomy)
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
	if _, err := unpack(t, unzip, t.TempDir(), damaged, roomy); err == nil {
		t.Error("a damaged archive is unpacked")
	}
}

// tarOf packs files as .tar.gz. Links and devices have the modes of such.
func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	w := tar.NewWriter(packed)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(f.text))}
		switch {
		case f.mode.IsDir():
			h.Typeflag = tar.TypeDir
		case f.mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.text, 0
		case f.mode&fs.ModeIrregular != 0:
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, f.text, 0
		}
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = w.Write([]byte(f.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUntar: what is unpacked, and refused, is the same as for ZIP files.
func TestUntar(t *testing.T) {
	t.Parallel()
	whole := tarOf(t, file{"A/", fs.ModeDir, ""}, file{"A/1.png", 0, "one"}, file{"./B/x/1.png", 0, "two"}, file{".DS_Store", 0, "x"})
	names, err := unpack(t, untar, t.TempDir(), whole, roomy)
	if want := []string{"inner/A/1.png", "inner/B/x/1.png"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, %v", names, err)
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	for name, c := range map[string]struct {
		data []byte
		much bool
	}{
		"up": {tarOf(t, file{"../x", 0, "x"}), false}, "absolute": {tarOf(t, file{"/x", 0, "x"}), false}, "backslash": {tarOf(t, file{`a\..\..\x`, 0, "x"}), false},
		"link": {tarOf(t, file{"l", fs.ModeSymlink, "/etc"}), false}, "hard link": {tarOf(t, file{"x", 0, "1"}, file{"l", fs.ModeIrregular, "x"}), false},
		"twice": {tarOf(t, file{"x", 0, "1"}, file{"x", 0, "2"}), false}, "nothing": {tarOf(t), false}, "no archive": {[]byte("hello"), false},
		"cut off": {whole[:len(whole)-20], false}, "damaged": {damaged, false},
		"large": {tarOf(t, file{"x", 0, string(make([]byte, 2<<20))}), true}, "many names": {tarOf(t, slices.Repeat([]file{{".x", 0, ""}}, 3000)...), true},
	} {
		names, err := unpack(t, untar, t.TempDir(), c.data, roomy)
		if err == nil || c.much != errors.Is(err, archive.ErrTooMuch) {
			t.Errorf("%s: %v", name, err)
		}
		for _, n := range names {
			if filepath.Dir(n) == "." {
				t.Errorf("%s: %s lies outside", name, n)
			}
		}
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
	if _, err := unpack(t, unzip, t.TempDir(), b.Bytes(), archive.Limits{Bytes: 1 << 20, Files: 1000}); !errors.Is(err, archive.ErrTooMuch) {
		t.Errorf("%v", err)
	}
}

// FuzzUnzip: nothing that anybody sends comes to be outside, or is more than allowed.
func FuzzUnzip(f *testing.F) {
	f.Add(zipOf(f, file{"A/1.png", 0o644, "one"}))
	f.Add(zipOf(f, file{"../x", 0o644, "x"}, file{"l", fs.ModeSymlink, "/etc"}))
	f.Add([]byte("PK\x05\x06"))
	outer := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) { stayInside(t, unzip, outer, data) })
}

// FuzzUntar is FuzzUnzip for .tar.gz, whose tar is fuzzed.
func FuzzUntar(f *testing.F) {
	f.Add(tarOnly(f, file{"A/1.png", 0, "one"}))
	f.Add(tarOnly(f, file{"../x", 0, "x"}, file{"l", fs.ModeSymlink, "/etc"}))
	outer := f.TempDir()
	packed := gzip.NewWriter(nil) // a new one for each would take most of the time
	f.Fuzz(func(t *testing.T, data []byte) {
		var b bytes.Buffer
		packed.Reset(&b)
		if _, err := packed.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := packed.Close(); err != nil {
			t.Fatal(err)
		}
		stayInside(t, untar, outer, b.Bytes())
	})
}

// tarOnly is tarOf before it is packed.
func tarOnly(t testing.TB, files ...file) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(tarOf(t, files...)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func stayInside(t *testing.T, by how, outer string, data []byte) {
	t.Helper()
	names, _ := unpack(t, by, outer, data, archive.Limits{Bytes: 10000, Files: 5})
	for _, n := range names {
		if filepath.Dir(n) == "." {
			t.Errorf("%s lies outside", n)
		}
	}
	if len(names) > 5 {
		t.Errorf("%d files", len(names))
	}
	// Folders are left behind without files, too.
	if err := os.RemoveAll(filepath.Join(outer, "inner")); err != nil {
		t.Fatal(err)
	}
}
