package translate

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

func tiny() pix2pix.Config {
	c := pix2pix.Default()
	c.ImageSize, c.Width = 32, 4
	return c
}

// untrained are a network's first weights.
type untrained struct{}

func (untrained) Store(d device.Device, ps nn.Parameters, edit func(string, []float32)) error {
	for _, p := range ps {
		value := p.Initialise(3)
		if edit != nil {
			edit(p.Name, value)
		}
		if err := d.SetParameter(p.Name, p.Shape, value); err != nil {
			return err
		}
	}
	return nil
}

// random is a translator with untrained weights.
func random(t *testing.T, c pix2pix.Config, o Options) *Translator {
	t.Helper()
	return of(t, stored.Config{Network: c}, o)
}

func of(t *testing.T, c stored.Config, o Options) *Translator {
	t.Helper()
	d, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(d, c, untrained{}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tr.Close() })
	return tr
}

func noise(width, height, channels int) *imgio.Picture {
	p := imgio.New(width, height, channels)
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	for i := range p.Pix {
		p.Pix[i] = r.Float32()
	}
	return p
}

func TestAnySizeAndChannels(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	for _, size := range [][3]int{{1, 1, 3}, {31, 57, 1}, {64, 64, 4}, {150, 20, 3}, {32, 32, 3}} {
		p := noise(size[0], size[1], size[2])
		p.Depth, p.Alpha = 16, size[2] == 4
		out, err := tr.Picture(context.Background(), p)
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if out.Width != p.Width || out.Height != p.Height || out.Channels != 3 || out.Depth != 16 {
			t.Errorf("%v became %d×%d×%d of %d bits", size, out.Width, out.Height, out.Channels, out.Depth)
		}
	}
	if _, err := tr.Picture(context.Background(), noise(8, 8, 7)); err == nil {
		t.Error("seven channels were taken for three")
	}
}

// TestAlpha: a model without alpha sees what a page would show; one with a fourth
// band that is no alpha does not take RGB.
func TestAlpha(t *testing.T) {
	t.Parallel()
	clear := noise(32, 32, 4)
	clear.Alpha = true
	ground := imgio.Colour{0, 0, 1}
	onBlue, err := clear.As(imgio.Shape{Channels: 3, Background: &ground})
	if err != nil {
		t.Fatal(err)
	}
	for name, laid := range map[string]*imgio.Picture{"": clear.OnWhite(), "#0000ff": onBlue} {
		tr := random(t, tiny(), Options{Background: name})
		if !cmp.Equal(translate(t, tr, clear), translate(t, tr, laid)) {
			t.Errorf("background %q is not what was seen", name)
		}
	}
	c := tiny()
	c.InputChannels, c.OutputChannels = 4, 4
	if out, err := random(t, c, Options{}).Picture(t.Context(), noise(32, 32, 3)); err != nil || !out.Alpha {
		t.Errorf("four channels of an older model are not RGB and alpha: %v", err)
	}
	no := false
	bands := of(t, stored.Config{Network: c, Images: stored.Images{Inputs: stored.Samples{Alpha: &no}, Targets: stored.Samples{Alpha: &no}}}, Options{})
	if _, err := bands.Picture(t.Context(), noise(32, 32, 3)); err == nil || !strings.Contains(err.Error(), "RGB, expected 4 bands") {
		t.Errorf("RGB was taken for four bands: %v", err)
	}
	if out, err := bands.Picture(t.Context(), noise(32, 32, 4)); err != nil || out.Alpha || bands.format("", nil) != imgio.TIFF {
		t.Errorf("four bands: %v", err)
	}
	if err := (Options{Background: "mauve-ish"}).Validate(); err == nil {
		t.Error("a colour that is none")
	}
}

