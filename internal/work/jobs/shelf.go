package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"easel/internal/file/atomicfile"
	"easel/internal/file/digest"
)

// shelf has the files of jobs that are lent, and of what they need.
type shelf interface {
	// describe lists what a worker that sees some folders needs for a job, and notes in its
	// loan where that is.
	describe(ctx context.Context, l *loan, j Job, shared []string) (*Loan, error)
	open(ctx context.Context, s source) (io.ReadCloser, error)
	// receive takes a file that a worker has sent, and put puts such files in place: then the
	// record is to be changed by noted, unless it is nil. Size is that of all files.
	receive(ctx context.Context, ref Ref, f File, r io.Reader) error
	put(ctx context.Context, j Job, c Written) (noted func(*Job), size int64, err error)
	// finish completes a put that was accepted but could not be done.
	finish(id string) error
	// clear removes what was sent and is in no place. The caller has just changed the record.
	clear(ctx context.Context, j Job)
	// gather waits until what has been put in place is in the state folder.
	gather(ctx context.Context, j Job) error
}

// local is the shelf in the state folder.
type local struct{ *Queue }

func (s local) incoming(id string) string { return filepath.Join(s.records.folder(id), "incoming") }

func (s local) describe(_ context.Context, l *loan, j Job, shared []string) (*Loan, error) {
	loaned := &Loan{Ref: l.Ref, Kind: j.Kind, Options: j.Options, Folder: s.records.files(j.ID)}
	own, err := s.hashes.tree(Input{Path: loaned.Folder}, l.sources)
	if err != nil {
		return nil, err
	}
	loaned.Files = own.Files
	return loaned, s.addInputs(loaned, l.sources, shared)
}

// addInputs lists what a job's options name, except below some folders.
func (q *Queue) addInputs(loaned *Loan, sources map[string]source, shared []string) error {
	k := q.kinds[loaned.Kind]
	if k.Inputs == nil {
		return nil
	}
	settled, inputs, err := k.Inputs(loaned.Options)
	if err != nil {
		return err
	}
	loaned.Options = settled
	for _, in := range inputs {
		if Shares(shared, in.Path) {
			continue
		}
		t, err := q.hashes.tree(in, sources)
		if err != nil {
			return err
		}
		loaned.Inputs = append(loaned.Inputs, t)
	}
	return nil
}

func (s local) open(_ context.Context, from source) (io.ReadCloser, error) { return os.Open(from.at) }

func (s local) receive(_ context.Context, ref Ref, f File, r io.Reader) error {
	folder := s.incoming(ref.Job)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	err := atomicfile.Write(filepath.Join(folder, f.SHA256), func(w io.Writer) error {
		_, err := io.Copy(w, f.verified(r))
		return err
	})
	if atomicfile.NoSpace(err) {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	return err
}

// verified reads a file that is sent, and fails at its end if it is another one.
func (f File) verified(r io.Reader) io.Reader {
	return &verifier{from: io.LimitReader(r, f.Size+1), want: f, sum: sha256.New()}
}

type verifier struct {
	from io.Reader
	want File
	n    int64
	sum  hash.Hash
}

// Read implements io.Reader.
func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.from.Read(p)
	v.n += int64(n)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && (v.n != v.want.Size || hex.EncodeToString(v.sum.Sum(nil)) != v.want.SHA256) {
		err = fmt.Errorf("%w: what was sent has another size or hash", ErrFile)
	}
	return n, err
}

// changeFile is a change that was accepted but may not be complete.
const changeFile = "change.json"

func (s local) put(_ context.Context, j Job, c Written) (noted func(*Job), size int64, err error) {
	folder := s.records.folder(j.ID)
	if err := c.complete(folder); err != nil {
		return nil, 0, err
	}
	text, err := json.Marshal(c)
	if err == nil {
		err = atomicfile.WriteBytes(filepath.Join(folder, changeFile), text)
	}
	if err == nil {
		err = applyChange(folder)
	}
	if err != nil {
		if !atomicfile.NoSpace(err) { // such as a file where a folder should be: it never will
			err = errors.Join(err, forgetChange(folder))
		}
		return nil, 0, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if s.rules().MaxBytes > 0 {
		size = s.bytesOf(j.ID)
	}
	return nil, size, nil
}

func (s local) finish(id string) error {
	err := applyChange(s.records.folder(id))
	if err != nil && !atomicfile.NoSpace(err) {
		err = errors.Join(err, forgetChange(s.records.folder(id)))
	}
	return err
}

func (s local) clear(_ context.Context, j Job) { _ = os.RemoveAll(s.incoming(j.ID)) }

func (s local) gather(context.Context, Job) error { return nil }

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
