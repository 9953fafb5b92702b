package prepare

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"easel/internal/data/dataset"
)

// TestShare: whatever the folders and groups, nothing is lost, groups stay
// together, and each folder has its fractions up to two of its largest group.
func TestShare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := SplitOptions{Val: rapid.Float64Range(0, 0.4).Draw(t, "val"), Test: rapid.Float64Range(0.01, 0.4).Draw(t, "test"), Group: `^([^/]*/g\d+)_`}
		var pairs []*shared
		folders := rapid.IntRange(1, 4).Draw(t, "folders")
		largest := 1
		for f := range folders {
			for g := range rapid.IntRange(1, 12).Draw(t, "groups") {
				n := rapid.IntRange(1, 4).Draw(t, "members")
				largest = max(largest, n)
				for m := range n {
					p := &shared{name: fmt.Sprintf("f%d/g%d_%d", f, g, m), folder: fmt.Sprintf("f%d", f)}
					copy(p.content[:], fmt.Sprintf("%d %d %d", f, g, m))
					pairs = append(pairs, p)
				}
			}
		}
		seed := rapid.Uint64().Draw(t, "seed")
		sharing, err := s.share(pairs, seed)
		counts, of := map[string]*[3]int{}, map[string]int{}
		for _, p := range pairs {
			group, _, _ := strings.Cut(p.name, "_")
			if k, ok := of[group]; ok && k != p.split {
				t.Fatalf("group %s is in two splits", group)
			}
			of[group] = p.split
			if counts[p.folder] == nil {
				counts[p.folder] = &[3]int{}
			}
			counts[p.folder][p.split]++
		}
		for folder, c := range counts {
			n := float64(c[0] + c[1] + c[2])
			for i, f := range s.fractions() {
				if math.Abs(float64(c[i])-f*n) > 4*float64(largest) {
					t.Fatalf("%s has %v of %v for %s", folder, c[i], n, splitNames()[i])
				}
			}
		}
		if err == nil && sharing.Train+sharing.Val+sharing.Test != len(pairs) {
			t.Fatal("pairs are lost")
		}
		// The order of the pairs does not matter.
		splits := map[string]int{}
		for _, p := range pairs {
			splits[p.name] = p.split
		}
		slices.Reverse(pairs)
		_, _ = s.share(pairs, seed)
		for _, p := range pairs {
			if splits[p.name] != p.split {
				t.Fatal("the order matters")
			}
		}
	})
}

func splitOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	where := map[string]string{}
	for name := range tree(t, dir) {
		split, rest, _ := strings.Cut(name, "/")
		where[rest] = split
	}
	return where
}

