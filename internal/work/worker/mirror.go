package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"easel/internal/file/lock"
	"easel/internal/work/jobs"
)

// mirror knows which of a job's files the host has.
type mirror struct {
	folder string
	mu     sync.Mutex
	there  map[string]looks // by name
}

// looks is what a file looked like: one that looks the same is the same.
type looks struct {
	size int64
	time time.Time
}

// newMirror is of a folder whose files have all been fetched.
func newMirror(folder string) (*mirror, error) {
	m := &mirror{folder: folder}
	var err error
	m.there, err = m.files()
	return m, err
}

// files lists what a job has written, without unfinished files and locks.
func (m *mirror) files() (map[string]looks, error) {
	found := map[string]looks{}
	err := filepath.WalkDir(m.folder, func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			return nil
		}
		if err != nil || !d.Type().IsRegular() || unfinished(d.Name()) {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, relative := filepath.Rel(m.folder, at)
		if err := errors.Join(err, relative); err != nil {
			return err
		}
		found[filepath.ToSlash(name)] = looks{info.Size(), info.ModTime()}
		return nil
	})
	return found, err
}

// unfinished reports whether a file is a lock or one that package atomicfile has not
// finished.
func unfinished(name string) bool {
	return name == lock.FolderFile || strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".lock"))
}

// changes are a copy of what has changed since the host's files.
type changes struct {
	jobs.Written
	folder string
	now    map[string]looks
}

// look copies the files that have changed.
func (m *mirror) look(p paths) (c *changes, err error) {
	now, err := m.files()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	there := m.there
	m.mu.Unlock()
	c = &changes{now: now}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	for name, looks := range now {
		if looks == there[name] {
			continue
		}
		if c.folder == "" {
			if c.folder, err = os.MkdirTemp(filepath.Dir(m.folder), "changes-"); err != nil {
				return nil, err
			}
		}
		f, err := c.copy(filepath.Join(m.folder, filepath.FromSlash(name)), name, p)
		if errors.Is(err, fs.ErrNotExist) {
			delete(now, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		c.Put = append(c.Put, f)
	}
	for name := range there {
		if _, ok := now[name]; !ok {
			c.Remove = append(c.Remove, name)
		}
	}
	return c, nil
}

// copy copies a file under its hash, with the host's paths in texts.
func (c *changes) copy(at, name string, p paths) (jobs.File, error) {
	from, err := os.Open(at)
	if err != nil {
		return jobs.File{}, err
	}
	defer func() { _ = from.Close() }()
	var source io.Reader = from
	if isText(name) {
		text, err := io.ReadAll(from)
		if err != nil {
			return jobs.File{}, err
		}
		source = strings.NewReader(string(p.toThere(text)))
	}
	to, err := os.CreateTemp(c.folder, "copy-")
	if err != nil {
		return jobs.File{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum), source)
	if err := errors.Join(err, to.Close()); err != nil {
		return jobs.File{}, err
	}
	f := jobs.File{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return f, os.Rename(to.Name(), c.path(f))
}

func (c *changes) path(f jobs.File) string { return filepath.Join(c.folder, f.SHA256) }

func (c *changes) open(f jobs.File) (*os.File, error) { return os.Open(c.path(f)) }

func (c *changes) close() {
	if c.folder != "" {
		_ = os.RemoveAll(c.folder)
	}
}

// same notes that the host has what it was sent.
func (m *mirror) same(c *changes) {
	m.mu.Lock()
	m.there = c.now
	m.mu.Unlock()
}
