package stylize_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/work/stylize"
)

// folder has a content picture, two styles, masks and weights of a small
// network.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	save := func(name string, p *imgio.Picture) {
		if err := imgio.Write(filepath.Join(dir, name), p); err != nil {
			t.Fatal(err)
		}
	}
	save("content.png", waves(60, 44, 3, 1))
	save("style.png", waves(40, 70, 3, 2))
	save("other.png", waves(33, 33, 3, 3))
	deep := waves(60, 44, 3, 1)
	deep.Depth = 16
	save("deep.png", deep)
	save("alpha.png", withAlpha(waves(60, 44, 3, 1)))
	left, right := imgio.New(60, 44, 1), imgio.New(60, 44, 1)
	for i := range left.Pix {
		if i%60 < 30 {
			left.Pix[i] = 1
		} else {
			right.Pix[i] = 1
		}
	}
	save("left.png", left)
	save("right.png", right)
	save("black.png", imgio.New(60, 44, 1))
	save("square.png", imgio.New(44, 44, 1))
	save("tiny.png", waves(1, 1, 3, 1))
	save("thin.png", waves(900, 2, 3, 1))
	save("clear.png", imgio.New(60, 44, 4))
	if err := os.WriteFile(filepath.Join(dir, "broken.png"), []byte("\x89PNG\r\n\x1a\nnothing"), 0o666); err != nil {
		t.Fatal(err)
	}
	w := vgg.Random(12, 3)
	if err := weights.Write(filepath.Join(dir, "vgg.safetensors"), w, weights.About{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func waves(width, height, channels int, seed float64) *imgio.Picture {
	p := imgio.New(width, height, channels)
	for i := range p.Pix {
		x, y, c := float64(i/channels%width), float64(i/channels/width), float64(i%channels)
		p.Pix[i] = float32(0.5 + 0.4*math.Sin(x/(2+seed)+seed*c)*math.Cos(y/(5-seed)))
	}
	return p
}

// withAlpha makes the left of a picture invisible and the middle half visible.
func withAlpha(p *imgio.Picture) *imgio.Picture {
	alpha := imgio.New(p.Width, p.Height, 1)
	for i := range alpha.Pix {
		alpha.Pix[i] = float32(i%p.Width/20) / 2
	}
	q, err := imgio.Concat(p, alpha)
	if err != nil {
		panic(err)
	}
	return q
}

// options are a short run of two stages.
func options(t testing.TB, dir string) stylize.Options {
	t.Helper()
	o, err := stylize.Preset("easel")
	if err != nil {
		t.Fatal(err)
	}
	o.Content = filepath.Join(dir, "content.png")
	o.Styles = []stylize.Style{{Path: filepath.Join(dir, "style.png"), Weight: 1}}
	o.Out, o.Weights = filepath.Join(t.TempDir(), "out.png"), filepath.Join(dir, "vgg.safetensors")
	o.Size, o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = 128, 64, 2, 7, 5
	o.Threads = 2
	o.Objective.VariationWeight = 0 // of a few pixels it is more than all else
	return o
}

func run(t testing.TB, o stylize.Options) *imgio.Picture {
	t.Helper()
	p, _, err := stylize.Run(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRun(t *testing.T) {
	t.Parallel()
	o := options(t, folder(t))
	o.SaveEvery = 6
	var plan *stylize.Plan
	var first, last float64
	var kinds []string
	p, result, err := stylize.Run(context.Background(), o, func(i stylize.Event) {
		switch i.Kind {
		case stylize.Planned:
			plan = i.Plan
		case stylize.Iterated:
			if last = i.Losses.Total; i.Done == 8 {
				first = last
			}
			if !near.Within(i.Losses.Content+i.Losses.Style+i.Losses.Variation-i.Losses.Total, 1e-9*i.Losses.Total) {
				t.Errorf("parts do not add up: %+v", i.Losses)
			}
		}
		if len(kinds) == 0 || kinds[len(kinds)-1] != string(i.Kind) {
			kinds = append(kinds, string(i.Kind))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(kinds, " "); got != "plan stage iteration picture iteration stage iteration picture end" {
		t.Errorf("events %s", got)
	}
	if len(plan.Stages) != 2 || plan.Stages[0].Width != 64 || plan.Stages[0].Height != 47 || plan.Stages[1].Width != 128 || plan.Stages[1].Height != 94 {
		t.Errorf("stages %+v", plan.Stages)
	}
	if !(last < first) || result.Iterations != 12 || result.Losses.Total > last {
		t.Errorf("loss from %g to %g, result %+v", first, last, result)
	}
	if p.Width != 128 || p.Height != 94 || p.Channels != 3 || p.Depth != 8 {
		t.Errorf("result of %d×%d×%d, %d bits", p.Width, p.Height, p.Channels, p.Depth)
	}
	if got := read(t, o.Out); !slices.Equal(got.Pix, imgio.Quantise(p).Pix) {
		t.Error("the file is another picture")
	}
	if file, err := os.ReadFile(o.Out); err != nil || !bytes.Contains(file, []byte(stylize.MadeBy+"\x00\x00\x00\x00\x00{\"content\":\""+filepath.Base(o.Content)+"\"")) {
		t.Errorf("the file does not say what made it: %v", err)
	}
	if names := list(t, filepath.Dir(o.Out)); names != "out-00006.png out-00012.png out.png" {
		t.Errorf("files %s", names)
	}
}

func read(t testing.TB, path string) *imgio.Picture {
	t.Helper()
	p, _, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func list(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// The same bits for the same seed at any number of threads; others for another
// seed, where noise is what it begins with.
func TestThreadsAndSeeds(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Init = stylize.FromNoise
	want := run(t, o).Pix
	o.Threads, o.Out = 3, ""
	if !slices.Equal(run(t, o).Pix, want) {
		t.Error("3 threads make another picture than 2")
	}
	o.Seed = 1
	if slices.Equal(run(t, o).Pix, want) {
		t.Error("two seeds make one picture")
	}
}

// A run that is interrupted, in any stage, with either optimiser, and resumed
// has the bits of one that was not.
func TestResume(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, optimizer := range []string{stylize.LBFGS, stylize.Adam} {
		for _, at := range []int{3, 7, 9} {
			o := options(t, dir)
			o.Optimizer, o.AverageDecay, o.Init = optimizer, 0.9, stylize.FromNoise
			want := run(t, o).Pix
			o.Force = true
			ctx, cancel := context.WithCancel(context.Background())
			_, _, err := stylize.Run(ctx, o, func(i stylize.Event) {
				if i.Kind == stylize.Iterated && i.Done == at {
					cancel()
				}
			})
			if !errors.Is(err, stylize.ErrInterrupted) {
				t.Fatalf("%s at %d: %v", optimizer, at, err)
			}
			read(t, o.Out) // the picture so far is there
			checkpoint := strings.TrimSuffix(o.Out, ".png") + ".checkpoint.safetensors"
			p, result, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: checkpoint}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Pix, want) || result.Iterations != 12 {
				t.Errorf("%s, interrupted at %d: other bits after %d iterations", optimizer, at, result.Iterations)
			}
			if names := list(t, filepath.Dir(o.Out)); names != "out.png" {
				t.Errorf("files %s", names)
			}
			cancel()
		}
	}
}

// A checkpoint does not go on with other pictures.
func TestResumeRefuses(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.CheckpointEvery = 4
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, _, err := stylize.Run(ctx, o, func(i stylize.Event) {
		if i.Kind == stylize.Saved {
			cancel()
		}
	})
	if !errors.Is(err, stylize.ErrInterrupted) {
		t.Fatal(err)
	}
	checkpoint := strings.TrimSuffix(o.Out, ".png") + ".checkpoint.safetensors"
	if err := imgio.Write(o.Styles[0].Path, waves(40, 70, 3, 2.5)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: checkpoint}, nil); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("another style picture: %v", err)
	}
	if _, _, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: o.Weights}, nil); err == nil || !strings.Contains(err.Error(), "not a checkpoint") {
		t.Errorf("weights as a checkpoint: %v", err)
	}
}

// With little memory the picture is cut into tiles, and is the same but for
// rounding; with too little the run is refused before it starts.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Size, o.MinSize, o.Out, o.FinalIterations = 512, 512, "", 3
	o.History = 3
	o.Content = filepath.Join(dir, "tall.png")
	if err := imgio.Write(o.Content, waves(100, 512, 3, 1)); err != nil {
		t.Fatal(err)
	}
	plan := func(limit int64) (*stylize.Plan, *imgio.Picture, error) {
		q, kept := o, (*stylize.Plan)(nil)
		q.MaxMemory = limit
		p, _, err := stylize.Run(context.Background(), q, func(i stylize.Event) {
			if i.Kind == stylize.Planned {
				kept = i.Plan
			}
		})
		return kept, p, err
	}
	whole, want, err := plan(0)
	if err != nil {
		t.Fatal(err)
	}
	tiled, got, err := plan(whole.Memory * 98 / 100)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Stages[0].Tiles != style.Whole() || tiled.Stages[0].Tiles == style.Whole() || tiled.Memory >= whole.Memory {
		t.Errorf("%+v and %+v", whole, tiled)
	}
	far := 0.0
	for i := range want.Pix {
		far = max(far, math.Abs(float64(want.Pix[i]-got.Pix[i])))
	}
	if !near.Within(far, 0.01) {
		t.Errorf("in tiles a sample differs by %g", far)
	}
	var memory *stylize.MemoryError
	if _, _, err := plan(1 << 20); !errors.As(err, &memory) || memory.Needed <= 1<<20 {
		t.Errorf("a limit of a megabyte: %v", err)
	}
}

// With the content's detail, an enlarged picture begins nearer to the content.
func TestDetail(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	fine := filepath.Join(dir, "fine.png")
	if err := imgio.Write(fine, waves(96, 80, 3, -1.5)); err != nil {
		t.Fatal(err)
	}
	contents := map[bool]float64{}
	for _, detail := range []bool{true, false} {
		o := options(t, dir)
		o.Content, o.Size, o.MinSize, o.Out, o.Detail = fine, 96, 48, "", detail
		if _, _, err := stylize.Run(context.Background(), o, func(i stylize.Event) {
			if i.Kind == stylize.Iterated && i.Stage == 2 && i.Iteration == 1 {
				contents[detail] = i.Losses.Content
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !(contents[true] < 0.9*contents[false]) {
		t.Errorf("content losses with and without detail: %v", contents)
	}
}

func TestAlphaAndDepth(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Content = filepath.Join(dir, "alpha.png")
	o.Size, o.MinSize = 0, 0 // the content's own size
	p := run(t, o)
	in := read(t, o.Content)
	if p.Channels != 4 || p.Width != in.Width {
		t.Fatalf("%d channels, %d wide", p.Channels, p.Width)
	}
	changed := false
	for i := 0; i < len(p.Pix); i += 4 {
		if p.Pix[i+3] != in.Pix[i+3] {
			t.Fatalf("alpha of pixel %d is %g, was %g", i/4, p.Pix[i+3], in.Pix[i+3])
		}
		changed = changed || p.Pix[i+3] > 0 && p.Pix[i] != in.Pix[i]
	}
	if !changed {
		t.Error("nothing was stylised")
	}
	o = options(t, dir)
	o.Content = filepath.Join(dir, "deep.png")
	o.Out = strings.TrimSuffix(o.Out, "png") + "tif"
	run(t, o)
	if got := read(t, o.Out); got.Depth != 16 {
		t.Errorf("a 16-bit picture becomes one of %d bits", got.Depth)
	}
	o.Depth, o.Force = 8, true
	run(t, o)
	if got := read(t, o.Out); got.Depth != 8 {
		t.Errorf("asked for 8 bits it has %d", got.Depth)
	}
}

// Each style stays in its region.
func TestMasks(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Out = ""
	at := func(name string) string { return filepath.Join(dir, name) }
	red, blue := waves(60, 60, 3, 1), waves(60, 60, 3, 2)
	for i := 0; i < len(red.Pix); i += 3 {
		red.Pix[i+1], red.Pix[i+2], blue.Pix[i], blue.Pix[i+1] = 0, 0, 0, 0
	}
	for name, p := range map[string]*imgio.Picture{"red.png": red, "blue.png": blue} {
		if err := imgio.Write(at(name), p); err != nil {
			t.Fatal(err)
		}
	}
	o.Styles = []stylize.Style{{Path: at("red.png"), Weight: 1, Mask: at("left.png")}, {Path: at("blue.png"), Weight: 1, Mask: at("right.png")}}
	o.Iterations, o.FinalIterations, o.Objective.ContentWeight = 30, 10, 1e-3
	p := run(t, o)
	redness := func(from, to int) (sum float64) {
		for y := range p.Height {
			for x := from; x < to; x++ {
				sum += float64(p.At(x, y, 0)) - float64(p.At(x, y, 2))
			}
		}
		return sum / float64(p.Height*(to-from))
	}
	if l, r := redness(0, 50), redness(78, 128); l < r+0.2 {
		t.Errorf("red minus blue is %.2f on the left and %.2f on the right", l, r)
	}
}

// The content's colours stay, in three ways.
func TestColours(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	chroma := func(p *imgio.Picture) (a, b float64) {
		for i := 0; i < len(p.Pix); i += 3 {
			a += float64(p.Pix[i] - p.Pix[i+1])
			b += float64(p.Pix[i+2] - p.Pix[i+1])
		}
		n := float64(len(p.Pix) / 3)
		return a / n, b / n
	}
	o := options(t, dir)
	o.Out, o.Content = "", filepath.Join(dir, "warm.png")
	warm, cold := waves(60, 44, 3, 1), waves(40, 70, 3, 2)
	for i := 0; i < len(warm.Pix); i += 3 {
		warm.Pix[i], warm.Pix[i+2] = 0.5+warm.Pix[i]/2, warm.Pix[i+2]/3
	}
	for i := 0; i < len(cold.Pix); i += 3 {
		cold.Pix[i], cold.Pix[i+2] = cold.Pix[i]/3, 0.5+cold.Pix[i+2]/2
	}
	o.Styles[0].Path = filepath.Join(dir, "cold.png")
	for path, p := range map[string]*imgio.Picture{o.Content: warm, o.Styles[0].Path: cold} {
		if err := imgio.Write(path, p); err != nil {
			t.Fatal(err)
		}
	}
	a, b := chroma(warm)
	moves := map[string]float64{}
	for _, colours := range []string{stylize.LuminanceOnly, stylize.MatchCovariance, stylize.MatchedHistogram, stylize.StyleColours} {
		o.Colours = colours
		o.Iterations, o.FinalIterations = 40, 20 // enough for colours to settle
		p, q := chroma(run(t, o))
		moves[colours] = math.Hypot(p-a, q-b)
	}
	for colours, far := range moves {
		if colours != stylize.StyleColours && far > 0.8*moves[stylize.StyleColours] {
			t.Errorf("the mean colour moves by %v", moves)
		}
	}
}

// A texture has the asked-for size; two reconstructions have one part each.
func TestParts(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Content, o.Init, o.Size, o.Width, o.Height = "", stylize.FromNoise, 0, 80, 50
	if p := run(t, o); p.Width != 80 || p.Height != 50 {
		t.Errorf("a texture of %d×%d", p.Width, p.Height)
	}
	o = options(t, dir)
	o.Objective.StyleWeight, o.Styles, o.Init = 0, nil, stylize.FromNoise
	o.Objective.Content = []stylize.LayerWeight{{Layer: "relu1_2", Weight: 1}}
	o.Iterations, o.FinalIterations = 40, 20
	p, result, err := stylize.Run(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if result.Losses.Style != 0 || result.Losses.Content != result.Losses.Total {
		t.Errorf("losses %+v", result.Losses)
	}
	want := imgio.Resize(read(t, o.Content), p.Width, p.Height, imgio.Lanczos)
	far, grey := 0.0, 0.0
	for i, v := range want.Pix {
		far += math.Abs(float64(v - p.Pix[i]))
		grey += math.Abs(float64(v - 0.5))
	}
	if far > 0.6*grey {
		t.Errorf("reconstructed from relu1_2 the picture is %.2f of grey's distance away", far/grey)
	}
}

// Everything that is wrong is told before any work, by name.
func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	cases := map[string]func(o *stylize.Options){
		"nothing.png":               func(o *stylize.Options) { o.Content = at("nothing.png") },
		"broken.png":                func(o *stylize.Options) { o.Content = at("broken.png") },
		"at least 16":               func(o *stylize.Options) { o.Size = 15 },
		"tiny.png":                  func(o *stylize.Options) { o.Styles[0].Path = at("tiny.png") },
		"thin.png":                  func(o *stylize.Options) { o.Styles[0].Path = at("thin.png") },
		"1×1":                       func(o *stylize.Options) { o.Content, o.Size = at("tiny.png"), 0 },
		"transparent":               func(o *stylize.Options) { o.Content = at("clear.png") },
		"side can have at most":     func(o *stylize.Options) { o.Content, o.Size, o.SizeMode = at("thin.png"), 9000, stylize.ShortSide },
		`no layer "relu9_9"`:        func(o *stylize.Options) { o.Objective.Content[0].Layer = "relu9_9" },
		"weights":                   func(o *stylize.Options) { o.Weights = at("content.png") },
		"open weights":              func(o *stylize.Options) { o.Weights = at("none.safetensors") },
		"weights_kind is \"keras\"": func(o *stylize.Options) { o.WeightsKind = "keras" },
		"black everywhere":          func(o *stylize.Options) { o.Styles[0].Mask = at("black.png") },
		"shapes differ":             func(o *stylize.Options) { o.Styles[0].Mask = at("square.png") },
		"initial picture":           func(o *stylize.Options) { o.Init = "contents" },
		".gif":                      func(o *stylize.Options) { o.Out = at("out.gif") },
		"16 bits":                   func(o *stylize.Options) { o.Content, o.Out = at("deep.png"), at("out.webp") },
		"folder of the result":      func(o *stylize.Options) { o.Out = at("content.png/out.png") },
		"already exists":            func(o *stylize.Options) { o.Out = at("deep.png") },
		"transparency":              func(o *stylize.Options) { o.Content, o.Out = at("alpha.png"), at("out.jpg") },
		"neither a content nor":     func(o *stylize.Options) { o.Content, o.Styles = "", nil },
		"no style picture":          func(o *stylize.Options) { o.Styles = nil },
		"needs a width":             func(o *stylize.Options) { o.Content, o.Init = "", stylize.FromNoise },
		"no content picture to":     func(o *stylize.Options) { o.Content, o.Width, o.Height = "", 64, 64 },
		"iterations is 0":           func(o *stylize.Options) { o.Iterations = 0 },
		"size is -1":                func(o *stylize.Options) { o.Size = -1 },
		"weight of style":           func(o *stylize.Options) { o.Styles[0].Weight = math.NaN() },
		"content_weight is NaN":     func(o *stylize.Options) { o.Objective.ContentWeight = math.NaN() },
		`pooling is "median"`:       func(o *stylize.Options) { o.Pooling = "median" },
		`optimizer is "sgd"`:        func(o *stylize.Options) { o.Optimizer = "sgd" },
		"a width and a height;":     func(o *stylize.Options) { o.Width = 9 },
		"depth is 12":               func(o *stylize.Options) { o.Depth = 12 },
		"scale_step is 1.01":        func(o *stylize.Options) { o.ScaleStep = 1.01 },
	}
	before := list(t, dir)
	for want, change := range cases {
		o := options(t, dir)
		o.Objective.Content = slices.Clone(o.Objective.Content)
		change(&o)
		_, _, err := stylize.Run(context.Background(), o, func(i stylize.Event) {
			if i.Kind == stylize.Iterated {
				t.Errorf("%q: it begins to work", want)
			}
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
	if after := list(t, dir); after != before {
		t.Errorf("left behind: %s", after)
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range stylize.Presets() {
		o, err := stylize.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		o.Content, o.Styles = "a", []stylize.Style{{Path: "b", Weight: 1}}
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	paper, _ := stylize.Preset("paper")
	if paper.Objective.Variation != style.NoVariation || paper.PoolScale != 1 || paper.Pooling != vgg.AveragePooling || paper.Init != stylize.FromNoise || paper.ScaleStep != 0 {
		t.Errorf("the paper's: %+v", paper)
	}
	if _, err := stylize.Preset("gram"); err == nil {
		t.Error("an unknown preset passes")
	}
}
