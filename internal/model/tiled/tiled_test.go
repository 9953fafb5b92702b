package tiled

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
)

// resnet is a network that sees little: 7×7, one halving, a block, 7×7.
func resnet() pix2pix.Config {
	c := pix2pix.Default()
	c.Generator, c.Blocks, c.Downsamplings, c.Width, c.ImageSize = pix2pix.ResNet, 1, 1, 4, 32
	c.Norm, c.Dropout = pix2pix.NormInstance, pix2pix.DropoutPaper
	return c
}

// unet is one of five levels, with dropout and z.
func unet() pix2pix.Config {
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.NoiseChannels = 32, 4, 1
	return c
}

// drawn is a picture whose parts differ, so that statistics of one window are not
// the whole's.
func drawn(height, width, channels int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	p := make([]float32, height*width*channels)
	for y := range height {
		for x := range width {
			for c := range channels {
				wave := math.Sin(float64(x)/17+float64(c)) * math.Cos(float64(y)/(23+float64(x)/40))
				slope := float64(x)/float64(width) - float64(y)/float64(height)
				p[(y*width+x)*channels+c] = float32(0.4*wave+0.5*slope) + 0.1*(r.Float32()-0.5)
			}
		}
	}
	return p
}

func network(c pix2pix.Config) Network {
	return Network{Multiple: c.Multiple(), Seed: 7, Build: func(height, width int) (*graph.Graph, error) {
		n, err := pix2pix.Inference(c, 1, height, width, pix2pix.InferenceOptions{})
		if err != nil {
			return nil, err
		}
		return n.Graph, nil
	}}
}

func loaded(t testing.TB, c pix2pix.Config) device.Device {
	return loadedOn(t, c, cpu.Options{Threads: 2})
}

