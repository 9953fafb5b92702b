package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"easel/internal/file/digest"
	"easel/internal/file/lock"
)

// File is a file in a folder, by its slash-separated name.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Tree is an input with its files; a single file has its base name. Links are folders in
// it that it also has under another name, by these.
type Tree struct {
	Path   string            `json:"path"`
	Folder bool              `json:"folder"`
	Files  []File            `json:"files"`
	Links  map[string]string `json:"links,omitempty"`
}

// Written is what a worker's job has done to its files: those to put, which were sent, and
// those to remove. Kept is as in Progress.
type Written struct {
	Put    []File   `json:"put"`
	Remove []string `json:"remove"`
	Kept   int      `json:"kept"`
}

// What a worker may send for one job.
const (
	maxSent    = 1 << 40 // bytes
	maxChanges = 1 << 20 // files
	maxName    = 1024    // bytes
)

// ErrFile means that a file's name, size or hash is no good.
var ErrFile = errors.New("a worker's file is refused")

// valid fails for a file that must not be written below a job's folder.
func (f File) valid() error {
	if err := validName(f.Name); err != nil {
		return err
	}
	return f.validHash()
}

func (f File) validHash() error {
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil || len(sum) != sha256.Size || hex.EncodeToString(sum) != f.SHA256 || f.Size < 0 {
		return fmt.Errorf("%w: it has no SHA-256 in lower case, or no size", ErrFile)
	}
	return nil
}

func validName(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == ':' || r == 0x7f })
	if bad || name == "." || len(name) > maxName || !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%w: %q is not a name below its folder", ErrFile, name)
	}
	return nil
}

// maxHashes is how many hashes are remembered: a place with millions of pictures needs each
// of them once.
const maxHashes = 1 << 17

// hashes remembers the SHA-256 of files as long as they look unchanged.
type hashes struct {
	mu    sync.Mutex
	known map[string]hashed
}

type hashed struct {
	size int64
	time time.Time
	sum  string
}

// source is where a file is that a worker may fetch.
type source struct {
	at   string
	size int64
}

// tree lists the files of an input and notes in sources where each hash is.
func (h *hashes) tree(in Input, sources map[string]source) (Tree, error) {
	t := Tree{Path: in.Path, Files: []File{}}
	root, err := filepath.EvalSymlinks(in.Path)
	if err != nil {
		return t, err
	}
	info, err := os.Stat(root)
	if err != nil {
		return t, err
	}
	if t.Folder = info.IsDir(); !t.Folder {
		f, err := h.file(root, filepath.Base(in.Path), sources)
		t.Files = append(t.Files, f)
		return t, err
	}
	names := in.Only
	if names == nil {
		if names, t.Links, err = regularFiles(root); err != nil {
			return t, err
		}
	}
	for _, name := range names {
		f, err := h.file(filepath.Join(root, filepath.FromSlash(name)), filepath.ToSlash(name), sources)
		if err != nil {
			return t, err
		}
		t.Files = append(t.Files, f)
	}
	return t, nil
}

