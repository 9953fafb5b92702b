package style_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

func processor(t testing.TB, threads int) *cpu.Device {
	t.Helper()
	d, err := cpu.New(cpu.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// network is a small random VGG-19.
func network(t testing.TB, d device.Device, width int, c vgg.Config) *style.Network {
	t.Helper()
	n, err := style.NewNetwork(d, c, vgg.Random(width, 5))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func picture(height, width int, seed uint64) style.Picture {
	r := rand.New(rand.NewPCG(seed, 1))
	p := style.Picture{Height: height, Width: width, Pixels: make([]float32, height*width*3)}
	for i := range p.Pixels {
		x, y := float64(i/3%width), float64(i/3/width)
		p.Pixels[i] = float32(0.5 + 0.3*math.Sin(x/5+float64(seed))*math.Cos(y/7+float64(i%3)) + 0.1*r.NormFloat64())
	}
	return p
}

// problem compares a picture of height×width with two others, in two regions
// if masked.
func problem(t testing.TB, n *style.Network, height, width int, o style.Objective, masked bool) style.Problem {
	t.Helper()
	content, err := n.Features(picture(height, width, 1), style.Whole(), o.ContentLayers()...)
	if err != nil {
		t.Fatal(err)
	}
	p := style.Problem{Height: height, Width: width, Objective: o, Content: content}
	for i := range 2 {
		target, err := n.Moments(picture(40, 56, uint64(2+i)), nil, style.Whole(), o.StyleLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		region := style.Region{Target: target, Weight: 0.4 + 0.2*float64(i)}
		if masked {
			region.Mask = make([]float32, height*width)
			for j := range region.Mask {
				m := float32(j%width) / float32(width)
				if i == 1 {
					m = 1 - m
				}
				region.Mask[j] = m
			}
		}
		if p.Regions = append(p.Regions, region); !masked {
			break
		}
	}
	return p
}

func evaluate(t testing.TB, n *style.Network, p style.Problem, layout style.Layout, x []float32) (style.Losses, []float32) {
	t.Helper()
	e, err := n.Evaluator(p, layout)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	gradient := make([]float32, len(x))
	losses, err := e.Evaluate(x, gradient)
	if err != nil {
		t.Fatal(err)
	}
	return losses, gradient
}

func objectives() map[string]style.Objective {
	relative := style.Paper()
	relative.Formula, relative.ContentWeight = style.Relative, 0.1
	wasserstein := relative
	wasserstein.Comparison = style.Wasserstein
	return map[string]style.Objective{
		"paper": style.Paper(), "gatys": style.Gatys(), "gatys-normalised": gatysNormalised(),
		"neural-style": style.NeuralStyle(), "crowsonkb": style.Crowson(), "relative": relative, "wasserstein": wasserstein,
	}
}

func configs() []vgg.Config {
	a, b := vgg.Default(), vgg.Default()
	a.Pooling, a.PoolScale, a.Border = vgg.AveragePooling, vgg.AverageRescale, vgg.ReplicateBorder
	b.InnerBorder, b.Border, b.Ceil = vgg.ReflectBorder, vgg.ReflectBorder, true
	return []vgg.Config{vgg.Default(), a, b}
}

// Cut into tiles in any way, a picture has the losses and the gradient of the
// whole, to rounding: every formula, border and pool, with and without masks.
func TestTilesAreExact(t *testing.T) {
	t.Parallel()
	d := processor(t, 2)
	names := []string{"paper", "neural-style", "crowsonkb", "relative", "wasserstein"}
	r := rand.New(rand.NewPCG(11, 12))
	for i, c := range configs() {
		n := network(t, d, 2, c)
		for k := range 10 {
			height, width := 64+r.IntN(90), 64+r.IntN(170)
			layout := style.Layout{Rows: 1 + r.IntN(height/16), Columns: 1 + r.IntN(3)}
			layout.Joined = append(style.Joints("relu5_1"), "")[(k+i)%5]
			name := names[k%len(names)]
			p := problem(t, n, height, width, objectives()[name], r.IntN(2) == 0)
			x := picture(height, width, 9).Pixels
			losses, gradient := evaluate(t, n, p, style.Whole(), x)
			tiled, pieces := evaluate(t, n, p, layout, x)
			what := fmt.Sprintf("config %d, %s, %v tiles of %d×%d", i, name, layout, width, height)
			if !near.Within(relative(tiled.Total, losses.Total), 1e-4) {
				t.Errorf("%s: loss %g, whole %g", what, tiled.Total, losses.Total)
			}
			for layer, v := range losses.Layers {
				// A layer's part may be a small difference of large numbers.
				if !near.Within(tiled.Layers[layer]-v, 1e-3*math.Abs(v)+1e-6*losses.Total) {
					t.Errorf("%s: %s %g, whole %g", what, layer, tiled.Layers[layer], v)
				}
			}
			if far := distance(pieces, gradient); !near.Within(far, 2e-4) {
				t.Errorf("%s: gradients differ by %g", what, far)
			}
			if at, ok := seam(pieces, gradient); ok {
				t.Errorf("%s: pixel %d: %g and %g", what, at/3, pieces[at], gradient[at])
			}
		}
	}
}

// seam is a place where the difference is much larger than rounding is
// elsewhere.
func seam(a, b []float32) (int, bool) {
	scale := 0.0
	for _, v := range b {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i := range a {
		if !near.Within(float64(a[i])-float64(b[i]), 2e-3*scale) {
			return i, true
		}
	}
	return 0, false
}

func relative(a, b float64) float64 { return math.Abs(a-b) / (math.Abs(b) + 1e-12) }

// distance is ‖a − b‖/‖b‖.
func distance(a, b []float32) float64 {
	num, den := 0.0, 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		num += d * d
		den += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(num / den)
}

// Features and moments measured in tiles are the whole picture's.
func TestMeasuresInTiles(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 2), 3, vgg.Default())
	p := picture(90, 203, 4)
	layers := []string{"relu1_1", "conv3_2", "pool3", "relu5_1"}
	mask := make([]float32, 90*203)
	for i := range mask {
		mask[i] = float32(i%203) / 203
	}
	whole, err := n.Features(p, style.Whole(), layers...)
	if err != nil {
		t.Fatal(err)
	}
	for _, joined := range []string{"", "pool2", "pool3", "pool4"} {
		layout := style.Layout{Rows: 4, Columns: 2, Joined: joined}
		tiled, err := n.Features(p, layout, layers...)
		if err != nil {
			t.Fatal(err)
		}
		if len(tiled) != len(layers) {
			t.Errorf("%v: %d maps", layout, len(tiled))
		}
		for _, m := range [][]float32{nil, mask} {
			a, err := n.Moments(p, m, style.Whole(), layers...)
			if err != nil {
				t.Fatal(err)
			}
			b, err := n.Moments(p, m, layout, layers...)
			if err != nil {
				t.Fatal(err)
			}
			for _, layer := range layers {
				if d := distance(tiled[layer].Values, whole[layer].Values); !near.Within(d, 1e-6) {
					t.Errorf("%v: %s differs by %g", layout, layer, d)
				}
				for i, v := range a[layer].Second {
					if !near.Within(v-b[layer].Second[i], 1e-5*(math.Abs(v)+1e-3)) {
						t.Fatalf("%v: %s: moment %d is %g and %g", layout, layer, i, v, b[layer].Second[i])
					}
				}
			}
		}
	}
}

// A mask that is 1 everywhere is no mask.
func TestFullMask(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 2), 2, vgg.Default())
	for name, o := range objectives() {
		p := problem(t, n, 50, 61, o, false)
		x := picture(50, 61, 9).Pixels
		losses, gradient := evaluate(t, n, p, style.Whole(), x)
		p.Regions[0].Mask = make([]float32, 50*61)
		for i := range p.Regions[0].Mask {
			p.Regions[0].Mask[i] = 1
		}
		masked, other := evaluate(t, n, p, style.Whole(), x)
		if !near.Within(relative(masked.Total, losses.Total), 1e-5) || !near.Within(distance(other, gradient), 1e-4) {
			t.Errorf("%s: loss %g and %g, gradients differ by %g", name, masked.Total, losses.Total, distance(other, gradient))
		}
	}
}

// The same bits at any number of threads.
func TestThreads(t *testing.T) {
	t.Parallel()
	for name, o := range objectives() {
		var first []float32
		var loss style.Losses
		for _, threads := range []int{1, 2, 5} {
			n := network(t, processor(t, threads), 4, vgg.Default())
			for i, layout := range []style.Layout{style.Whole(), {Rows: 2, Columns: 1}} {
				p := problem(t, n, 70, 81, o, true)
				got, gradient := evaluate(t, n, p, layout, picture(70, 81, 9).Pixels)
				if i > 0 {
					continue // its own bits: compared through TestTilesAreExact
				}
				if threads == 1 {
					first, loss = gradient, got
				} else if !slices.Equal(first, gradient) || got.Total != loss.Total {
					t.Errorf("%s: %d threads give other bits", name, threads)
				}
			}
		}
	}
}

// Gram constants: each formula against its definition on the same features, as
// the reference has them.
func TestFormulas(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 2), 4, vgg.Default())
	const height, width = 32, 48
	x, layer := picture(height, width, 9), "relu2_1"
	f, err := n.Features(x, style.Whole(), layer, "relu4_2")
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.Features(picture(40, 56, 2), style.Whole(), layer)
	if err != nil {
		t.Fatal(err)
	}
	content, err := n.Features(picture(height, width, 1), style.Whole(), "relu4_2")
	if err != nil {
		t.Fatal(err)
	}
	g, a := gram(f[layer]), gram(s[layer])
	N, M := float64(f[layer].Channels), float64(f[layer].Height*f[layer].Width)
	Ms := float64(s[layer].Height * s[layer].Width)
	styleSum := func(scaleG, scaleA float64) (sum float64) {
		for i := range g {
			d := g[i]*scaleG - a[i]*scaleA
			sum += d * d
		}
		return sum
	}
	contentSum, elements := 0.0, float64(len(content["relu4_2"].Values))
	for i, v := range content["relu4_2"].Values {
		d := float64(f["relu4_2"].Values[i]) - float64(v)
		contentSum += d * d
	}
	for _, c := range []struct {
		name           string
		o              style.Objective
		content, style float64
	}{
		// The paper's eq. 1 and 4, with both pictures at the content's M.
		{"paper", style.Paper(), 1e-3 / 2 * contentSum, 0.2 / (4 * N * N * M * M) * styleSum(1, M/Ms)},
		// BasicStyleTransfer.ipynb: MSE of FFᵀ/M times 1000/N², and MSE.
		{"gatys", style.Gatys(), contentSum / elements, 1e3 / (N * N) * styleSum(1/M, 1/Ms) / (N * N)},
		{"gatys-normalised", gatysNormalised(), 1e6 * contentSum / elements, 1e9 / 5 * styleSum(1/M, 1/Ms) / (N * N)},
		// neural_style.lua: MSE of FFᵀ/(N·M) times 100, and 5·MSE.
		{"neural-style", style.NeuralStyle(), 5 * contentSum / elements, 100 * styleSum(1/(N*M), 1/(N*Ms)) / (N * N)},
	} {
		p := style.Problem{Height: height, Width: width, Objective: c.o, Content: content}
		target, err := n.Moments(picture(40, 56, 2), nil, style.Whole(), c.o.StyleLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		p.Regions = []style.Region{{Target: target, Weight: 1}}
		losses, _ := evaluate(t, n, p, style.Whole(), x.Pixels)
		if !near.Within(relative(losses.Content, c.content), 1e-4) {
			t.Errorf("%s: content %g, want %g", c.name, losses.Content, c.content)
		}
		if got := losses.Layers["style/"+layer]; !near.Within(relative(got, c.style), 1e-3) {
			t.Errorf("%s: style %g, want %g", c.name, got, c.style)
		}
	}
}

