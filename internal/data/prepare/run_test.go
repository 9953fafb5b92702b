package prepare

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"easel/internal/data/edge"
	"easel/internal/file/imgio"
	"easel/internal/file/lock"
)

func defaultEdges() edge.Options { return edge.DefaultOptions() }

// TestVerbs: the target is the picture to the bit, names and folders stay, 16
// bits stay, alpha is laid on white, and threads, order and other pictures do not
// matter.
func TestVerbs(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, scene(48, 40, 1), in, "train", "x.png")
	save(t, scene(48, 40, 2), in, "y.jpg")
	deep := scene(40, 48, 3)
	for i := range deep.Pix {
		deep.Pix[i] = float32(math.Round(float64(deep.Pix[i])*65535*0.9)) / 65535
	}
	deep.Depth = 16
	save(t, deep, in, "a", "b", "deep.png")
	save(t, plain(40, 40, 8, 0, 0, 1, 0), in, "clear.png")
	save(t, plain(40, 40, 8, 0.2), in, "grey.png")
	for _, v := range verbs() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			one, three := filepath.Join(t.TempDir(), "new", "out"), t.TempDir()
			r, err := v.run(in, one, Options{Threads: 1, Seed: 5}, quiet)
			if err != nil || r != (Result{Made: 5}) {
				t.Fatalf("%+v %v", r, err)
			}
			if _, err := v.run(in, three, Options{Threads: 3, Seed: 5}, quiet); err != nil {
				t.Fatal(err)
			}
			files := tree(t, one)
			if diff := cmp.Diff(files, tree(t, three)); diff != "" {
				t.Error("threads matter")
			}
			want := []string{"a/b/deep.png", "clear.png", "grey.png", "train/x.png", "y.png"}
			if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
				t.Errorf("files %v", got)
			}
			_, target := sides(t, read(t, one, "train", "x.png"))
			if !slices.Equal(target.Pix, scene(48, 40, 1).Pix) {
				t.Error("the target is not the picture")
			}
			p := read(t, one, "a", "b", "deep.png")
			if _, target := sides(t, p); p.Depth != 16 || !slices.Equal(target.Pix, deep.Pix) {
				t.Error("16 bits are lost")
			}
			if _, target := sides(t, read(t, one, "clear.png")); target.Channels != 3 || target.At(0, 0, 0) != 1 {
				t.Error("what is transparent is not white")
			}
		})
	}
}

// TestSeed: chance follows the seed.
func TestSeed(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, scene(48, 40, 1), in, "x.png")
	for _, v := range verbs() {
		a, b := t.TempDir(), t.TempDir()
		for seed, dir := range []string{a, b} {
			if _, err := v.run(in, dir, Options{Seed: uint64(seed)}, quiet); err != nil {
				t.Fatal(err)
			}
		}
		same := cmp.Equal(tree(t, a), tree(t, b))
		random := slices.Contains([]string{"blocks", "strokes", "gaussian", "poisson", "impulse"}, v.name)
		if same == random {
			t.Errorf("%s: two seeds give the same: %v", v.name, same)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, scene(60, 30, 1), in, "x.png")
	for _, fit := range []Fit{Crop, Pad, Stretch} {
		for _, apart := range []bool{false, true} {
			out := t.TempDir()
			if _, err := Gray(context.Background(), in, out, DefaultGrayOptions(), Options{Size: 20, Fit: fit, Apart: apart}, quiet); err != nil {
				t.Fatal(err)
			}
			if !apart {
				if p := read(t, out, "x.png"); p.Width != 40 || p.Height != 20 {
					t.Errorf("%s: %d×%d", fit, p.Width, p.Height)
				}
				continue
			}
			a, b := read(t, out, "A", "x.png"), read(t, out, "B", "x.png")
			if a.Width != 20 || b.Height != 20 || a.Channels != 1 || b.Channels != 3 {
				t.Errorf("%s: %d×%d×%d and %d×%d×%d", fit, a.Width, a.Height, a.Channels, b.Width, b.Height, b.Channels)
			}
			if white := b.At(10, 1, 0) == 1 && b.At(10, 1, 1) == 1; white != (fit == Pad) {
				t.Errorf("%s: white at the top: %v", fit, white)
			}
		}
	}
}

