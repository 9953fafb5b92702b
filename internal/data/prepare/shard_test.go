package prepare

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/shard"
	"easel/internal/file/lock"
)

// sharded are the verbs that can be done in shards, on a folder of pictures of whose halves
// one has labels.
func sharded(t *testing.T, in string) []verb {
	ctx := context.Background()
	list := append(verbs(), verb{"combine", func(in, out string, o Options, n func(Event)) (Result, error) {
		_, r, err := Combine(ctx, in, in, out, CombineOptions{}, o, n)
		return r, err
	}}, verb{"ab", func(in, out string, o Options, n func(Event)) (Result, error) {
		return Gray(ctx, in, out, GrayOptions{Colours: "ab"}, o, n)
	}}, verb{"split", func(in, out string, o Options, n func(Event)) (Result, error) {
		_, r, err := Split(ctx, in, out, DefaultSplitOptions(), o, n)
		return r, err
	}})
	ab := t.TempDir()
	if _, err := Gray(ctx, in, ab, GrayOptions{Colours: "ab"}, Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	found, err := FindPalette(ctx, in, "", Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	classes := filepath.Join(t.TempDir(), "palette.txt")
	if err := found.Save(classes); err != nil {
		t.Fatal(err)
	}
	return append(list, verb{"colours", func(_, out string, o Options, n func(Event)) (Result, error) {
		return Colours(ctx, filepath.Join(ab, "A"), filepath.Join(ab, "B"), out, o, n)
	}}, verb{"labels", func(in, out string, o Options, n func(Event)) (Result, error) {
		return Labels(ctx, in, out, LabelOptions{Palette: classes, To: "index", From: "auto"}, o, n)
	}})
}

// TestShards: 1, 7 and 100 shards, several at a time into one folder, leave the files of one
// call, with the record.
func TestShards(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	for i := range 12 {
		save(t, plain(16, 12, 8, float32(i%5)/5, float32(i)/51, 0.2), in, fmt.Sprint(i%3), fmt.Sprintf("%02d.png", i))
	}
	for _, v := range sharded(t, in) {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			whole := t.TempDir()
			want, err := v.run(in, whole, Options{Threads: 1, Seed: 3}, quiet)
			if err != nil {
				t.Fatal(err)
			}
			files := withRecord(t, whole)
			for _, of := range []int{1, 7, 100} {
				out := filepath.Join(t.TempDir(), "out")
				var wait sync.WaitGroup
				var mu sync.Mutex
				var sum Result
				for k := 1; k <= of; k++ {
					wait.Go(func() {
						r, err := v.run(in, out, Options{Threads: 1, Seed: 3, Shard: shard.Shard{Number: k, Of: of}}, quiet)
						mu.Lock()
						defer mu.Unlock()
						if err != nil {
							t.Errorf("shard %d of %d: %v", k, of, err)
						}
						sum.Made, sum.Kept, sum.Failed = sum.Made+r.Made, sum.Kept+r.Kept, sum.Failed+r.Failed
					})
				}
				wait.Wait()
				if sum.Made != want.Made || sum.Kept+sum.Failed > 0 {
					t.Errorf("%d shards: %+v, want %+v", of, sum, want)
				}
				if diff := cmp.Diff(files, withRecord(t, out)); diff != "" {
					t.Errorf("%d shards: other files: %s", of, diff)
				}
				again, err := v.run(in, out, Options{Seed: 3, Shard: shard.Shard{Number: of, Of: of}}, quiet)
				if err != nil || again.Made > 0 {
					t.Errorf("the last of %d once more: %+v, %v", of, again, err)
				}
			}
		})
	}
}

func withRecord(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := maps.Clone(tree(t, dir))
	text, err := os.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		t.Fatal(err)
	}
	files[recordName] = string(text)
	return files
}

// TestShardsHaveOwners: nobody writes what another process writes, nor a whole call where
// there are shards.
func TestShardsHaveOwners(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	for i := range 4 {
		save(t, scene(8, 8, i), in, fmt.Sprintf("%d.png", i))
	}
	gray := func(s shard.Shard, n func(Event)) error {
		_, err := Gray(t.Context(), in, out, DefaultGrayOptions(), Options{Threads: 1, Shard: s}, n)
		return err
	}
	first, second := shard.Shard{Number: 1, Of: 2}, shard.Shard{Number: 2, Of: 2}
	inside := false
	if err := gray(first, func(Event) {
		if inside {
			return
		}
		inside = true
		for _, s := range []shard.Shard{first, {}} {
			if err := gray(s, quiet); !errors.As(err, new(*lock.HeldError)) {
				t.Errorf("%v while the first is made: %v", s, err)
			}
		}
		if err := gray(second, quiet); err != nil {
			t.Error(err)
		}
	}); err != nil || !inside {
		t.Fatal(err)
	}
	if r, err := Gray(t.Context(), in, out, DefaultGrayOptions(), Options{}, quiet); err != nil || r.Kept != 4 {
		t.Errorf("as a whole: %+v, %v", r, err)
	}
}

// TestShardsSpareOthersFiles: a file with the name of an output is no output of ours because
// another shard has left its record.
func TestShardsSpareOthersFiles(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	for i := range 8 {
		save(t, scene(8, 8, i), in, fmt.Sprintf("%d.png", i))
	}
	theirs := save(t, scene(8, 8, 9), out, "5.png")
	before, err := os.ReadFile(theirs)
	if err != nil {
		t.Fatal(err)
	}
	for k := 1; k <= 3; k++ {
		_, err := Gray(t.Context(), in, out, DefaultGrayOptions(), Options{Shard: shard.Shard{Number: k, Of: 3}}, quiet)
		wants(t, err, "there is no record that easel prepare made it")
	}
	if after, err := os.ReadFile(theirs); err != nil || string(after) != string(before) {
		t.Errorf("it was replaced: %v", err)
	}
}

// TestShardsWhilePicturesCome: pictures that come between two shards move none from one to
// the other, so that those which both have seen are all made.
func TestShardsWhilePicturesCome(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	for k := 1; k <= 2; k++ {
		for i := range 8 {
			save(t, scene(8, 8, i), in, fmt.Sprintf("%d%d.png", k, i))
		}
		if _, err := Gray(t.Context(), in, out, DefaultGrayOptions(), Options{Shard: shard.Shard{Number: k, Of: 2}}, quiet); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 8 {
		if _, err := os.Stat(filepath.Join(out, fmt.Sprintf("1%d.png", i))); err != nil {
			t.Error(err)
		}
	}
}
