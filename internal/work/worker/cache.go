package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/work/jobs"
)

// cache keeps fetched files under their SHA-256.
type cache struct {
	folder string
	limit  int64
}

func openCache(folder string, limit int64) (*cache, error) {
	return &cache{folder, limit}, os.MkdirAll(folder, 0o700)
}

func (c *cache) path(f jobs.File) string { return filepath.Join(c.folder, f.SHA256) }

// has reports whether a file is there, and that it is used again.
func (c *cache) has(f jobs.File) bool {
	info, err := os.Stat(c.path(f))
	if err != nil || info.Size() != f.Size {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(c.path(f), now, now) // only for the order in trim
	return true
}

// trim removes files that were not used for longest until the rest is within the limit.
func (c *cache) trim() error {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return err
	}
	type kept struct {
		name string
		size int64
		used time.Time
	}
	var files []kept
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		files = append(files, kept{e.Name(), info.Size(), info.ModTime()})
		total += info.Size()
	}
	slices.SortFunc(files, func(a, b kept) int { return a.used.Compare(b.used) })
	for _, f := range files {
		if total <= c.limit {
			break
		}
		if err := os.Remove(filepath.Join(c.folder, f.name)); err != nil {
			return err
		}
		total -= f.size
	}
	return nil
}

// appear makes a cached file appear at a path.
func (c *cache) appear(f jobs.File, at string) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	if os.Link(c.path(f), at) == nil {
		return nil
	}
	from, err := os.Open(c.path(f)) // the file system has no links
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	return atomicfile.Write(at, func(w io.Writer) error { _, err := io.Copy(w, from); return err })
}

// errOther means that a fetched file is not what was asked for: it changes on the host, or
// was cut off.
var errOther = errors.New("a fetched file has another size or hash")

// receive writes a file that is read from elsewhere, if it is the right one.
func receive(from io.Reader, f jobs.File, at string) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(at, func(w io.Writer) error {
		sum := sha256.New()
		n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(from, f.Size+1))
		if err == nil && (n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256) {
			err = fmt.Errorf("%s: %w", f.Name, errOther)
		}
		return err
	})
}
