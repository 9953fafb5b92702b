package translate

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// near is a network that sees little, with norms over the picture and dropout.
func near() pix2pix.Config {
	c := tiny()
	c.Generator, c.Blocks, c.Downsamplings, c.Norm, c.Dropout = pix2pix.ResNet, 1, 1, pix2pix.NormInstance, pix2pix.DropoutPaper
	return c
}

// slope is noise on a slope, so that the parts of the picture have other statistics
// than the whole.
func slope(width, height, channels int) *imgio.Picture {
	p := noise(width, height, channels)
	for i := range p.Pix {
		p.Pix[i] = 0.3*p.Pix[i] + 0.7*float32(i/channels%width)/float32(width)
	}
	return p
}

// steps is how many levels of 255 two pictures differ by at most.
func steps(t *testing.T, a, b *imgio.Picture) (worst float64) {
	t.Helper()
	if a.Width != b.Width || a.Height != b.Height || a.Channels != b.Channels || a.Depth != b.Depth || a.Range != b.Range || a.Alpha != b.Alpha || !a.Place.Equal(b.Place) {
		t.Fatalf("pictures of other kinds: %d×%d×%d of %d bits and %d×%d×%d of %d", a.Width, a.Height, a.Channels, a.Depth, b.Width, b.Height, b.Channels, b.Depth)
	}
	for i, v := range a.Pix {
		if d := math.Abs(float64(v)-float64(b.Pix[i])) * 255; !(d <= worst) {
			worst = d
		}
	}
	return worst
}

// TestTiledFiles: what comes of files in tiles is what comes of them whole.
func TestTiledFiles(t *testing.T) {
	t.Parallel()
	sixteen, clear, bands := slope(151, 97, 3), slope(99, 130, 4), slope(80, 140, 2)
	sixteen.Depth, clear.Alpha = 16, true
	two := near()
	two.InputChannels, two.OutputChannels = 2, 5
	no := false
	signed := stored.Samples{Depth: 16, Range: imgio.Range{Low: -1024, High: 3071}}
	ct := slope(150, 90, 3)
	ct.Depth, ct.Range = 16, signed.Range
	for name, c := range map[string]struct {
		model   stored.Config
		options Options
		files   FileOptions
		inputs  map[string]*imgio.Picture
	}{
		"any": {stored.Config{Network: near()}, Options{Seed: 3}, FileOptions{}, map[string]*imgio.Picture{
			"a.png": sixteen, "b.tif": clear, "c.jpg": slope(121, 90, 1), "tiny.png": slope(5, 3, 3), "narrow.tif": slope(7, 200, 3)}},
		"side, same format": {stored.Config{Network: near()}, Options{NoNoise: true}, FileOptions{Side: "b", Format: "same"}, map[string]*imgio.Picture{"a.tif": slope(280, 101, 3)}},
		"bands": {stored.Config{Network: two, Images: stored.Images{Inputs: stored.Samples{Alpha: &no}, Targets: stored.Samples{Alpha: &no}}}, Options{},
			FileOptions{}, map[string]*imgio.Picture{"a.tif": bands}},
		"range":      {stored.Config{Network: near(), Images: stored.Images{Inputs: signed, Targets: signed}}, Options{}, FileOptions{}, map[string]*imgio.Picture{"ct.tif": ct}},
		"background": {stored.Config{Network: near()}, Options{Background: "#204080"}, FileOptions{Format: "tiff"}, map[string]*imgio.Picture{"b.png": clear}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, whole, tiles := t.TempDir(), t.TempDir(), t.TempDir()
			for file, p := range c.inputs {
				put(t, filepath.Join(in, file), p)
			}
			files(t, of(t, c.model, c.options), whole, c.files, in)
			c.options.Tile, c.options.Overlap = 64, 32
			files(t, of(t, c.model, c.options), tiles, c.files, in)
			names := tree(t, whole)
			if len(names) != len(c.inputs) || strings.Join(names, " ") != strings.Join(tree(t, tiles), " ") {
				t.Fatalf("%v and %v", names, tree(t, tiles))
			}
			for _, file := range names {
				want, _, err := imgio.Read(filepath.Join(whole, file), imgio.ReadOptions{})
				got, _, failed := imgio.Read(filepath.Join(tiles, file), imgio.ReadOptions{})
				if err != nil || failed != nil {
					t.Fatal(err, failed)
				}
				if worst := steps(t, want, got); worst > 1.01 { // a value between two steps can be rounded to either
					t.Errorf("%s: off by %g of 255", file, worst)
				}
			}
		})
	}
}

// TestTiledStack: channels from several folders.
func TestTiledStack(t *testing.T) {
	t.Parallel()
	c := near()
	c.InputChannels = 4
	no := false
	model := stored.Config{Network: c, Images: stored.Images{Inputs: stored.Samples{Alpha: &no}}}
	in, whole, tiles := t.TempDir(), t.TempDir(), t.TempDir()
	put(t, filepath.Join(in, "1", "a.png"), slope(130, 100, 3))
	put(t, filepath.Join(in, "2", "a.tif"), slope(130, 100, 1))
	inputs := []string{filepath.Join(in, "1"), filepath.Join(in, "2")}
	files(t, of(t, model, Options{}), whole, FileOptions{Stack: true}, inputs...)
	files(t, of(t, model, Options{Tile: 64}), tiles, FileOptions{Stack: true}, inputs...)
	want, _, err := imgio.Read(filepath.Join(whole, "a.png"), imgio.ReadOptions{})
	got, _, failed := imgio.Read(filepath.Join(tiles, "a.png"), imgio.ReadOptions{})
	if err != nil || failed != nil || steps(t, want, got) > 1.01 {
		t.Errorf("%v, %v", err, failed)
	}
}

