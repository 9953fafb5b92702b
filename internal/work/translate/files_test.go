package translate

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
)

// folder makes a folder of pictures of noise, each its own.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range names {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), noise(20+i, 20, 3))
	}
	return dir
}

func put(t *testing.T, path string, p *imgio.Picture) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(path, p); err != nil {
		t.Fatal(err)
	}
}

// tree are the files below a folder that are not hidden.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}

func files(t *testing.T, tr *Translator, out string, o FileOptions, inputs ...string) Result {
	t.Helper()
	r, err := tr.Files(t.Context(), inputs, out, o, func(p Event) {
		if p.Err != nil {
			t.Errorf("%s: %v", p.Input, p.Err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFolderTrees: sub-folders stay, names that are equal are told apart by their
// folders, and those that differ in their endings alone by these.
func TestFolderTrees(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	a := folder(t, "1.png", "2019/1.png", "2019/may/2.tif", "2020/1.png", ".hidden/3.png", "x.png", "x.jpg")
	out := filepath.Join(t.TempDir(), "out")
	files(t, tr, out, FileOptions{}, a)
	want := []string{"1.png", "2019/1.png", "2019/may/2.png", "2020/1.png", "x.jpg.png", "x.png.png"}
	if diff := cmp.Diff(want, tree(t, out)); diff != "" {
		t.Error(diff)
	}
	named := filepath.Join(t.TempDir(), "named")
	files(t, tr, named, FileOptions{}, filepath.Join(a, "2019", "1.png"), filepath.Join(a, "2020", "1.png"), filepath.Join(a, "x.png"))
	if diff := cmp.Diff([]string{"2019/1.png", "2020/1.png", "x.png"}, tree(t, named)); diff != "" {
		t.Error(diff)
	}
	// The output folder inside of the input folder is no input.
	inside := filepath.Join(a, "2019", "out")
	for range 2 {
		if r := files(t, tr, inside, FileOptions{Force: true}, a); r.Translated != 6 {
			t.Errorf("%+v", r)
		}
	}
}

// TestNamesLikeOutputs: no output has the name of another one, also where a picture is called
// like the output of its neighbour.
func TestNamesLikeOutputs(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	in, out := folder(t, "x.png", "x.jpg", "x.jpg.png", "x.jpg.png.png", "y.jpg.png"), t.TempDir()
	files(t, tr, out, FileOptions{}, in)
	want := []string{"x.jpg.png", "x.jpg.png.png", "x.jpg.png.png.png", "x.png.png", "y.jpg.png"}
	if diff := cmp.Diff(want, tree(t, out)); diff != "" {
		t.Error(diff)
	}
}

// TestSignature: whatever changes translations identifies them, and nothing else.
func TestSignature(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "m.safetensors")
	if err := os.WriteFile(file, []byte("weights"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range []*Model{
		{Translator: random(t, tiny(), Options{}), path: file},
		{Translator: random(t, tiny(), Options{Seed: 1}), path: file},
		{Translator: random(t, tiny(), Options{}), path: file, Precision: device.BFloat16},
	} {
		one, err := m.Signature(FileOptions{})
		other, err2 := m.Signature(FileOptions{Force: true})
		if err := errors.Join(err, err2); err != nil || seen[one] || one != other {
			t.Errorf("%v: %q, %q", err, one, other)
		}
		seen[one] = true
	}
}

// TestGoesOn: what an earlier call made of the same is kept, and nothing else is.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	a := folder(t, "1.png", "b/2.png", "3.png")
	out := filepath.Join(t.TempDir(), "out")
	o := FileOptions{Model: "m"}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := tr.Files(ctx, []string{a}, out, o, func(p Event) {
		if p.Done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if r := files(t, tr, out, o, a); r != (Result{Translated: 1, Kept: 2}) {
		t.Errorf("%+v", r)
	}
	exists := func(what string, o FileOptions, tr *Translator, want Result) {
		t.Helper()
		r, err := tr.Files(t.Context(), []string{a}, out, o, func(p Event) {
			if p.Err != nil && !errors.Is(p.Err, os.ErrExist) {
				t.Error(p.Err)
			}
		})
		if err != nil || r != want {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	exists("without a name", FileOptions{}, tr, Result{Failed: 3})
	exists("another model", FileOptions{Model: "n"}, tr, Result{Failed: 3})
	exists("another option", o, random(t, tiny(), Options{Seed: 1}), Result{Failed: 3})
	put(t, filepath.Join(a, "1.png"), noise(30, 30, 3))
	exists("another input", o, tr, Result{Kept: 2, Failed: 1})
	put(t, filepath.Join(out, "3.png"), noise(31, 30, 3))
	exists("another output", o, tr, Result{Kept: 1, Failed: 2})
	// Half a line at the end of the record, as a killed process leaves it.
	file := filepath.Join(out, recordFile)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data[:len(data)-9], 0o666); err != nil {
		t.Fatal(err)
	}
	exists("half a line", o, tr, Result{Failed: 3})
	forced := o
	forced.Force = true
	exists("forced", forced, tr, Result{Translated: 3})
	exists("after half a line", o, tr, Result{Kept: 3})
}

// TestAnOutputIsNeverAnInput, forced or not, by any path.
func TestAnOutputIsNeverAnInput(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	a := folder(t, "1.png", "2.png")
	before, err := os.ReadFile(filepath.Join(a, "1.png"))
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	outs := []string{a, filepath.Join(a, "..", filepath.Base(a)), filepath.Join(a, "1.png")}
	if err := os.Symlink(a, link); err == nil {
		outs = append(outs, link)
	}
	for _, out := range outs {
		inputs := []string{a}
		if filepath.Ext(out) != "" {
			inputs = []string{filepath.Join(a, "1.png")}
		}
		var h interface{ Hint() string }
		if _, err := tr.Files(t.Context(), inputs, out, FileOptions{Force: true}, nil); !errors.As(err, &h) || !strings.Contains(err.Error(), "one of the pictures") {
			t.Errorf("%s: %v", out, err)
		}
	}
	after, err := os.ReadFile(filepath.Join(a, "1.png"))
	if err != nil || !bytes.Equal(before, after) {
		t.Error("an input was overwritten")
	}
	// What a call made in the folder of its inputs is no input of the next.
	b := folder(t, "1.jpg")
	o := FileOptions{Model: "m"}
	files(t, tr, b, o, b)
	if r := files(t, tr, b, o, b); r != (Result{Kept: 1}) {
		t.Errorf("%+v", r)
	}
}

// TestSide: one half of pairs, and the halves are what SplitSideBySide says.
func TestSide(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	whole := noise(64, 32, 3)
	in := t.TempDir()
	put(t, filepath.Join(in, "pair.png"), whole)
	left, right, err := imgio.SplitSideBySide(imgio.Quantise(whole))
	if err != nil {
		t.Fatal(err)
	}
	for side, want := range map[string]*imgio.Picture{"a": left, "b": right} {
		out := filepath.Join(t.TempDir(), "one.png")
		files(t, tr, out, FileOptions{Side: side}, filepath.Join(in, "pair.png"))
		got, _, err := imgio.Read(out, imgio.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		made, err := tr.Picture(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(got.Pix, imgio.Quantise(made).Pix) {
			t.Errorf("side %s is another picture", side)
		}
	}
}

// TestStack: files of one name in several folders are channels of one picture.
func TestStack(t *testing.T) {
	t.Parallel()
	c := tiny()
	c.InputChannels = 4
	tr := random(t, c, Options{})
	in := t.TempDir()
	p := imgio.Quantise(noise(32, 32, 4))
	put(t, filepath.Join(in, "1", "s", "a.png"), p.Select(0, 3))
	put(t, filepath.Join(in, "2", "s", "a.tif"), p.Select(3, 1))
	out := filepath.Join(t.TempDir(), "out")
	one, two := filepath.Join(in, "1"), filepath.Join(in, "2")
	no := false
	tr.images.Inputs.Alpha = &no
	files(t, tr, out, FileOptions{Stack: true}, one, two)
	got, _, err := imgio.Read(filepath.Join(out, "s", "a.png"), imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if made := translate(t, tr, p); !cmp.Equal(got.Pix, imgio.Quantise(&imgio.Picture{Width: 32, Height: 32, Channels: 3, Depth: 8, Pix: made}).Pix) {
		t.Error("the stack is another picture")
	}
	put(t, filepath.Join(one, "b.png"), p.Select(0, 3))
	if _, err := tr.Files(t.Context(), []string{one, two}, out, FileOptions{Stack: true}, nil); err == nil || !strings.Contains(err.Error(), "has no file of this name") {
		t.Error(err)
	}
	for _, inputs := range [][]string{{one}, {one, filepath.Join(one, "b.png")}, {one, filepath.Join(in, "missing")}} {
		if _, err := tr.Files(t.Context(), inputs, out, FileOptions{Stack: true}, nil); err == nil {
			t.Errorf("%v were stacked", inputs)
		}
	}
}

// TestFormats: outputs have the format that was asked for, and the input's name.
func TestFormats(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	in := folder(t, "a.png", "b.tiff", "c.jpeg", "e.webp")
	if err := os.WriteFile(filepath.Join(in, "d.bmp"), []byte("P5 2 1 255\n\x00\xff"), 0o666); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string][]string{
		"":     {"a.png", "b.png", "c.png", "d.png", "e.png"},
		"png":  {"a.png", "b.png", "c.png", "d.png", "e.png"},
		"tiff": {"a.tif", "b.tiff", "c.tif", "d.tif", "e.tif"},
		"jpeg": {"a.jpg", "b.jpg", "c.jpeg", "d.jpg", "e.jpg"},
		"webp": {"a.webp", "b.webp", "c.webp", "d.webp", "e.webp"},
		"same": {"a.png", "b.tiff", "c.jpeg", "d.png", "e.webp"},
	} {
		out := filepath.Join(t.TempDir(), "out")
		files(t, tr, out, FileOptions{Format: format}, in)
		if diff := cmp.Diff(want, tree(t, out)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
		if format == "same" {
			data, err := os.ReadFile(filepath.Join(out, "c.jpeg"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
				t.Error(err)
			}
		}
	}
	for _, o := range []FileOptions{{Quality: 101}, {Format: "gif"}, {Side: "c"}, {Read: imgio.ReadOptions{Frame: -1}}} {
		if _, err := tr.Files(t.Context(), []string{in}, t.TempDir(), o, nil); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	var jpegIn, out bytes.Buffer
	if err := jpeg.Encode(&jpegIn, image.NewGray(image.Rect(0, 0, 20, 20)), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Stream(t.Context(), bytes.NewReader(jpegIn.Bytes()), &out, FileOptions{Format: "same"}); err != nil || !bytes.HasPrefix(out.Bytes(), []byte("\xff\xd8")) {
		t.Error("a stream does not keep its format:", err)
	}
	sizes := []int{}
	for _, quality := range []int{0, imgio.DefaultQuality, 20} {
		in, out := bytes.NewReader(jpegIn.Bytes()), bytes.Buffer{}
		if _, err := tr.Stream(t.Context(), in, &out, FileOptions{Format: "jpeg", Quality: quality}); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, out.Len())
	}
	if sizes[0] != sizes[1] || sizes[2] >= sizes[1] {
		t.Errorf("files of %d bytes for the default quality, the same by number, and a low one", sizes)
	}
}

// TestFormatHolds: a format that cannot store what the model makes is refused before
// anything is translated, and "same" takes one that can.
func TestFormatHolds(t *testing.T) {
	t.Parallel()
	in := folder(t, "a.webp")
	deep := random(t, tiny(), Options{Depth: 16})
	_, err := deep.Files(t.Context(), []string{in}, t.TempDir(), FileOptions{Format: "webp"}, nil)
	if err == nil || !strings.Contains(err.Error(), "16 bits are not possible") {
		t.Error(err)
	}
	out := t.TempDir()
	files(t, deep, out, FileOptions{Format: same}, in)
	if diff := cmp.Diff([]string{"a.png"}, tree(t, out)); diff != "" {
		t.Error(diff)
	}
	c := tiny()
	c.OutputChannels = 4
	bands := of(t, stored.Config{Network: c, Images: stored.Images{Targets: stored.Samples{Alpha: new(bool)}}}, Options{})
	_, err = bands.Files(t.Context(), []string{in}, filepath.Join(t.TempDir(), "a.png"), FileOptions{}, nil)
	if err == nil || !strings.Contains(err.Error(), "no alpha") {
		t.Error("bands that are no alpha as PNG:", err)
	}
}

// TestNothingToRead: an input that is not there is said to be missing, also if the output has
// its name, and no folder is made.
func TestNothingToRead(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	dir := filepath.Join(t.TempDir(), "photos")
	var failed error
	r, err := tr.Files(t.Context(), []string{dir}, dir, FileOptions{}, func(p Event) { failed = p.Err })
	if err != nil || r.Failed != 1 || !errors.Is(failed, os.ErrNotExist) {
		t.Errorf("%+v, %v, %v", r, err, failed)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("a folder was made:", err)
	}
}

// TestOneFile: out is a file for one picture, and says so for several.
func TestOneFile(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	in := folder(t, "a.png", "b.png")
	out := filepath.Join(t.TempDir(), "deep", "o.tif")
	files(t, tr, out, FileOptions{}, filepath.Join(in, "a.png"))
	if p, _, err := imgio.Read(out, imgio.ReadOptions{}); err != nil || p.Width != 20 {
		t.Error(err)
	}
	var h interface{ Hint() string }
	if _, err := tr.Files(t.Context(), []string{in}, out, FileOptions{}, nil); !errors.As(err, &h) {
		t.Error(err)
	}
	dir := filepath.Join(t.TempDir(), "folder.png")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	files(t, tr, dir, FileOptions{}, in)
	if diff := cmp.Diff([]string{"a.png", "b.png"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	long := strings.Repeat("n", 251) + ".png"
	put(t, filepath.Join(in, long), noise(20, 20, 3))
	files(t, tr, dir, FileOptions{}, filepath.Join(in, long))
}
