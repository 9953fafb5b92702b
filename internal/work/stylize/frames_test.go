package stylize_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"easel/internal/data/flow"
	"easel/internal/data/metric"
	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
	"easel/internal/work/video"
)

// pan is a drawn clip that moves by the same number of pixels from frame to frame.
type pan struct{ width, height int }

const panX, panY = 1.6, 0.7 // pixels a frame

// frame draws a picture with detail of all sizes.
func (c pan) frame(k int) *imgio.Picture {
	p := imgio.New(c.width, c.height, 3)
	for i := range p.Pix {
		x, y := float64(i/3%c.width)+panX*float64(k), float64(i/3/c.width)+panY*float64(k)
		v := 0.5
		for j := range 12 {
			f := 2 * math.Pi / (6 * math.Pow(1.4, float64(j)))
			s, c := math.Sincos(2.4 * float64(j))
			v += 0.04 * math.Sin(f*(x*c+y*s)+float64(j*j)+0.3*float64(i%3))
		}
		p.Pix[i] = float32(v)
	}
	return imgio.Quantise(p)
}

// warpingError is E_warp of Lai et al. (2018, eq. 9) with the drawn motion: the mean
// squared difference of painted frames where the same is seen.
func (c pan) warpingError(painted []*imgio.Picture) float64 {
	move := flow.NewField(c.width, c.height)
	for i := range move.X {
		move.X[i], move.Y[i] = panX, panY
	}
	sum, n := 0.0, 0
	for k := 1; k < len(painted); k++ {
		before := move.Warp(painted[k-1])
		for y := range c.height - 2 {
			for i := 3 * y * c.width; i < 3*(y*c.width+c.width-3); i++ {
				d := float64(painted[k].Pix[i] - before.Pix[i])
				sum += d * d
				n++
			}
		}
	}
	return sum / float64(n)
}

// sharpness is the mean length of gradients.
func sharpness(p *imgio.Picture) float64 {
	return metric.GradientMagnitude(p.Pix, metric.Shape{Height: p.Height, Width: p.Width, Channels: p.Channels})
}

