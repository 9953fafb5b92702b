// Package atomicfile replaces files completely or not at all.
//
// Call Write with the path and a function that writes the content, or WriteBytes with the
// content itself. It goes to a temporary file in the same folder (a rename across file
// systems is not atomic), is flushed to the disk, and gets its name in one step. If anything
// fails, even by a panic of the function, the old file is unchanged and the temporary file is
// removed.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// newFileMode is the mode of new files. CreateTemp makes files that only their owner can
// read, which is wrong for results.
const newFileMode fs.FileMode = 0o644

// Write replaces the file at path with what write produces. An existing file keeps its
// mode. If path is a symbolic link, the file that it points to is replaced, and the link
// stays.
//
// The error names path and the step. An error of write is wrapped, for errors.Is and
// errors.As.
func Write(path string, write func(io.Writer) error) error {
	return replace(path, func(f *os.File) error {
		b := bufio.NewWriterSize(f, 1<<16)
		if err := write(b); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return fmt.Errorf("flush: %w", err)
		}
		return nil
	})
}

// WriteBytes is Write with content that is there.
func WriteBytes(path string, content []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// WriteSeek is Write for formats that go back to fill in earlier parts. It is not
// buffered, so write should write large pieces.
func WriteSeek(path string, write func(io.WriteSeeker) error) error {
	return replace(path, func(f *os.File) error { return write(f) })
}

func replace(path string, write func(*os.File) error) (err error) {
	target, mode, err := destination(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(target), pattern(filepath.Base(target)))
	if err != nil {
		return fmt.Errorf("write %s: create temporary file: %w", path, err)
	}
	renamed := false
	// Also runs on a panic. Closing a closed file again is harmless.
	defer func() {
		if !renamed {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := fill(f, mode, write); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return fmt.Errorf("write %s: rename: %w", path, err)
	}
	renamed = true
	syncFolder(filepath.Dir(target))
	return nil
}

// longestName is the longest file name, in bytes, that every file system accepts;
// longestNumber is what CreateTemp puts in place of a pattern's star.
const longestName, longestNumber = 255, 10

// pattern is CreateTemp's pattern for a file, with as much of its name as fits.
func pattern(name string) string {
	const before, after = ".", ".*.tmp"
	room := longestName - longestNumber - len(before) - len(after) + len("*")
	if len(name) > room {
		name = strings.ToValidUTF8(name[:room], "")
	}
	return before + name + after
}

// destination is the file that the rename replaces, and its mode.
func destination(path string) (string, fs.FileMode, error) {
	target := path
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		target = resolved
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return target, newFileMode, nil
	case err != nil:
		return "", 0, err
	case info.IsDir():
		return "", 0, errors.New("is a folder; give the name of a file")
	case !info.Mode().IsRegular():
		return "", 0, errors.New("not a regular file; it cannot be replaced in one step")
	}
	return target, info.Mode().Perm(), nil
}

// fill writes, flushes and closes the temporary file.
func fill(f *os.File, mode fs.FileMode, write func(*os.File) error) error {
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return fmt.Errorf("set mode: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// syncFolder makes the rename itself durable. Some file systems cannot sync a folder;
// that is not a failure, because the file is complete either way.
func syncFolder(folder string) {
	d, err := os.Open(folder)
	if err != nil {
		return
	}
	defer d.Close()
	_ = d.Sync()
}