// TestNeverOverwrites: sources never, others' files only by force.
func TestNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	source := save(t, scene(8, 8, 1), in, "x.png")
	before, _ := os.ReadFile(source)
	gray := verbs()[1].run
	_, err := gray(in, in, Options{Force: true}, quiet)
	wants(t, err, "both the source folder and the output folder")
	if err := os.MkdirAll(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(source, filepath.Join(out, "x.png")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	_, err = gray(in, out, Options{Force: true}, quiet)
	wants(t, err, "one of the sources")
	if after, _ := os.ReadFile(source); string(after) != string(before) {
		t.Fatal("a source changed")
	}
	if err := os.Remove(filepath.Join(out, "x.png")); err != nil {
		t.Fatal(err)
	}
	save(t, plain(3, 3, 8, 1), out, "x.tif")
	_, err = gray(in, out, Options{}, quiet)
	wants(t, err, "x.tif")
	if !errors.Is(err, fs.ErrExist) {
		t.Error("not fs.ErrExist")
	}
	if _, err := os.Stat(filepath.Join(out, recordName)); err == nil {
		t.Error("a refused call left a record")
	}
	_, err = gray(in, out, Options{Force: true}, quiet)
	wants(t, err, "there is no record that easel prepare made it")
	if err := os.Rename(filepath.Join(out, "x.tif"), filepath.Join(dir, "x.tif")); err != nil {
		t.Fatal(err)
	}
	if r, err := gray(in, out, Options{}, quiet); err != nil || r.Made != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if err := os.Rename(filepath.Join(dir, "x.tif"), filepath.Join(out, "x.tif")); err != nil {
		t.Fatal(err)
	}
	if r, err := gray(in, out, Options{Force: true}, quiet); err != nil || r.Made != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(out, "x.tif")); err == nil {
		t.Error("two outputs of one name")
	}
}

// TestStrangersFolder: what easel prepare did not make stays as it is, with and
// without force, and nothing is left beside it.
func TestStrangersFolder(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	for i := range 4 {
		save(t, scene(8, 8, i), in, string(rune('a'+i))+".png")
	}
	for _, name := range []string{"a.png", "a.tif", "train/a.png", "prepare.json"} {
		for _, force := range []bool{false, true} {
			out := filepath.Join(t.TempDir(), "out")
			path := filepath.Join(out, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("mine"), 0o666)); err != nil {
				t.Fatal(err)
			}
			o := Options{Force: force}
			if strings.HasPrefix(name, "train/") {
				_, _, err := Split(context.Background(), in, out, SplitOptions{Val: 0.3}, o, quiet)
				wants(t, err, "do not belong to this split")
			} else if _, err := Gray(context.Background(), in, out, DefaultGrayOptions(), o, quiet); err == nil {
				t.Errorf("%s: it is written", name)
			}
			if text, _ := os.ReadFile(path); string(text) != "mine" {
				t.Errorf("%s is %q", name, text)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(out, recordName)); err == nil || len(tree(t, out)) > 0 {
				t.Errorf("%s: there is %v", name, tree(t, out))
			}
		}
	}
}

// TestOneOwner: two calls do not write into one folder at the same time.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	save(t, scene(8, 8, 1), in, "a.png")
	asked := false
	_, err := Gray(context.Background(), in, out, DefaultGrayOptions(), Options{}, func(Event) {
		var held *lock.HeldError
		_, err := Gray(context.Background(), in, out, DefaultGrayOptions(), Options{}, quiet)
		if asked = true; !errors.As(err, &held) {
			t.Errorf("error is %v", err)
		}
	})
	if err != nil || !asked || len(tree(t, out)) != 1 {
		t.Errorf("%v, there is %v", err, tree(t, out))
	}
}

// TestNothingMade: a call that made nothing leaves nothing that is in the way of
// the next one.
func TestNothingMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "out")
	save(t, scene(8, 8, 1), a, "x.png")
	save(t, scene(9, 8, 1), b, "x.png")
	if _, r, err := Combine(context.Background(), a, b, out, CombineOptions{}, Options{}, quiet); err != nil || r.Failed != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if _, err := os.Lstat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v is left", tree(t, out))
	}
	if _, r, err := Combine(context.Background(), a, b, out, CombineOptions{}, Options{Size: 8, Fit: Stretch}, quiet); err != nil || r.Made != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestGoesOn: the same call makes what is missing or older than its source;
