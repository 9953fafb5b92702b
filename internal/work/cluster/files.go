package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// chunk is the size of a file's parts, in bytes. A message may have 1 MiB.
const chunk = 512 << 10

// headerSize is more than the header of a message has.
const headerSize = 1 << 10

func (c *Cluster) place(place string) string { return c.options.Prefix + ".files." + place }

// Chunks is how many parts a file of a size has.
func Chunks(size int64) int { return int((size + chunk - 1) / chunk) }

// WriteFile puts a file at a place, words joined by dots. Files do not change: if several
// write to a place, all write the same.
func (c *Cluster) WriteFile(ctx context.Context, place string, r io.Reader) error {
	part := make([]byte, chunk)
	for i := 0; ; i++ {
		n, err := io.ReadFull(r, part)
		if n > 0 {
			subject := fmt.Sprintf("%s.%d", c.place(place), i)
			if err := c.repeat(ctx, "write a file", func(ctx context.Context) error {
				_, err := c.js.Publish(ctx, subject, part[:n], jetstream.WithRetryAttempts(0))
				return err
			}); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// HasFile reports whether a file is at a place with all its parts.
func (c *Cluster) HasFile(ctx context.Context, place string, size int64) (bool, error) {
	parts, _, err := c.parts(ctx, c.place(place)+".*")
	return len(parts) == Chunks(size), err
}

// parts lists the subjects that match, and the position of the newest.
func (c *Cluster) parts(ctx context.Context, filter string) (list map[string]uint64, end uint64, err error) {
	err = c.repeat(ctx, "list files", func(ctx context.Context) error {
		info, err := c.files.Info(ctx, jetstream.WithSubjectFilter(filter))
		if err == nil {
			list, end = info.State.Subjects, info.State.LastSeq
		}
		return err
	})
	return list, end, err
}

// ListFiles returns how many parts each file below a place has, and the position up to which
// that is so.
func (c *Cluster) ListFiles(ctx context.Context, under string) (parts map[string]int, end uint64, err error) {
	subjects, end, err := c.parts(ctx, c.place(under)+".>")
	parts = map[string]int{}
	for subject := range subjects {
		place := strings.TrimPrefix(subject, c.place(""))
		parts[place[:strings.LastIndexByte(place, '.')]]++
	}
	return parts, end, err
}

// RemoveFiles removes what is at or below a place, and was written up to a position; 0 is
// everything.
func (c *Cluster) RemoveFiles(ctx context.Context, under string, end uint64) error {
	o := []jetstream.StreamPurgeOpt{jetstream.WithPurgeSubject(c.place(under) + ".>")}
	if end > 0 {
		o = append(o, jetstream.WithPurgeSequence(end+1))
	}
	return c.repeat(ctx, "remove files", func(ctx context.Context) error { return c.files.Purge(ctx, o...) })
}

// OpenFile reads a file of a size. The caller compares its hash.
func (c *Cluster) OpenFile(ctx context.Context, place string, size int64) io.ReadCloser {
	return &file{c: c, ctx: ctx, place: c.place(place), parts: Chunks(size)}
}

// file is a file that is read.
type file struct {
	c           *Cluster
	ctx         context.Context
	place       string
	next, parts int
	part        bytes.Reader
}

// late is how long a part that is not found is asked for again, before the leader is asked
// whether it is there: a copy that has fallen behind may have answered.
const late = 2 * time.Second

// Read implements io.Reader.
func (f *file) Read(p []byte) (int, error) {
	if f.part.Len() > 0 {
		return f.part.Read(p)
	}
	if f.next == f.parts {
		return 0, io.EOF
	}
	subject := fmt.Sprintf("%s.%d", f.place, f.next)
	for began := time.Now(); ; {
		var m *jetstream.RawStreamMsg
		err := f.c.repeat(f.ctx, "read a file", func(ctx context.Context) (err error) {
			m, err = f.c.files.GetLastMsgForSubject(ctx, subject)
			return err
		})
		switch {
		case err == nil:
			f.next++
			f.part.Reset(m.Data)
			return f.part.Read(p)
		case !errors.Is(err, jetstream.ErrMsgNotFound):
			return 0, err
		case time.Since(began) > late:
			there, _, err := f.c.parts(f.ctx, subject)
			if err == nil && (len(there) == 0 || time.Since(began) > Patience) {
				err = fmt.Errorf("NATS: %s: %w", subject, fs.ErrNotExist)
			}
			if err != nil {
				return 0, err
			}
		}
		select {
		case <-time.After(againTime):
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		}
	}
}

// Close implements io.Closer.
func (f *file) Close() error { return nil }