// regularFiles lists the files below a folder, without locks. Links are followed, as where
// data are read, except to a folder that they are in. One to a folder that is listed already
// is a link there, too: those who read data look into a folder once.
func regularFiles(root string) (names []string, links map[string]string, err error) {
	l := listing{root: root, seen: map[string]string{}, links: map[string]string{}}
	if err := l.visit(""); err != nil {
		return nil, nil, err
	}
	for len(l.linked) > 0 {
		name := l.linked[0]
		l.linked = l.linked[1:]
		if err := l.visit(name); err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(l.names)
	return l.names, l.links, nil
}

// listing is a folder whose files are being listed.
type listing struct {
	root   string
	names  []string
	seen   map[string]string // folders, by what they are without links
	linked []string          // links to folders, after what is really in the folder
	links  map[string]string
}

func (l *listing) visit(inside string) error {
	dir := filepath.Join(l.root, filepath.FromSlash(inside))
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if first, ok := l.seen[real]; ok {
		if !within(first, inside) {
			l.links[inside] = first
		}
		return nil
	}
	l.seen[real] = inside
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(inside, e.Name())
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		switch {
		case err != nil: // a link to nothing
		case info.Mode().IsRegular() && e.Name() != lock.FolderFile:
			l.names = append(l.names, name)
		case info.IsDir() && e.Type()&fs.ModeSymlink != 0:
			l.linked = append(l.linked, name)
		case info.IsDir():
			if err := l.visit(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// within reports whether a name is a folder that another one is in.
func within(folder, name string) bool { return folder == "" || strings.HasPrefix(name, folder+"/") }

func (h *hashes) file(at, name string, sources map[string]source) (File, error) {
	info, err := os.Stat(at)
	if err != nil {
		return File{}, err
	}
	h.mu.Lock()
	k, ok := h.known[at]
	h.mu.Unlock()
	if !ok || k.size != info.Size() || !k.time.Equal(info.ModTime()) {
		k = hashed{size: info.Size(), time: info.ModTime()}
		if k.sum, err = digest.File(at); err != nil {
			return File{}, err
		}
		h.mu.Lock()
		if len(h.known) >= maxHashes {
			clear(h.known)
		}
		h.known[at] = k
		h.mu.Unlock()
	}
	sources[k.sum] = source{at, k.size}
	return File{Name: name, Size: k.size, SHA256: k.sum}, nil
}

// Fetch opens a file that a worker's job needs.
func (q *Queue) Fetch(ctx context.Context, ref Ref, hash string) (io.ReadCloser, error) {
	j, l, err := q.borrowed(ref)
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	sources := l.sources
	q.mu.Unlock()
	if sources == nil { // this process has started after it was lent
		again := &loan{Ref: ref, sources: map[string]source{}}
		if _, err := q.shelf.describe(ctx, again, j, nil); err != nil {
			return nil, err
		}
		q.mu.Lock()
		l.sources, sources = again.sources, again.sources
		q.mu.Unlock()
	}
	from, ok := sources[hash]
	if !ok {
		return nil, fmt.Errorf("%w: the job needs no file %q", ErrFile, hash)
	}
	return q.shelf.open(ctx, from)
}

// Send receives a file that a worker's job has written. Save puts it in its place.
func (q *Queue) Send(ctx context.Context, ref Ref, f File, r io.Reader) error {
	_, l, err := q.borrowed(ref)
	if err != nil {
		return err
	}
	if err := f.validHash(); err != nil {
		return err
	}
	q.mu.Lock()
	l.staged += f.Size
	over := l.staged > maxSent || f.Size > maxSent
	q.mu.Unlock()
	if over {
		return fmt.Errorf("%w: the job's files are larger than %d bytes", ErrFile, int64(maxSent))
	}
	return q.shelf.receive(ctx, ref, f, io.TeeReader(r, mover{q, l}))
}

// mover counts what arrives as progress of the job.
type mover struct {
	q *Queue
	l *loan
}

func (m mover) Write(p []byte) (int, error) {
	m.q.mu.Lock()
	m.l.contact = time.Now()
	m.l.moved = m.l.contact
	m.q.mu.Unlock()
	return len(p), nil
}

// Save puts files in place that a worker has sent, all or, if this process ends, the rest
// when it starts again.
func (q *Queue) Save(ctx context.Context, ref Ref, c Written) error {
	if len(c.Put)+len(c.Remove) > maxChanges {
		return fmt.Errorf("%w: more than %d files at once", ErrFile, maxChanges)
	}
	for _, f := range c.Put {
		if err := f.valid(); err != nil {
			return err
		}
	}
	for _, name := range c.Remove {
		if err := validName(name); err != nil {
			return err
		}
	}
	if !q.alone(ctx, ref.Job) {
		return ErrGone
	}
	defer q.leave(ref.Job)
	j, l, err := q.borrowed(ref) // now nobody else gets into the folder
	if err != nil {
		return err
	}
	noted, size, err := q.shelf.put(ctx, j, c)
	if err != nil {
		return err
	}
	q.mu.Lock()
	l.staged = 0
	if limit := q.rules().MaxBytes; limit > 0 && size > limit && l.over == nil {
		l.over = errTooBig // the next report is told to stop
	}
	q.mu.Unlock()
	if noted == nil && c.Kept <= j.Kept {
		return nil
	}
	j, err = q.commit(j, func(j *Job) {
		if noted != nil {
			noted(j)
		}
		if c.Kept > j.Kept {
			j.Kept, j.Blame, j.Crash = c.Kept, 0, ""
		}
	})
	switch {
	case errors.Is(err, errNotToDo):
		return ErrGone
	case err == nil && noted != nil:
		q.shelf.clear(ctx, j)
	}
	return err
}
