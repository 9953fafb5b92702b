package bulk

import (
	"context"
	"fmt"
	"hash/fnv"
	"path"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/blobs"
	"easel/internal/file/imgio"
)

// listed is after how many pictures the listing is reported.
const listed = 1000

// named is how many of the pictures that are left out have names; of the others only the
// formats are kept, since there may be millions.
const named = 10

// survey counts the pictures, and finds those whose outputs would have the same name.
func (r *run) survey(ctx context.Context) error {
	seen := map[uint64]struct{}{}
	r.repeated = map[uint64]bool{}
	for o, err := range r.visible(ctx) {
		if err != nil {
			return err
		}
		if !imgio.IsPicture(o.Name) {
			r.leaveOut(o.Name)
			continue
		}
		hash := hashOf(strings.TrimSuffix(o.Name, path.Ext(o.Name)))
		if _, ok := seen[hash]; ok {
			r.repeated[hash] = true
		}
		seen[hash] = struct{}{}
		if r.total++; r.total%listed == 0 {
			r.notify(Event{Listed: r.total})
		}
	}
	if r.total > 0 {
		return nil
	}
	if left := imgio.LeftOut(r.leftOut); left != "" {
		return hint.New(fmt.Errorf("there are no pictures in %s that easel reads; %s", r.in, left), imgio.UnreadHint)
	}
	return fmt.Errorf("there are no pictures in %s", r.in)
}

func (r *run) leaveOut(name string) {
	if !imgio.IsUnread(name) {
		return
	}
	if len(r.leftOut) >= named {
		name = strings.Clone(path.Ext(name))
	}
	r.leftOut = append(r.leftOut, name)
}

// hashOf is 64 bits of a name without its ending, in lower case, as file systems may compare
// names. Should two names have one hash, their outputs keep the old endings without need.
func hashOf(stem string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.ToLower(stem)))
	return h.Sum64()
}

// queue is the listing, of which one picture can be put back.
type queue struct {
	next func() (blobs.Object, error, bool)
	held *blobs.Object
}

func (q *queue) take() (o blobs.Object, err error, ok bool) { //nolint:revive // as iter.Pull2 has it
	if q.held != nil {
		o, q.held = *q.held, nil
		return o, nil, true
	}
	for {
		o, err, ok = q.next()
		if !ok || err != nil || imgio.IsPicture(o.Name) {
			return o, err, ok
		}
	}
}

// gather returns the next pictures: as many as a record says that begins with the first, or
// as many as it is asked for. It ends before a picture with which another record begins, so that a
// picture that is new or gone changes no other batch than its own.
func (q *queue) gather(records map[string]record, most int) ([]blobs.Object, error) {
	var pictures []blobs.Object
	for names := 0; len(pictures) < most && names < mostNames; {
		o, err, ok := q.take()
		if !ok || err != nil {
			return pictures, err
		}
		rec, begins := records[o.Name]
		if begins && len(pictures) > 0 {
			q.held = &o
			break
		}
		if begins {
			most = rec.Count
		}
		pictures, names = append(pictures, o), names+len(o.Name)
	}
	return pictures, nil
}