func TestSplit(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	for f, n := range map[string]int{"cats": 20, "dogs": 10} {
		for i := range n {
			save(t, scene(8, 4, i+1000*int(f[0])), in, f, fmt.Sprintf("%d.png", i))
		}
	}
	one := save(t, scene(8, 4, 9999), in, "one.png") // a copy in a folder stays with it
	data, _ := os.ReadFile(one)
	if err := os.WriteFile(filepath.Join(in, "cats", "copy.png"), data, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, o := context.Background(), Options{Seed: 3, Threads: 3}
	out := filepath.Join(t.TempDir(), "data")
	s := SplitOptions{Val: 0.1, Test: 0.2}
	sharing, r, err := Split(ctx, in, out, s, o, quiet)
	if err != nil || r.Made != 32 || sharing.Train+sharing.Val+sharing.Test != 32 || sharing.Groups != 1 || sharing.Val < 2 || sharing.Test < 5 {
		t.Fatalf("%+v %+v %v", sharing, r, err)
	}
	where := splitOf(t, out)
	if where["one.png"] != where["cats/copy.png"] || len(where) != 32 {
		t.Errorf("%v", where)
	}
	per := map[string]int{}
	for name, split := range where {
		per[name[:4]+" "+split]++ // one.png is alone
	}
	if per["cats test"] < 3 || per["cats test"] > 6 || per["dogs test"] < 1 || per["dogs test"] > 3 {
		t.Errorf("%v", per)
	}
	if _, r, err := Split(ctx, in, out, s, o, quiet); err != nil || r.Kept != 32 {
		t.Errorf("again: %+v %v", r, err)
	}
	same := t.TempDir()
	if _, _, err := Split(ctx, in, same, s, Options{Seed: 3, Threads: 1}, quiet); err != nil || !cmp.Equal(tree(t, same), tree(t, out)) {
		t.Errorf("threads matter, %v", err)
	}
	_, _, err = Split(ctx, in, out, s, Options{Seed: 4, Force: true}, quiet)
	wants(t, err, "do not belong to this split")
	other := t.TempDir()
	if _, _, err := Split(ctx, in, other, s, Options{Seed: 4}, quiet); err != nil || maps.Equal(splitOf(t, other), where) {
		t.Errorf("another seed gives the same, %v", err)
	}
	save(t, scene(8, 4, 777), in, "new.png")
	_, _, err = Split(ctx, in, out, s, o, quiet)
	wants(t, err, "content was")
}

func TestSplitSides(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	for i := range 10 {
		save(t, scene(8, 4, i), in, "A", fmt.Sprintf("%d.png", i))
		save(t, scene(8, 4, i+50), in, "B", "1", fmt.Sprintf("%d.tif", i))
		save(t, scene(8, 4, i+70), in, "B", "2", fmt.Sprintf("%d.tif", i))
	}
	if err := os.WriteFile(filepath.Join(in, dataset.ManifestFile), []byte(`{"channel_folders": true}`), 0o666); err != nil {
		t.Fatal(err)
	}
	sharing, _, err := Split(context.Background(), in, out, DefaultSplitOptions(), Options{}, quiet)
	if err != nil || sharing != (Sharing{Train: 8, Val: 1, Test: 1}) {
		t.Fatalf("%+v %v", sharing, err)
	}
	files := tree(t, out)
	if files[dataset.ManifestFile] == "" {
		t.Error("the manifest is lost")
	}
	if len(files) != 31 {
		t.Errorf("%d files", len(files))
	}
	for name := range files {
		if a, ok := strings.CutPrefix(name, "A/"); ok {
			split, base := path.Split(strings.TrimSuffix(a, ".png"))
			for _, layer := range []string{"1", "2"} {
				if _, ok := files["B/"+split+layer+"/"+base+".tif"]; !ok {
					t.Errorf("%s has no partner", name)
				}
			}
		}
	}
	if err := os.Remove(filepath.Join(in, "A", "3.png")); err != nil {
		t.Fatal(err)
	}
	_, _, err = Split(context.Background(), in, t.TempDir(), DefaultSplitOptions(), Options{}, quiet)
	wants(t, err, "3.tif has no partner")
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	split := func(in string, s SplitOptions) error {
		_, _, err := Split(ctx, in, t.TempDir(), s, Options{}, quiet)
		return err
	}
	few := t.TempDir()
	save(t, scene(8, 4, 1), few, "1.png")
	save(t, scene(8, 4, 2), few, "2.png")
	wants(t, split(few, DefaultSplitOptions()), "leave none for")
	wants(t, split(few, SplitOptions{Val: 0.5, Group: "x(.*)"}), "no name matches")
	save(t, scene(8, 4, 2), few, "train", "2.png")
	wants(t, split(few, DefaultSplitOptions()), "already has train/")
	clash := t.TempDir()
	save(t, scene(8, 4, 1), clash, "a.png")
	save(t, scene(8, 4, 2), clash, "A.jpg")
	wants(t, split(clash, DefaultSplitOptions()), "would get the same name")
}

func TestSplitSimilar(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	for i := range 12 {
		save(t, scene(64, 64, i), in, fmt.Sprintf("%d.png", i))
		save(t, scene(64, 64, i), in, fmt.Sprintf("%d-again.jpg", i))
	}
	sharing, _, err := Split(context.Background(), in, out, SplitOptions{Val: 0.2, Test: 0.2, Similar: 6}, Options{}, quiet)
	if err != nil || sharing.Groups != 12 {
		t.Fatalf("%+v %v", sharing, err)
	}
	where := splitOf(t, out)
	for i := range 12 {
		if where[fmt.Sprintf("%d.png", i)] != where[fmt.Sprintf("%d-again.jpg", i)] {
			t.Errorf("%d is in two splits", i)
		}
	}
}
