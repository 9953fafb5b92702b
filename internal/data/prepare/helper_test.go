package prepare

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

// save writes a picture and the folders that it needs.
func save(t testing.TB, p *imgio.Picture, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(path, p); err != nil {
		t.Fatal(err)
	}
	return path
}

// plain is a picture of one colour.
func plain(w, h, depth int, colour ...float32) *imgio.Picture {
	p := imgio.New(w, h, len(colour))
	p.Depth = depth
	for i := range p.Pix {
		p.Pix[i] = colour[i%len(colour)]
	}
	return p
}

// scene is a picture that has something to see, another one for each number.
func scene(w, h, number int) *imgio.Picture {
	p := imgio.New(w, h, 3)
	r := chance(uint64(number), "scene")
	for i := range p.Pix {
		p.Pix[i] = 0.2 + 0.2*float32(i%3)
	}
	for range 6 {
		x0, y0, bw, bh := r.IntN(w), r.IntN(h), 1+r.IntN(w), 1+r.IntN(h)
		for y := y0; y < min(y0+bh, h); y++ {
			for x := x0; x < min(x0+bw, w); x++ {
				p.Pix[3*(y*w+x)+number%3] = float32(bw) / float32(w)
				p.Pix[3*(y*w+x)+(number+1)%3] = float32(bh) / float32(h)
			}
		}
	}
	return imgio.Quantise(p)
}

func read(t testing.TB, parts ...string) *imgio.Picture {
	t.Helper()
	p, _, err := imgio.Read(filepath.Join(parts...), imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sides(t testing.TB, p *imgio.Picture) (a, b *imgio.Picture) {
	t.Helper()
	a, b, err := imgio.SplitSideBySide(p)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func quiet(Event) {}

// errs gathers the failures of a run.
type errs struct{ list []error }

func (e *errs) hear(p Event) {
	if p.Err != nil {
		e.list = append(e.list, p.Err)
	}
}

// verb is a verb with its defaults, on one folder.
type verb struct {
	name string
	run  func(in, out string, o Options, notify func(Event)) (Result, error)
}

// verbs are those that make pairs out of single pictures, chance included.
func verbs() []verb {
	ctx := context.Background()
	edges := func(in, out string, o Options, n func(Event)) (Result, error) {
		return Edges(ctx, in, out, defaultEdges(), o, n)
	}
	gray := func(in, out string, o Options, n func(Event)) (Result, error) {
		return Gray(ctx, in, out, DefaultGrayOptions(), o, n)
	}
	holes := func(shape string) func(in, out string, o Options, n func(Event)) (Result, error) {
		return func(in, out string, o Options, n func(Event)) (Result, error) {
			h := DefaultHoleOptions()
			h.Shape = shape
			return Holes(ctx, in, out, h, o, n)
		}
	}
	noise := func(kind string) func(in, out string, o Options, n func(Event)) (Result, error) {
		return func(in, out string, o Options, n func(Event)) (Result, error) {
			s := DefaultNoiseOptions()
			s.Kind = kind
			return Noise(ctx, in, out, s, o, n)
		}
	}
	lowres := func(in, out string, o Options, n func(Event)) (Result, error) {
		return Lowres(ctx, in, out, DefaultLowresOptions(), o, n)
	}
	return []verb{{"edges", edges}, {"gray", gray}, {"lowres", lowres},
		{"centre", holes("centre")}, {"blocks", holes("blocks")}, {"strokes", holes("strokes")},
		{"gaussian", noise("gaussian")}, {"poisson", noise("poisson")}, {"impulse", noise("impulse")}}
}

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// wants checks that an error says something and has a hint.
func wants(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) || hintOf(err) == "" {
		t.Errorf("error %v (hint %q) does not say %q", err, hintOf(err), text)
	}
}

// tree is the content of all files of a folder but the record, which names
// folders.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == recordName {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