func translate(t *testing.T, tr *Translator, p *imgio.Picture) []float32 {
	t.Helper()
	out, err := tr.Picture(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return out.Pix
}

func TestSeedDecides(t *testing.T) {
	t.Parallel()
	p := noise(32, 32, 3)
	a, b := random(t, tiny(), Options{Seed: 1}), random(t, tiny(), Options{Seed: 2})
	first := translate(t, a, p)
	translate(t, a, noise(64, 32, 3)) // what comes between changes nothing
	if !cmp.Equal(first, translate(t, a, p)) {
		t.Error("the same command gave two pictures")
	}
	if cmp.Equal(first, translate(t, b, p)) {
		t.Error("two seeds gave one picture: there is no noise")
	}
	quiet := random(t, tiny(), Options{Seed: 1, NoNoise: true})
	other := random(t, tiny(), Options{Seed: 2, NoNoise: true})
	if !cmp.Equal(translate(t, quiet, p), translate(t, other, p)) {
		t.Error("without noise the seed still matters")
	}
}

func TestUntrainedTapsMatterOnLargerPicturesOnly(t *testing.T) {
	t.Parallel()
	cleared, kept := random(t, tiny(), Options{}), random(t, tiny(), Options{KeepUntrained: true})
	if !cmp.Equal(translate(t, cleared, noise(32, 32, 3)), translate(t, kept, noise(32, 32, 3))) {
		t.Error("clearing taps that see padding only changed a picture of the training size")
	}
	if cmp.Equal(translate(t, cleared, noise(64, 64, 3)), translate(t, kept, noise(64, 64, 3))) {
		t.Error("untrained taps have no effect at twice the size")
	}
}

func TestMemoryLimitSaysWhatFits(t *testing.T) {
	t.Parallel()
	probe := random(t, tiny(), Options{})
	g, _, err := probe.form.build(shape{64, 64, false, false})
	if err != nil {
		t.Fatal(err)
	}
	needed, err := probe.device.Estimate(g)
	if err != nil {
		t.Fatal(err)
	}
	program, err := probe.device.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	if program.Memory() != needed {
		t.Errorf("estimated %d bytes, took %d", needed, program.Memory())
	}
	tr := random(t, tiny(), Options{MaxMemory: needed})
	translate(t, tr, noise(64, 64, 3))
	var tooMuch *MemoryError
	if _, err := tr.Picture(context.Background(), noise(320, 320, 3)); !errors.As(err, &tooMuch) {
		t.Fatalf("error %v", err)
	}
	if tooMuch.FitWidth != 64 || tooMuch.FitHeight != 64 || !strings.Contains(tooMuch.Hint(), "64×64") {
		t.Errorf("fits %d×%d: %s", tooMuch.FitWidth, tooMuch.FitHeight, tooMuch.Hint())
	}
}

// TestMemoryErrorTellsSizes: in units that fit them.
func TestMemoryErrorTellsSizes(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*MemoryError{
		"needs 29.4 MB of memory, the limit is 10.0 kB": {Needed: 29_440_000, Allowed: 10_000},
		"needs 4.13 GB of memory, the limit is 4.00 GB": {Needed: 4_130_000_000, Allowed: 4_000_000_000},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e.Error(), want)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	sizes := []int{32, 64, 40, 96}
	var want [][]float32
	for _, s := range sizes {
		want = append(want, translate(t, tr, noise(s, 32, 3)))
	}
	var wg sync.WaitGroup
	for i, s := range sizes {
		wg.Go(func() {
			if !cmp.Equal(translate(t, tr, noise(s, 32, 3)), want[i]) {
				t.Errorf("width %d: another picture when used concurrently", s)
			}
		})
	}
	wg.Wait()
}

func TestFilesGoOnAfterAFailure(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for _, name := range []string{"9.png", "10.png"} {
		if err := imgio.Write(filepath.Join(in, name), noise(20, 20, 3)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(in, "9a.png"), []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	tr := random(t, tiny(), Options{})
	var seen []string
	notify := func(p Event) {
		seen = append(seen, filepath.Base(p.Input))
		if (p.Err != nil) != (filepath.Base(p.Input) == "9a.png") {
			t.Errorf("%s: %v", p.Input, p.Err)
		}
	}
	r, err := tr.Files(context.Background(), []string{in}, out, FileOptions{}, notify)
	if err != nil || r != (Result{Translated: 2, Failed: 1}) {
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"9.png", "9a.png", "10.png"}, seen); diff != "" {
		t.Error(diff)
	}
	r, err = tr.Files(context.Background(), []string{in}, out, FileOptions{}, func(p Event) {
		if filepath.Base(p.Input) != "9a.png" && !errors.Is(p.Err, fs.ErrExist) {
			t.Errorf("%s was overwritten: %v", p.Output, p.Err)
		}
	})
	if err != nil || r.Failed != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := tr.Files(context.Background(), []string{t.TempDir()}, out, FileOptions{}, notify); err == nil {
		t.Error("an empty folder is no error")
	}
}

// TestFullDisk: the first picture for which there is no room ends the work.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	heard := 0
	do := func(_ job, p *Event) error {
		switch p.Input {
		case "broken":
			return errors.New("broken")
		case "large":
			return &os.PathError{Op: "write", Path: p.Output, Err: syscall.ENOSPC}
		}
		return nil
	}
	var jobs []job
	for _, name := range []string{"small", "broken", "large", "next"} {
		jobs = append(jobs, job{inputs: []string{name}})
	}
	r, err := each(t.Context(), jobs, do, func(Event) { heard++ })
	var full *atomicfile.NoSpaceError
	if !errors.As(err, &full) || full.Hint() == "" {
		t.Fatalf("error %v", err)
	}
	if want := (Result{Translated: 1, Failed: 2}); r != want || heard != 3 {
		t.Errorf("%+v, heard of %d", r, heard)
	}
}

// TestClosed: an error, not a panic, for pictures of sizes known and new.
func TestClosed(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	translate(t, tr, noise(32, 32, 3))
	for range 2 {
		if err := tr.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []int{32, 64} {
		if _, err := tr.Picture(t.Context(), noise(size, size, 3)); !errors.Is(err, ErrClosed) {
			t.Errorf("%d×%d: %v", size, size, err)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	tr := random(t, tiny(), Options{})
	var in, out bytes.Buffer
	if err := imgio.Encode(&in, imgio.PNG, noise(40, 20, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Stream(context.Background(), &in, &out, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	p, _, err := imgio.Decode(&out, "out", imgio.ReadOptions{})
	if err != nil || p.Width != 40 || p.Height != 20 {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := tr.Stream(context.Background(), strings.NewReader("nothing"), &out, FileOptions{}); err == nil {
		t.Error("text was translated")
	}
}

// missing has no weights.
type missing struct{}

func (missing) Store(device.Device, nn.Parameters, func(string, []float32)) error {
	return errors.New("no weights generator/encoder1/kernel")
}

func TestMissingWeightsAreRefused(t *testing.T) {
	t.Parallel()
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(d, stored.Config{Network: tiny()}, missing{}, Options{}); err == nil || !strings.Contains(err.Error(), "generator/encoder1/kernel") {
		t.Errorf("error %v", err)
	}
}
