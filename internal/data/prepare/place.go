package prepare

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"easel/internal/base/hint"
	"easel/internal/base/shard"
	"easel/internal/file/lock"
)

// place is an output folder that nobody else writes to, but for shards of one call.
type place struct {
	out   string
	lock  *lock.Lock // of the folder; for a shard, until it has begun
	shard *lock.Lock // of a shard
	made  bool       // the folder, by us
	bare  bool       // there was no record before
}

// patience is how long a shard waits for others to begin, and lookAgain how often it looks.
const (
	patience  = time.Minute
	lookAgain = 10 * time.Millisecond
)

// enter makes an output folder if there is none, and locks it.
func enter(ctx context.Context, out string, s shard.Shard) (_ *place, err error) {
	_, err = os.Lstat(out)
	p := &place{out: out, made: errors.Is(err, fs.ErrNotExist)}
	if err := makeFolder(out); err != nil {
		return nil, err
	}
	if s.Whole() {
		p.lock, err = lock.Folder(out)
		if err == nil {
			err = noShards(out)
		}
	} else {
		p.lock, p.shard, err = lockShard(ctx, out, s)
	}
	if err != nil {
		p.lock.Release()
		return nil, err
	}
	_, err = os.Lstat(filepath.Join(out, recordName))
	p.bare = errors.Is(err, fs.ErrNotExist)
	return p, nil
}

// shardLock is what a shard locks in a folder.
func shardLock(out string, s shard.Shard) string {
	return filepath.Join(out, fmt.Sprintf("shard-%d-of-%d", s.Number, s.Of))
}

// lockShard locks a shard and, as soon as others have begun, the folder.
func lockShard(ctx context.Context, out string, s shard.Shard) (folder, own *lock.Lock, err error) {
	if own, err = lock.File(shardLock(out, s)); err != nil {
		return nil, nil, err
	}
	for began := time.Now(); ; {
		folder, err = lock.Folder(out)
		if held := new(*lock.HeldError); !errors.As(err, held) || time.Since(began) > patience {
			break
		}
		select {
		case <-time.After(lookAgain):
			continue
		case <-ctx.Done():
			err = ctx.Err()
		}
		break
	}
	if err != nil {
		own.Release()
		return nil, nil, err
	}
	return folder, own, nil
}

// noShards refuses a folder that shards are being written to. The caller has locked it, so
// that none begins.
func noShards(out string) error {
	files, err := filepath.Glob(filepath.Join(out, ".shard-*-of-*.lock"))
	if err != nil {
		return err
	}
	for _, file := range files {
		var s shard.Shard
		if _, err := fmt.Sscanf(filepath.Base(file), ".shard-%d-of-%d.lock", &s.Number, &s.Of); err != nil {
			continue
		}
		l, err := lock.File(shardLock(out, s))
		if err != nil {
			return hint.New(fmt.Errorf("shard %v: %w", s, err), "wait for all shards to end, or stop them")
		}
		l.Release()
	}
	return nil
}

// begun lets other shards begin.
func (p *place) begun() {
	if p.shard != nil {
		p.lock.Release()
	}
}

// leave unlocks the folder. If nothing was made, it removes a record that we wrote,
// which would only hinder the next call, unless it may be that of other shards.
func (p *place) leave(something bool) {
	something = something || p.shard != nil
	if !something && p.bare {
		_ = os.Remove(filepath.Join(p.out, recordName))
	}
	p.lock.Release()
	p.shard.Release()
	if !something && p.made {
		_ = os.Remove(p.out) // if it is empty
	}
}
