package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// wantFolder checks that the folder holds exactly one file, with this content.
func wantFolder(t *testing.T, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("content %q, %v; want %q", got, err, content)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v, %v; want only %s", entries, err, filepath.Base(path))
	}
}

func TestWriteNewAndReplace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	for _, s := range []string{"first, and longer", "second"} {
		if err := Write(path, text(s)); err != nil {
			t.Fatal(err)
		}
		wantFolder(t, path, s)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != newFileMode {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestFailureKeepsOldContent(t *testing.T) {
	t.Parallel()
	failure := errors.New("encoder gave up")
	cases := map[string]func(io.Writer) error{
		"at once": func(io.Writer) error { return failure },
		"half way": func(w io.Writer) error {
			_, _ = w.Write(make([]byte, 1<<20))
			return failure
		},
	}
	for name, write := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.txt")
			if err := Write(path, text("old")); err != nil {
				t.Fatal(err)
			}
			if err := Write(path, write); !errors.Is(err, failure) {
				t.Errorf("error %v does not wrap the one of the writer", err)
			}
			wantFolder(t, path, "old")
		})
	}
}

func TestPanicKeepsOldContent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := Write(path, text("old")); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = Write(path, func(io.Writer) error { panic("bug in an encoder") })
	}()
	wantFolder(t, path, "old")
}

func TestNoFolder(t *testing.T) {
	t.Parallel()
	err := Write(filepath.Join(t.TempDir(), "missing", "a.txt"), text("x"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v; want not exist", err)
	}
	if err := Write(t.TempDir(), text("x")); err == nil {
		t.Error("a folder was accepted as the file to write")
	}
}

func TestKeepsModeAndLink(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(link, text("new")); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file)
	info, _ := os.Lstat(link)
	mode, _ := os.Stat(file)
	if string(got) != "new" || info.Mode()&os.ModeSymlink == 0 || mode.Mode().Perm() != 0o640 {
		t.Errorf("content %q, link %v, mode %v", got, info.Mode(), mode.Mode())
	}
}

// TestLongName: a name of 255 bytes can be written, whatever letters it ends in.
func TestLongName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{strings.Repeat("n", 255), strings.Repeat("é", 127) + "n", "n" + strings.Repeat("é", 127)} {
		path := filepath.Join(dir, name)
		if err := Write(path, func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(path); string(text) != "x" {
			t.Errorf("%q, %v", text, err)
		}
	}
}

// TestWriteSeek goes back to the beginning, and leaves the old file where it fails.
func TestWriteSeek(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	err := WriteSeek(path, func(w io.WriteSeeker) error {
		if _, err := io.WriteString(w, "____ there"); err != nil {
			return err
		}
		if _, err := w.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.WriteString(w, "over")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFolder(t, path, "over there")
	failed := errors.New("no more")
	if err := WriteSeek(path, func(io.WriteSeeker) error { return failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	wantFolder(t, path, "over there")
}