func loadedOn(t testing.TB, c pix2pix.Config, o cpu.Options) device.Device {
	t.Helper()
	d, err := cpu.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	n, err := pix2pix.Inference(c, 1, 2*c.Multiple(), 2*c.Multiple(), pix2pix.InferenceOptions{})
	if c.Generator == pix2pix.ResNet {
		n, err = pix2pix.Inference(c, 1, 32, 32, pix2pix.InferenceOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range n.Parameters {
		if err := d.SetParameter(p.Name, p.Shape, p.Initialise(3)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// whole is what the network makes of the picture at once.
func whole(t testing.TB, d device.Device, n Network, a []float32, height, width int) []float32 {
	t.Helper()
	g, err := n.Build(height, width)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	copy(p.Input("a"), a)
	key := graph.Key(n.Seed, 0)
	copy(p.Input("key"), key[:])
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(p.Output("fake"))
}

type memory struct {
	values []float32
	stride int
}

func (m *memory) Open() (Rows, error) { return &reading{m.values, m.stride}, nil }

type reading struct {
	rest   []float32
	stride int
}

func (r *reading) Next(dst []float32) error {
	r.rest = r.rest[copy(dst, r.rest[:r.stride]):]
	return nil
}

func (r *reading) Close() error { return nil }

// tiles runs the network in tiles.
func tiles(t testing.TB, d device.Device, n Network, p *Plan, a []float32, notify func(Progress)) []float32 {
	t.Helper()
	var out []float32
	err := n.Run(context.Background(), d, p, &memory{a, len(a) / p.Height}, func(rows []float32, _ int) error {
		out = append(out, rows...)
		return nil
	}, notify)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func farthest(t testing.TB, a, b []float32) (worst float64) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%d numbers and %d", len(a), len(b))
	}
	for i := range a {
		d := math.Abs(float64(a[i]) - float64(b[i]))
		if !(d <= worst) {
			worst = d
		}
	}
	return worst
}

// TestTilesAreTheWhole: where what the network sees fits the overlap, tiles give
// what the whole picture does, with norms over the picture, dropout and z. With the
// statistics of each tile they would not.
func TestTilesAreTheWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config                         pix2pix.Config
		height, width, window, overlap int
	}{
		"resnet":         {resnet(), 160, 226, 96, 32},
		"one row":        {resnet(), 64, 226, 96, 0},
		"one window":     {resnet(), 64, 64, 96, 32},
		"unet":           {unet(), 416, 608, 384, 0},
		"wide overlap":   {resnet(), 98, 160, 96, 48},
		"barely covered": {resnet(), 160, 130, 64, 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, d := network(c.config), loaded(t, c.config)
			p, err := n.Plan(c.height, c.width, c.window, c.overlap)
			if err != nil {
				t.Fatal(err)
			}
			if !p.Exact() {
				t.Fatalf("%d of %d pixels of overlap are not enough", p.Overlap, 2*p.Reach)
			}
			a := drawn(c.height, c.width, 3)
			want, passes := whole(t, d, n, a, c.height, c.width), map[int]int{}
			got := tiles(t, d, n, p, a, func(o Progress) { passes[o.Pass]++ })
			if worst := farthest(t, want, got); worst > 1e-5 {
				t.Errorf("off by %g of 255", worst*127.5)
			}
			for pass, windows := range passes {
				if windows != p.Tiles() {
					t.Errorf("pass %d had %d windows of %d", pass, windows, p.Tiles())
				}
			}
			if p.Tiles() == 1 {
				return
			}
			if worst := farthest(t, want, withOwnStatistics(t, d, n, p, a)); worst < 4/127.5 {
				t.Errorf("with each tile's own statistics it is off by %g of 255 only: this test shows nothing", worst*127.5)
			}
		})
	}
}

// withOwnStatistics is what comes out if nothing is measured.
func withOwnStatistics(t testing.TB, d device.Device, n Network, p *Plan, a []float32) (out []float32) {
	t.Helper()
	g, err := n.Build(p.rows.window, p.columns.window)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.forms(g)
	if err != nil {
		t.Fatal(err)
	}
	f.norms = nil
	fake, _ := output(g)
	f.translate, err = p.form(g, nil, func(to *graph.Graph, copied map[*graph.Node]*graph.Node) { to.Output("fake", copied[fake]) })
	if err != nil {
		t.Fatal(err)
	}
	r := &run{Network: n, forms: f, ctx: t.Context(), device: d, plan: p, source: &memory{a, len(a) / p.Height}, notify: func(Progress) {}, in: newStrip(p, f.inputs)}
	if err := r.translateAll(func(rows []float32, _ int) error { out = append(out, rows...); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReach: a pixel that lies further off than the reach has no effect, and the
// reach is not far too large.
func TestReach(t *testing.T) {
	t.Parallel()
	resized, deep := unet(), resnet()
	resized.Upsample, deep.Upsample, deep.Downsamplings = pix2pix.Resize, pix2pix.Resize, 2
	for name, c := range map[string]pix2pix.Config{"resnet": resnet(), "resize": deep, "unet": unet(), "unet resize": resized} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Norm, c.Dropout, c.NoiseChannels = pix2pix.NormNone, pix2pix.DropoutOff, 0
			n, d := network(c), loadedOn(t, c, cpu.Options{Threads: 2, Direct: true}) // filtered convolutions round with their neighbours
			const side, at = 288, 146
			p, err := n.Plan(side, side, side, 0)
			if err != nil {
				t.Fatal(err)
			}
			a := drawn(side, side, 3)
			before := whole(t, d, n, a, side, side)
			a[(at*side+at)*3] += 100
			after, seen := whole(t, d, n, a, side, side), 0
			for i := range after {
				y, x := i/3/side, i/3%side
				if after[i] != before[i] {
					seen = max(seen, y-at, at-y, x-at, at-x)
				}
			}
			if seen > p.Reach || p.Reach > seen+seen/4+4 {
				t.Errorf("a pixel is seen %d pixels away, the reach is %d", seen, p.Reach)
			}
		})
	}
}

// TestAxis: every pixel is made once, every position counts once.
func TestAxis(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		multiple := 1 << rapid.IntRange(0, 5).Draw(t, "multiple")
		window := multiple * rapid.IntRange(2, 12).Draw(t, "window")
		overlap := multiple * rapid.IntRange(1, window/multiple/2).Draw(t, "overlap")
		length := multiple * rapid.IntRange(1, 60).Draw(t, "length")
		a := newAxis(length, min(window, length), overlap, multiple, rapid.IntRange(0, overlap).Draw(t, "reach"))
		mixed, owned := make([]float64, length), make([]float32, length/multiple)
		for i, start := range a.starts {
			if start%multiple != 0 || i > 0 && (a.starts[i-1]+a.window-start < overlap || start <= a.starts[i-1]) {
				t.Fatalf("windows begin at %v", a.starts)
			}
			for k, w := range a.weights(i) {
				if w < 0 {
					t.Fatalf("a weight of %g", w)
				}
				mixed[start+k] += float64(w)
			}
			total := 0
			for k, w := range a.own(i, multiple, 0) {
				owned[start/multiple+k] += w
				total += int(w)
			}
			if total != a.count(i, multiple, 0) {
				t.Fatalf("%d positions are counted as %d", total, a.count(i, multiple, 0))
			}
		}
		for i, w := range mixed {
			if math.Abs(w-1) > 1e-6 || owned[i/multiple] != 1 {
				t.Fatalf("pixel %d is made %g times, its position counts %g times (%+v)", i, w, owned[i/multiple], a)
			}
		}
	})
}

// TestMemory does not depend on the height, and hardly on more than the window.
func TestMemory(t *testing.T) {
	t.Parallel()
	n, d := network(resnet()), loaded(t, resnet())
	var needed [2]int64
	for i, height := range []int{2000, 200000} {
		p, err := n.Plan(height, 2000, 128, 0)
		if err != nil {
			t.Fatal(err)
		}
		if needed[i], err = n.Memory(d, p); err != nil {
			t.Fatal(err)
		}
	}
	if needed[0] != needed[1] || needed[0] > 64<<20 {
		t.Errorf("%d bytes, and %d for a picture a hundred times as high", needed[0], needed[1])
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	n, d := network(unet()), loaded(t, unet())
	for want, tile := range map[string][2]int{"at least 64": {63, 0}, "at most, and not by 100": {128, 100}} {
		if _, err := n.Plan(320, 320, tile[0], tile[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("tiles of %v: %v", tile, err)
		}
	}
	p, err := n.Plan(320, 320, 128, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = n.Run(ctx, d, p, &memory{drawn(320, 320, 3), 960}, nil, func(o Progress) {
		if o.Done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a run that was ended: %v", err)
	}
}
