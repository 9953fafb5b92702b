package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/digest"
	"easel/internal/work/cluster"
)

// blob is a file on the cluster.
type blob struct {
	Place string `json:"place"`
	Size  int64  `json:"size"`
}

// Places of files. What jobs need is shared by all; what a job writes is its own, and of the
// claim that wrote it: so nobody removes what the worker of a later claim relies on.
const inputs = "inputs"

func filesOf(id string) string { return "jobs." + id }

func writtenBy(id string, epoch uint64, hash string) string {
	return fmt.Sprintf("%s.%d.%s", filesOf(id), epoch, hash)
}

// held is one of a job's files, and the claim that wrote it.
type held struct {
	File
	Epoch uint64 `json:"epoch"`
}

// blobs is the shelf on a cluster.
type blobs struct{ *shared }

// errDamaged means that a file on the cluster is not what was written.
var errDamaged = errors.New("it has another size or hash, or is no list")

// load reads JSON.
func (s *shared) load(ctx context.Context, b blob, into any) error {
	text, err := io.ReadAll(s.cluster.OpenFile(ctx, b.Place, b.Size))
	if err == nil && (int64(len(text)) != b.Size || !strings.HasSuffix(b.Place, "."+digest.Bytes(text)) || json.Unmarshal(text, into) != nil) {
		err = errDamaged
	}
	if err != nil {
		return fmt.Errorf("%s: %w", b.Place, err)
	}
	return nil
}

// store writes JSON below a place.
func (s *shared) store(ctx context.Context, under string, value any) (blob, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return blob{}, err
	}
	b := blob{under + "." + digest.Bytes(text), int64(len(text))}
	return b, s.cluster.WriteFile(ctx, b.Place, bytes.NewReader(text))
}

// files lists a job's files.
func (s *shared) files(ctx context.Context, j Job) (list []held, err error) {
	if j.holds != (blob{}) {
		err = s.load(ctx, j.holds, &list)
	}
	return list, err
}

func (s blobs) describe(ctx context.Context, l *loan, j Job, shared []string) (*Loan, error) {
	loaned := &Loan{}
	err := s.load(ctx, j.needs, loaned)
	var own []held
	if err == nil {
		own, err = s.files(ctx, j)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errDamaged): // other jobs must not wait for it
		return nil, hint.New(fmt.Errorf("what the job needs is not on the cluster any more: %w", err), "resume the job: it is sent there again")
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	loaned.Inputs = slices.DeleteFunc(loaned.Inputs, func(t Tree) bool { return Shares(shared, t.Path) })
	loaned.Ref, loaned.Files = l.Ref, []File{}
	for _, t := range loaned.Inputs {
		for _, f := range t.Files {
			l.sources[f.SHA256] = source{inputs + "." + f.SHA256, f.Size}
		}
	}
	for _, f := range own {
		loaned.Files = append(loaned.Files, f.File)
		l.sources[f.SHA256] = source{writtenBy(j.ID, f.Epoch, f.SHA256), f.Size}
	}
	return loaned, nil
}

// errUnreachable means that a job cannot be lent now, by no fault of its own.
var errUnreachable = errors.New("what the job needs cannot be read from the cluster")

func (s blobs) open(ctx context.Context, from source) (io.ReadCloser, error) {
	return s.cluster.OpenFile(ctx, from.at, from.size), nil
}

func (s blobs) receive(ctx context.Context, ref Ref, f File, r io.Reader) error {
	return full(s.cluster.WriteFile(ctx, writtenBy(ref.Job, ref.Epoch, f.SHA256), f.verified(r)))
}

// full is an error of the store if the cluster has no room.
func full(err error) error {
	if errors.Is(err, cluster.ErrFull) {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	return err
}

func (s blobs) put(ctx context.Context, j Job, c Written) (noted func(*Job), size int64, err error) {
	was, err := s.files(ctx, j)
	if err != nil {
		return nil, 0, err
	}
	sent, _, err := s.cluster.ListFiles(ctx, filesOf(j.ID)+"."+strconv.FormatUint(j.Epoch, 10))
	if err != nil {
		return nil, 0, err
	}
	now := map[string]held{}
	for _, f := range was {
		now[f.Name] = f
	}
	for _, f := range c.Put {
		h := held{f, j.Epoch}
		switch before := now[f.Name]; {
		case f.Size == 0 || sent[writtenBy(j.ID, j.Epoch, f.SHA256)] == cluster.Chunks(f.Size):
		case before.SHA256 == f.SHA256: // saved before, and the answer got lost
			h = before
		default:
			return nil, 0, fmt.Errorf("%w: %s was not sent", ErrFile, f.Name)
		}
		now[f.Name] = h
	}
	for _, name := range c.Remove {
		delete(now, name)
	}
	list := slices.SortedFunc(maps.Values(now), func(a, b held) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range list {
		size += f.Size
	}
	holds, err := s.store(ctx, fmt.Sprintf("%s.%d", filesOf(j.ID), j.Epoch), list)
	if err != nil {
		return nil, 0, full(err)
	}
	return func(j *Job) { j.holds = holds }, size, nil
}

func (s blobs) finish(string) error { return nil }

// clear implements shelf. Claims up to the record's write nothing more, except the one that
// calls it.
func (s blobs) clear(ctx context.Context, j Job) {
	there, end, err := s.cluster.ListFiles(ctx, filesOf(j.ID))
	if err != nil {
		s.complain(passing(err))
		return
	}
	list, err := s.files(ctx, j)
	if err != nil {
		s.complain(passing(err))
		return
	}
	used := map[string]bool{j.holds.Place: true}
	for _, f := range list {
		used[writtenBy(j.ID, f.Epoch, f.SHA256)] = true
	}
	for place := range there {
		epoch, _, _ := strings.Cut(strings.TrimPrefix(place, filesOf(j.ID)+"."), ".")
		if n, err := strconv.ParseUint(epoch, 10, 64); used[place] || err != nil || n > j.Epoch {
			continue
		}
		if err := s.cluster.RemoveFiles(ctx, place, end); err != nil {
			s.complain(passing(err))
			return
		}
	}
}

func (s blobs) gather(context.Context, Job) error { return nil }