// gram is FᵀF.
func gram(m style.Map) []float64 {
	g := make([]float64, m.Channels*m.Channels)
	for p := 0; p < len(m.Values); p += m.Channels {
		for i := range m.Channels {
			for j := range m.Channels {
				g[i*m.Channels+j] += float64(m.Values[p+i]) * float64(m.Values[p+j])
			}
		}
	}
	return g
}

// gatysNormalised is the authors' released program with the network whose
// filters have mean activation 1.
func gatysNormalised() style.Objective {
	o := style.Paper()
	o.ContentWeight, o.StyleWeight, o.Formula = 1e6, 1e9, style.PerPosition
	return o
}

// Σwᵢ‖G−Aᵢ‖² and ‖G−ΣwᵢAᵢ‖² have one gradient if Σw = 1, and values that
// differ by a constant.
func TestMixOfStyles(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 2), 3, vgg.Default())
	o := gatysNormalised()
	p := problem(t, n, 40, 40, o, false)
	x := picture(40, 40, 9).Pixels
	other, err := n.Moments(picture(64, 33, 7), nil, style.Whole(), o.StyleLayers()...)
	if err != nil {
		t.Fatal(err)
	}
	first := p.Regions[0].Target
	p.Regions = []style.Region{{Target: first, Weight: 0.25}, {Target: other, Weight: 0.75}}
	_, want := evaluate(t, n, p, style.Whole(), x)
	mixed, err := style.Mix([]map[string]style.Moments{first, other}, []float64{1, 3})
	if err != nil {
		t.Fatal(err)
	}
	p.Regions = []style.Region{{Target: mixed, Weight: 1}}
	if _, got := evaluate(t, n, p, style.Whole(), x); !near.Within(distance(got, want), 1e-4) {
		t.Errorf("gradients differ by %g", distance(got, want))
	}
}