// another one is refused and says why.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "in", "out") // outputs inside are no sources
	for i := range 5 {
		save(t, scene(8, 8, i), in, string(rune('a'+i))+".png")
	}
	gray := verbs()[1].run
	ctx, cancel := context.WithCancel(context.Background())
	var made atomic.Int32
	r, err := Gray(ctx, in, out, DefaultGrayOptions(), Options{Threads: 1}, func(Event) {
		if made.Add(1) == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || r.Made != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	whole := tree(t, out)
	if r, err := gray(in, out, Options{Threads: 2}, quiet); err != nil || r != (Result{Made: 3, Kept: 2}) {
		t.Fatalf("%+v %v", r, err)
	}
	for name, data := range whole {
		if tree(t, out)[name] != data {
			t.Error(name, "changed")
		}
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(in, "c.png"), later, later); err != nil {
		t.Fatal(err)
	}
	if r, err := gray(in, out, Options{}, quiet); err != nil || r != (Result{Made: 1, Kept: 4}) {
		t.Errorf("after a change of a source: %+v %v", r, err)
	}
	_, err = gray(in, out, Options{Size: 4}, quiet)
	wants(t, err, "size was 0 and is 4")
	_, err = verbs()[6].run(in, out, Options{}, quiet)
	wants(t, err, `verb was "gray" and is "noise"`)
	if r, err := gray(in, out, Options{Size: 4, Force: true}, quiet); err != nil || r.Made != 5 {
		t.Errorf("force: %+v %v", r, err)
	}
}

// TestFailures: what fails does not stop the rest, and leaves nothing.
func TestFailures(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	save(t, scene(8, 8, 1), in, "good.png")
	save(t, scene(8, 8, 1), in, "cut.png")
	data, _ := os.ReadFile(filepath.Join(in, "cut.png"))
	for name, content := range map[string][]byte{"cut.png": data[:len(data)/2], "text.jpg": []byte("no picture"), "empty.png": nil, ".hidden.png": nil} {
		if err := os.WriteFile(filepath.Join(in, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var e errs
	r, err := verbs()[1].run(in, out, Options{}, e.hear)
	if err != nil || r != (Result{Made: 1, Failed: 3}) {
		t.Fatalf("%+v %v", r, err)
	}
	for i, name := range []string{"cut.png", "empty.png", "text.jpg"} {
		if !strings.Contains(e.list[i].Error(), name) {
			t.Errorf("%v does not name %s", e.list[i], name)
		}
	}
	if files := tree(t, out); len(files) != 1 {
		t.Errorf("%d files", len(files))
	}
}

// TestFullDisk: the first picture for which there is no room ends the run, and
// those that were made meanwhile do not hide it.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	for i := range 9 {
		save(t, scene(4, 4, i), in, string(rune('a'+i))+".png")
	}
	jobs, _, err := jobsOf(in, "")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Threads: 3}
	r, err := run(context.Background(), o.record("test", nil, in), jobs, t.TempDir(), o, quiet, func(j job, p []*imgio.Picture) (a, b *imgio.Picture, err error) {
		if j.name == "b" {
			return nil, nil, &os.PathError{Op: "write", Path: j.name, Err: syscall.ENOSPC}
		}
		time.Sleep(5 * time.Millisecond) // the next two are under way
		return p[0], nil, nil
	})
	wants(t, err, "no space is left")
	if r.Failed != 1 || r.Made == 0 || r.Made > 5 {
		t.Errorf("%+v", r)
	}
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	_, err := verbs()[1].run(t.TempDir(), t.TempDir(), Options{}, quiet)
	wants(t, err, "there are none in")
	_, err = verbs()[1].run(filepath.Join(t.TempDir(), "none"), t.TempDir(), Options{}, quiet)
	wants(t, err, "none")
	dir := t.TempDir()
	file := save(t, scene(4, 4, 1), dir, "x.png")
	_, err = verbs()[1].run(file, t.TempDir(), Options{}, quiet)
	wants(t, err, "is a file")
	_, err = verbs()[1].run(dir, file, Options{}, quiet)
	wants(t, err, "is a file")
	save(t, scene(4, 4, 1), dir, "x.tif")
	_, err = verbs()[1].run(dir, t.TempDir(), Options{}, quiet)
	wants(t, err, "differ only in their endings")
}

// TestPanicsAreErrors: a mistake of ours costs one picture.
func TestPanicsAreErrors(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, scene(4, 4, 1), in, "x.png")
	jobs, _, err := jobsOf(in, "")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{}
	r, err := run(context.Background(), o.record("test", nil, in), jobs, t.TempDir(), o, quiet, func(job, []*imgio.Picture) (a, b *imgio.Picture, err error) {
		panic("a mistake")
	})
	if err != nil || r.Failed != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestOrder: events come in the order of the names, whoever is first.
func TestOrder(t *testing.T) {
	t.Parallel()
	var told []int
	err := each(context.Background(), 200, 7, func(i int) bool {
		if i%5 == 0 {
			time.Sleep(time.Millisecond)
		}
		return true
	}, func(i int) { told = append(told, i) })
	if err != nil || len(told) != 200 || !slices.IsSorted(told) {
		t.Errorf("%v %v", told, err)
	}
	n := 0
	if err := each(context.Background(), 200, 1, func(i int) bool { return i < 2 }, func(int) { n++ }); err != nil || n != 3 {
		t.Errorf("%d were told after no, %v", n, err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	holes, noise, gray, lowres, share, edges := DefaultHoleOptions(), DefaultNoiseOptions(), DefaultGrayOptions(), DefaultLowresOptions(), DefaultSplitOptions(), defaultEdges()
	for i, err := range []error{holes.Validate(), noise.Validate(), gray.Validate(), lowres.Validate(), share.Validate(), edges.Validate(),
		DefaultInspectOptions().Validate(), Options{}.Validate(), CombineOptions{}.Validate()} {
		if err != nil {
			t.Errorf("defaults %d: %v", i, err)
		}
	}
	nan := math.NaN()
	for i, err := range []error{
		HoleOptions{"square", 0.2, "white", false}.Validate(), HoleOptions{"blocks", 0, "white", false}.Validate(),
		HoleOptions{"blocks", nan, "white", false}.Validate(), HoleOptions{"blocks", 0.5, "#12345", false}.Validate(), HoleOptions{"blocks", 0.5, "", false}.Validate(),
		NoiseOptions{"pink", 1, 0, 0.1}.Validate(), NoiseOptions{"gaussian", nan, 0, 0.1}.Validate(), NoiseOptions{"gaussian", 9, 5, 0.1}.Validate(),
		NoiseOptions{"impulse", 9, 0, 1}.Validate(), GrayOptions{"xyz"}.Validate(), LowresOptions{Factor: 1}.Validate(), LowresOptions{Factor: nan}.Validate(),
		SplitOptions{Val: 0.5, Test: 0.5}.Validate(), SplitOptions{}.Validate(), SplitOptions{Val: nan}.Validate(), SplitOptions{Val: 0.1, Group: "("}.Validate(),
		CombineOptions{Labels: "c"}.Validate(), Options{Size: -1}.Validate(), Options{Fit: "x"}.Validate(), LabelOptions{To: "index", From: "x"}.Validate(),
		InspectOptions{Similar: 99}.Validate(),
	} {
		if err == nil {
			t.Errorf("case %d passes", i)
		}
	}
}

// TestComposedNames: a name is the same whether its letters are composed or not.
func TestComposedNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "out")
	save(t, scene(8, 8, 1), a, "caf\u00e9.png")
	save(t, scene(8, 8, 2), b, "cafe\u0301.png")
	if _, r, err := Combine(context.Background(), a, b, out, CombineOptions{}, Options{}, quiet); err != nil || r.Made != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestPartnersOfOtherFormats are not said to be missing.
func TestPartnersOfOtherFormats(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	save(t, scene(8, 8, 1), a, "x.png")
	save(t, scene(8, 8, 1), b, "x.png")
	save(t, scene(8, 8, 1), b, "IMG_3.png")
	if err := os.WriteFile(filepath.Join(a, "IMG_3.HEIC"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, _, err := Combine(context.Background(), a, b, filepath.Join(dir, "out"), CombineOptions{}, Options{}, quiet)
	wants(t, err, "there is "+filepath.Join(a, "IMG_3.HEIC"))
	only := t.TempDir()
	if err := os.WriteFile(filepath.Join(only, "x.heic"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = Gray(context.Background(), only, filepath.Join(dir, "out"), DefaultGrayOptions(), Options{}, quiet)
	wants(t, err, "x.heic")
}

// TestLeftOut: what a verb of single pictures does not read is counted and named.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, scene(8, 8, 1), in, "a.png")
	for _, name := range []string{"b.heic", "year/c.heic", "d.avif"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(in, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(in, name), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	g := GrayOptions{Colours: "rgb"}
	r, err := Gray(context.Background(), in, t.TempDir(), g, Options{}, quiet)
	if err != nil || r.Made != 1 || !strings.Contains(r.LeftOut, "1 .avif, 2 .heic") {
		t.Errorf("%+v, %v", r, err)
	}
}
