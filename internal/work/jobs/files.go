package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

	"easel/internal/file/atomicfile"
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

// tree lists the files of an input and notes in sources where each hash is.
func (h *hashes) tree(in Input, sources map[string]string) (Tree, error) {
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

func (h *hashes) file(at, name string, sources map[string]string) (File, error) {
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
	sources[k.sum] = at
	return File{Name: name, Size: k.size, SHA256: k.sum}, nil
}

// Fetch opens a file that a worker's job needs.
func (q *Queue) Fetch(_ context.Context, ref Ref, hash string) (io.ReadCloser, error) {
	j, l, err := q.borrowed(ref)
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	sources := l.sources
	q.mu.Unlock()
	if sources == nil { // this process has started after it was lent
		again := &loan{Ref: ref, sources: map[string]string{}}
		if _, err := q.describe(again, j, nil); err != nil {
			return nil, err
		}
		q.mu.Lock()
		l.sources, sources = again.sources, again.sources
		q.mu.Unlock()
	}
	at, ok := sources[hash]
	if !ok {
		return nil, fmt.Errorf("%w: the job needs no file %q", ErrFile, hash)
	}
	return os.Open(at)
}

// Send receives a file that a worker's job has written. Save puts it in its place.
func (q *Queue) Send(_ context.Context, ref Ref, f File, r io.Reader) error {
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
	folder := q.records.incoming(ref.Job)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	sum := sha256.New()
	err = atomicfile.Write(filepath.Join(folder, f.SHA256), func(w io.Writer) error {
		n, err := io.Copy(io.MultiWriter(w, sum, mover{q, l}), io.LimitReader(r, f.Size+1))
		if err == nil && (n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256) {
			err = fmt.Errorf("%w: what was sent has another size or hash", ErrFile)
		}
		return err
	})
	if atomicfile.NoSpace(err) {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	return err
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

// changeFile is a change that was accepted but may not be complete.
const changeFile = "change.json"

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
	folder := q.records.folder(j.ID)
	if err := c.complete(folder); err != nil {
		return err
	}
	text, err := json.Marshal(c)
	if err == nil {
		err = atomicfile.Write(filepath.Join(folder, changeFile), func(w io.Writer) error { _, err := w.Write(text); return err })
	}
	if err == nil {
		err = applyChange(folder)
	}
	if err != nil {
		if !atomicfile.NoSpace(err) { // such as a file where a folder should be: it never will
			err = errors.Join(err, forgetChange(folder))
		}
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	big := q.tooManyBytes(j.ID)
	q.mu.Lock()
	l.staged = 0
	if big && l.over == nil {
		l.over = errTooBig // the next report is told to stop
	}
	q.mu.Unlock()
	if c.Kept <= j.Kept {
		return nil
	}
	_, err = q.commit(j, func(j *Job) { j.Kept, j.Blame, j.Crash = c.Kept, 0, "" })
	if errors.Is(err, errNotToDo) {
		err = ErrGone
	}
	return err
}

// complete fails if a file has not been sent.
func (c Written) complete(folder string) error {
	for _, f := range c.Put {
		if _, err := os.Lstat(filepath.Join(folder, "incoming", f.SHA256)); err == nil {
			continue
		}
		// Saved before, and the answer got lost?
		if sum, err := digest.File(filepath.Join(folder, "files", filepath.FromSlash(f.Name))); err != nil || sum != f.SHA256 {
			return fmt.Errorf("%w: %s was not sent", ErrFile, f.Name)
		}
	}
	return nil
}

// applyChange completes the change in a job's folder, if there is one. It may be repeated:
// a file that is no longer among those that were sent is in its place.
func applyChange(folder string) (err error) {
	text, err := os.ReadFile(filepath.Join(folder, changeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var c Written
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder) // links cannot lead out of it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	left := map[string]int{} // how many files are still to get each content
	for _, f := range c.Put {
		left[f.SHA256]++
	}
	for _, f := range c.Put {
		left[f.SHA256]--
		if err := place(root, path.Join("incoming", f.SHA256), path.Join("files", f.Name), left[f.SHA256] > 0); err != nil {
			return err
		}
	}
	for _, name := range slices.Backward(c.Remove) {
		if err := root.RemoveAll(path.Join("files", name)); err != nil {
			return err
		}
	}
	return root.Remove(changeFile)
}

// forgetChange gives up a change that cannot be completed.
func forgetChange(folder string) error { return os.RemoveAll(filepath.Join(folder, changeFile)) }

// place moves a file, or copies it if others have the same content.
func place(root *os.Root, from, to string, others bool) error {
	if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return err
	}
	if others {
		source, err := root.Open(from)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer func() { _ = source.Close() }()
		from += ".copy"
		target, err := root.Create(from)
		if err != nil {
			return err
		}
		_, err = io.Copy(target, source)
		if err := errors.Join(err, target.Sync(), target.Close()); err != nil {
			return err
		}
	}
	err := root.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