// TestTiledPicture: the same for pictures in memory, their classes among them.
func TestTiledPicture(t *testing.T) {
	t.Parallel()
	p := slope(150, 111, 3)
	want, err := random(t, near(), Options{Seed: 9}).Picture(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := random(t, near(), Options{Seed: 9, Tile: 64}).Picture(t.Context(), p)
	if err != nil || steps(t, want, got) > 0.01 {
		t.Errorf("off by %g of 255, %v", steps(t, want, got), err)
	}
	c := near()
	c.Objective, c.OutputChannels = pix2pix.ClassEntropy.Alone(), 3
	model := stored.Config{Network: c, Labels: &palette.Labels{Classes: []palette.Class{{Colour: [3]uint8{255, 0, 0}}, {Colour: [3]uint8{0, 255, 0}}, {Colour: [3]uint8{0, 0, 255}}}}}
	in, whole, tiles := t.TempDir(), t.TempDir(), t.TempDir()
	put(t, filepath.Join(in, "a.png"), p)
	files(t, of(t, model, Options{}), whole, FileOptions{}, in)
	files(t, of(t, model, Options{Tile: 64}), tiles, FileOptions{}, in)
	a, _, err := imgio.Read(filepath.Join(whole, "a.png"), imgio.ReadOptions{})
	b, _, failed := imgio.Read(filepath.Join(tiles, "a.png"), imgio.ReadOptions{})
	if err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	differ := 0
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			differ++
		}
	}
	if differ > len(a.Pix)/1000 {
		t.Errorf("%d of %d samples are of other classes", differ, len(a.Pix))
	}
}

// TestTilesAreTold: every tile is an event, what is an approximation is said, and what
// is interrupted leaves nothing.
func TestTilesAreTold(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	put(t, filepath.Join(in, "a.png"), slope(200, 200, 3))
	put(t, filepath.Join(in, "b.png"), slope(90, 200, 3))
	deep := random(t, tiny(), Options{Tile: 96})
	tiles, warned := map[string]int{}, 0
	if _, err := deep.Files(t.Context(), []string{in}, out, FileOptions{}, func(e Event) {
		if e.Tiles == 0 {
			warned += len(e.Warnings)
			return
		}
		if e.Pass < 1 || e.Pass > e.Passes || e.Tile < 1 || e.Tile > e.Tiles || e.Total != 2 {
			t.Errorf("%+v", e)
		}
		tiles[filepath.Base(e.Input)]++
	}); err != nil {
		t.Fatal(err)
	}
	const passes, windows, fewer = 8, 9, 3 // seven norms; 224×224 and 96×224 padded
	if tiles["a.png"] != passes*windows || tiles["b.png"] != passes*fewer || warned != 2 {
		t.Errorf("%v, %d warnings", tiles, warned)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := deep.Files(ctx, []string{in}, filepath.Join(t.TempDir(), "other"), FileOptions{}, func(e Event) {
		if e.Pass == passes && e.Tile == 5 {
			cancel()
		}
		if e.Tiles == 0 {
			if left, _ := os.ReadDir(filepath.Dir(e.Output)); len(left) > 0 || !errors.Is(e.Err, context.Canceled) {
				t.Errorf("left: %v; %v", left, e.Err)
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestTileIsOffered where a picture does not fit, with a number that does.
func TestTileIsOffered(t *testing.T) {
	t.Parallel()
	const limit = 24 << 20
	p := slope(1600, 1200, 3)
	_, err := random(t, near(), Options{MaxMemory: limit}).Picture(t.Context(), p)
	var large *MemoryError
	if !errors.As(err, &large) || large.Tile == 0 || !strings.Contains(hint.Of(err, hint.Keys{}), `or translate it in tiles with "tile": "`) {
		t.Fatalf("%v; %s", err, hint.Of(err, hint.Keys{}))
	}
	if _, err := random(t, near(), Options{MaxMemory: limit, Tile: large.Tile}).Picture(t.Context(), p); err != nil {
		t.Error(err)
	}
	_, err = random(t, near(), Options{MaxMemory: limit, Tile: 1024}).Picture(t.Context(), p)
	if !errors.As(err, &large) || large.Tile == 0 || large.Tile >= 1024 {
		t.Errorf("tiles that are too large: %v", err)
	}
	in := t.TempDir()
	put(t, filepath.Join(in, "a.png"), slope(300, 200, 3))
	tr := random(t, near(), Options{})
	if _, err := tr.Files(t.Context(), []string{in}, t.TempDir(), FileOptions{Read: imgio.ReadOptions{MaxSamples: 1000}}, func(e Event) {
		if e.Err == nil || !strings.Contains(hint.Of(e.Err, hint.Keys{}), `translate it in tiles with "tile": "`) {
			t.Errorf("a file that is too large: %v; %q", e.Err, hint.Of(e.Err, hint.Keys{}))
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := (Options{Overlap: 3}).Validate(); err == nil {
		t.Error("an overlap without tiles")
	}
	if _, err := random(t, near(), Options{Tile: 64}).Files(t.Context(), []string{in}, t.TempDir(), FileOptions{Format: "jpeg"}, nil); err == nil || !strings.Contains(err.Error(), "JPEG pictures cannot be written in strips") {
		t.Errorf("JPEG in strips: %v", err)
	}
}