// The content and style pictures' own features have no loss: targets are
// copies that nothing has changed since.
func TestOwnFeaturesHaveNoLoss(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 2), 3, vgg.Default())
	for name, o := range objectives() {
		o.Variation = style.NoVariation
		x := picture(48, 48, 1)
		content, err := n.Features(x, style.Whole(), o.ContentLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		target, err := n.Moments(x, nil, style.Whole(), o.StyleLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		p := style.Problem{Height: 48, Width: 48, Objective: o, Content: content, Regions: []style.Region{{Target: target, Weight: 1}}}
		losses, _ := evaluate(t, n, p, style.Whole(), x.Pixels)
		other, _ := evaluate(t, n, p, style.Whole(), picture(48, 48, 2).Pixels)
		if losses.Content != 0 || !near.Within(losses.Style, 2e-3*other.Style) {
			t.Errorf("%s: content %g, style %g (another picture's is %g)", name, losses.Content, losses.Style, other.Style)
		}
	}
}

// In strips a picture takes a fraction of the memory, and what an evaluator says
// that it needs is at least what holds the features that losses read. Joined strips take
// as little with much less work.
func TestMemory(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 1), 8, vgg.Default())
	bytes := map[int]int64{}
	for _, rows := range []int{1, 4, 16} {
		taken, err := n.EvaluatorMemory(1024, 256, style.Paper(), []bool{false}, false, style.Layout{Rows: rows, Columns: 1})
		if err != nil {
			t.Fatal(err)
		}
		bytes[rows] = taken
	}
	const first = 1024 * 256 * 8 * 4 // relu1_1
	if bytes[1] < first || bytes[4] > bytes[1]*3/4 || bytes[16] > bytes[1]/2 {
		t.Errorf("bytes by rows: %v", bytes)
	}
	work := func(l style.Layout) float64 {
		w, err := n.Work(1024, 1024, l, style.Paper().Layers()...)
		if err != nil {
			t.Fatal(err)
		}
		return w / 1024 / 1024
	}
	for _, c := range []struct {
		layout      style.Layout
		bytes, work float64 // at most, relative to the whole picture's
	}{
		{style.Layout{Rows: 12, Columns: 1}, 0.34, 4.1},
		{style.Layout{Rows: 4, Columns: 1, Joined: "pool2"}, 0.42, 1.2},
		{style.Layout{Rows: 12, Columns: 1, Joined: "pool3"}, 0.32, 2},
	} {
		taken, err := n.EvaluatorMemory(1024, 1024, style.Paper(), []bool{false}, false, c.layout)
		if err != nil {
			t.Fatal(err)
		}
		all, err := n.EvaluatorMemory(1024, 1024, style.Paper(), []bool{false}, false, style.Whole())
		if err != nil {
			t.Fatal(err)
		}
		less, more := float64(taken)/float64(all), work(c.layout)/work(style.Whole())
		t.Logf("%v: %.3f of the memory, %.2f of the work", c.layout, less, more)
		if less > c.bytes || more > c.work {
			t.Errorf("%v: %.3f of the memory, %.2f of the work", c.layout, less, more)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := processor(t, 1)
	n := network(t, d, 2, vgg.Default())
	o := style.Paper()
	p := problem(t, n, 32, 32, o, false)
	change := func(f func(p *style.Problem)) style.Problem {
		q := p
		q.Regions = slices.Clone(p.Regions)
		f(&q)
		return q
	}
	for name, q := range map[string]style.Problem{
		"another size":  change(func(q *style.Problem) { q.Height = 48 }),
		"too small":     change(func(q *style.Problem) { q.Width = 15 }),
		"no style":      change(func(q *style.Problem) { q.Regions = nil }),
		"a short mask":  change(func(q *style.Problem) { q.Regions[0].Mask = []float32{1} }),
		"an empty mask": change(func(q *style.Problem) { q.Regions[0].Mask = make([]float32, 32*32) }),
		"no target":     change(func(q *style.Problem) { q.Regions[0].Target = nil }),
		"no such layer": change(func(q *style.Problem) { q.Objective.Content = []style.LayerWeight{{Layer: "relu9_9", Weight: 1}} }),
		"a layer twice": change(func(q *style.Problem) { q.Objective.Style = append(q.Objective.Style, q.Objective.Style[0]) }),
		"no formula":    change(func(q *style.Problem) { q.Objective.Formula = "mean" }),
		"negative":      change(func(q *style.Problem) { q.Objective.ContentWeight = -1 }),
		"nothing":       change(func(q *style.Problem) { q.Objective.ContentWeight, q.Objective.StyleWeight = 0, 0 }),
	} {
		if _, err := n.Evaluator(q, style.Whole()); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	for _, layout := range []style.Layout{{}, {Rows: 3, Columns: 1}, {Rows: 1, Columns: -1}} {
		if _, err := n.Evaluator(p, layout); err == nil {
			t.Errorf("%v tiles of 32×32 pass", layout)
		}
	}
	if _, err := n.Features(picture(15, 40, 1), style.Whole(), "relu5_1"); err == nil {
		t.Error("a picture below the floor passes")
	}
	shallow := vgg.Random(2, 1)
	shallow.Filters = shallow.Filters[:3]
	few, err := style.NewNetwork(processor(t, 1), vgg.Default(), shallow)
	if err != nil {
		t.Fatal(err)
	}
	if err := few.Check(64, 64, []string{"relu2_1"}); err != nil {
		t.Error(err)
	}
	if err := few.Check(64, 64, []string{"relu2_2"}); err == nil {
		t.Error("a layer beyond the weights passes")
	}
}

func TestVariation(t *testing.T) {
	t.Parallel()
	n := network(t, processor(t, 1), 1, vgg.Default())
	const h, w = 17, 19
	x := picture(h, w, 3).Pixels
	at := func(y, c int, k int) float64 { return float64(x[(min(max(y, 0), h-1)*w+min(max(c, 0), w-1))*3+k]) }
	var l1, l2, nine, weave float64
	for y := range h {
		for c := range w {
			for k := range 3 {
				dx, dy := at(y, c+1, k)-at(y, c, k), at(y+1, c, k)-at(y, c, k)
				if y < h-1 && c < w-1 {
					l1 += math.Abs(dx) + math.Abs(dy)
					l2 += dx*dx + dy*dy
				}
				nine += (dx*dx + dy*dy) * 2 / 3 / (h * w * 3)
				if y > 0 && c > 0 && y < h-1 && c < w-1 {
					var row, column float64
					for i, across := range []float64{1, 2, 1} {
						row += across * (2*at(y-1+i, c, k) - at(y-1+i, c-1, k) - at(y-1+i, c+1, k)) / 16
						column += across * (2*at(y, c-1+i, k) - at(y-1, c-1+i, k) - at(y+1, c-1+i, k)) / 16
					}
					weave += (row*row + column*column) / ((h - 2) * (w - 2) * 3)
				}
			}
		}
	}
	for y := -1; y < h; y++ { // diagonals, border included
		for c := -1; c < w; c++ {
			for k := range 3 {
				a, b := at(y+1, c+1, k)-at(y, c, k), at(y+1, c, k)-at(y, c+1, k)
				nine += (a*a + b*b) / 6 / ((h + 1) * (w + 1) * 3)
			}
		}
	}
	interior := float64((h - 1) * (w - 1) * 3)
	for kind, want := range map[style.Variation]float64{
		style.AbsoluteVariation: l1 / interior, style.SquaredVariation: l2 / interior,
		style.SummedVariation: l2 / 2 * 255 * 255, style.NinePointVariation: nine, style.WeaveVariation: weave,
	} {
		o := style.Paper()
		o.Content, o.Variation, o.VariationWeight = nil, kind, 2
		losses, _ := evaluate(t, n, problem(t, n, h, w, o, false), style.Whole(), x)
		if !near.Within(relative(losses.Variation, 2*want), 1e-4) {
			t.Errorf("%s: %g, want %g", kind, losses.Variation, 2*want)
		}
	}
}

func ExampleLayout() {
	fmt.Println(style.Layout{Rows: 3, Columns: 1})
	// Output: 3×1
}

// TestTemporal: what keeps a frame near the one before is the mean of trust·(x − before)²,
// and adds its gradient to that of the others, in tiles too.
func TestTemporal(t *testing.T) {
	t.Parallel()
	const height, width, weight = 48, 40, 3.5
	n := network(t, processor(t, 2), 3, vgg.Default())
	p := problem(t, n, height, width, style.Easel(), false)
	x, before := picture(height, width, 7).Pixels, picture(height, width, 8).Pixels
	trust := make([]float32, height*width)
	for i := range trust {
		trust[i] = float32(i%width) / width
	}
	for _, layout := range []style.Layout{style.Whole(), {Rows: 2, Columns: 1}} {
		p.Temporal = nil
		plain, gradient := evaluate(t, n, p, layout, x)
		p.Temporal = &style.Temporal{Before: before, Trust: trust, Weight: weight}
		losses, kept := evaluate(t, n, p, layout, x)
		want := 0.0
		for i := range x {
			d := float64(x[i]) - float64(before[i])
			want += weight * float64(trust[i/3]) * d * d / float64(len(x))
			slope := float32(2 * weight * float64(trust[i/3]) * d / float64(len(x)))
			if got := kept[i] - gradient[i]; !near.Within(float64(got-slope), 1e-6) {
				t.Fatalf("%v: the gradient at %d is %g, want %g", layout, i, got, slope)
			}
		}
		if !near.Within(losses.Temporal-want, 1e-5*want) || !near.Within(losses.Total-plain.Total-want, 1e-5*losses.Total) {
			t.Errorf("%v: the loss is %g, want %g; %+v", layout, losses.Temporal, want, losses)
		}
	}
	p.Temporal.Trust = trust[1:]
	if _, err := n.Evaluator(p, style.Whole()); err == nil {
		t.Error("trust of another size is taken")
	}
}