// write writes frames into a new folder.
func (c pan) write(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for k := range count {
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%02d.png", k)), c.frame(k)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// frames reads painted frames.
func frames(t *testing.T, dir string) (list []*imgio.Picture) {
	t.Helper()
	paths, err := imgio.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		list = append(list, read(t, path))
	}
	return list
}

// compare paints a clip frame by frame and as a video, and returns the quotient of the
// warping errors.
func (c pan) compare(t *testing.T, o stylize.Options, f stylize.FrameOptions, count int) float64 {
	t.Helper()
	film := video.Default()
	film.In, film.Out = c.write(t, count), filepath.Join(t.TempDir(), "out")
	var plain []*imgio.Picture
	for k := range count {
		o := o
		o.Content, o.Out = filepath.Join(film.In, fmt.Sprintf("%02d.png", k)), ""
		plain = append(plain, imgio.Quantise(run(t, o)))
	}
	losses := map[int]stylize.Losses{}
	_, err := stylize.Video(t.Context(), o, f, film, func(i stylize.Event) {
		if i.Kind == stylize.Ended {
			losses[len(losses)] = *i.Losses
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	steady := frames(t, film.Out)
	if path := os.Getenv("EASEL_FRAMES"); path != "" {
		for k := range count {
			for name, p := range map[string]*imgio.Picture{"plain": plain[k], "steady": steady[k]} {
				if err := imgio.Write(filepath.Join(path, fmt.Sprintf("%s-%02d.png", name, k)), p); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	before, after := c.warpingError(plain), c.warpingError(steady)
	t.Logf("warping error %.6f frame by frame, %.6f as a video (%.2f); sharpness %.4f and %.4f; style losses %.4g of the first frame, %.4g of the last",
		before, after, after/before, sharpness(plain[count-1]), sharpness(steady[count-1]), losses[0].Style, losses[count-1].Style)
	return after / before
}

// TestVideoWarpingError: at most half of that of pictures painted one by one.
func TestVideoWarpingError(t *testing.T) {
	t.Parallel()
	o := options(t, folder(t))
	o.Size, o.MinSize, o.Iterations, o.FinalIterations = 0, 32, 20, 15
	f := stylize.DefaultFrames()
	f.Iterations = 8
	if ratio := (pan{72, 54}).compare(t, o, f, 4); !(ratio <= 0.5) {
		t.Errorf("%.2f of the warping error are left", ratio)
	}
}

// TestVideoOfVGG measures the same with VGG-19's weights, which takes minutes.
func TestVideoOfVGG(t *testing.T) {
	t.Parallel()
	if os.Getenv("EASEL_CALIBRATE") == "" {
		t.Skip("a measurement: set EASEL_CALIBRATE=1")
	}
	data := filepath.FromSlash("../../../../shared/data")
	o, err := stylize.Preset("easel")
	if err != nil {
		t.Fatal(err)
	}
	o.Weights, o.Size, o.MinSize = filepath.Join(data, "vgg19", "vgg19.safetensors"), 0, 64
	o.Styles = []stylize.Style{{Path: filepath.Join(data, "images", "starry_night.jpg"), Weight: 1}}
	if _, err := os.Stat(o.Weights); err != nil {
		t.Skip("VGG-19's weights are not there: ", err)
	}
	if ratio := (pan{128, 96}).compare(t, o, stylize.DefaultFrames(), 4); !(ratio <= 0.5) {
		t.Errorf("%.2f of the warping error are left", ratio)
	}
}

// TestVideoResumes: interrupted in the middle of a frame and continued, the frames have the
// bits of an unbroken call, for random weights too; the frame after a cut begins anew.
func TestVideoResumes(t *testing.T) {
	t.Parallel()
	in := pan{32, 24}.write(t, 3)
	if err := imgio.Write(filepath.Join(in, "03.png"), waves(32, 24, 3, 2)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		weights             string
		last, stop          int // frame, iteration
		iterations, resumed int // in all, and of that the frames that are kept
	}{{"", 4, 6, 3 + 2 + 2 + 3, 2}, {stylize.RandomWeights, 2, 4, 3 + 2, 1}} {
		o := options(t, folder(t))
		o.ScaleStep, o.Iterations, o.FinalIterations, o.Colours = 0, 3, 0, stylize.LuminanceOnly
		if c.weights != "" {
			o.Weights = c.weights
		}
		f := stylize.FrameOptions{TemporalWeight: 10, Iterations: 2}
		film := video.Default()
		film.In, film.Out, film.Last = in, filepath.Join(t.TempDir(), "whole"), c.last
		iterations := 0
		count := func(i stylize.Event) {
			if i.Kind == stylize.Iterated {
				iterations++
			}
		}
		if r, err := stylize.Video(t.Context(), o, f, film, count, nil); err != nil || r.Frames != c.last || iterations != c.iterations {
			t.Fatalf("%+v, %v, after %d iterations", r, err, iterations)
		}
		want := frames(t, film.Out)
		film.Out = filepath.Join(t.TempDir(), "parts")
		ctx, cancel := context.WithCancel(t.Context())
		iterations = 0
		_, err := stylize.Video(ctx, o, f, film, func(i stylize.Event) {
			if count(i); iterations == c.stop {
				cancel()
			}
		}, nil)
		if cancel(); !errors.Is(err, video.ErrInterrupted) {
			t.Fatal(err)
		}
		if r, err := stylize.Video(t.Context(), o, f, film, nil, nil); err != nil || r != (video.Result{Frames: c.last, Kept: c.resumed}) {
			t.Fatalf("%+v, %v", r, err)
		}
		for k, p := range frames(t, film.Out) {
			if !slices.Equal(p.Pix, want[k].Pix) {
				t.Errorf("frame %d has other bits (weights %s)", k, c.weights)
			}
		}
	}
}
