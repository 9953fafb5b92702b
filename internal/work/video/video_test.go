package video_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
	"easel/internal/model/zoo"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// watched is a Painter that remembers what it painted, and stops after some frames.
type watched struct {
	video.Painter
	painted []*imgio.Picture
	stop    int
	cancel  context.CancelFunc
}

func (w *watched) Paint(ctx context.Context, v video.View) (*imgio.Picture, error) {
	p, err := w.Painter.Paint(ctx, v)
	w.painted = append(w.painted, p)
	if w.stop > 0 && len(w.painted) == w.stop {
		w.cancel()
	}
	return p, err
}

// paint paints frames of the clip without files.
func (c clip) paint(t *testing.T, dir string, p video.Painter) []*imgio.Picture {
	t.Helper()
	w := &watched{Painter: p}
	o := video.Default()
	o.In, o.Out = dir, filepath.Join(t.TempDir(), "out")
	if _, err := video.Run(t.Context(), o, w, "test", nil); err != nil {
		t.Fatal(err)
	}
	return w.painted
}

// compare holds a network, frame by frame and steadied, to the goal: at most half the
// warping error, and hardly less detail.
func (c clip) compare(t *testing.T, n video.Network, frames int, keepsSharp float64) {
	t.Helper()
	dir := t.TempDir()
	c.write(t, dir, frames)
	plain, steady := c.paint(t, dir, video.Steadied(n, 0)), c.paint(t, dir, video.Steadied(n, video.Default().Stability))
	before, after := c.warpingError(plain), c.warpingError(steady)
	sharp, still := sharpness(plain[frames-1]), sharpness(steady[frames-1])
	t.Logf("warping error %.6f frame by frame, %.6f steadied (%.2f); sharpness %.4f and %.4f (%.2f)", before, after, after/before, sharp, still, still/sharp)
	if !(after <= before/2) {
		t.Errorf("the warping error goes from %.6f to %.6f, which is more than half", before, after)
	}
	if !(still >= keepsSharp*sharp) {
		t.Errorf("the sharpness goes from %.4f to %.4f", sharp, still)
	}
}

// TestWarpingError of a network whose strokes stay on the screen.
func TestWarpingError(t *testing.T) {
	t.Parallel()
	clip{160, 120, 28}.compare(t, strokes{}, 8, 0.8)
}

// TestWarpingErrorOfStyle is the same for one of Johnson et al.'s networks.
func TestWarpingErrorOfStyle(t *testing.T) {
	t.Parallel()
	file := filepath.FromSlash("../../../../shared/data/zoo/johnson/candy_nc8.model")
	if _, err := os.Stat(file); err != nil {
		t.Skip("the published network is not there: ", err)
	}
	model := filepath.Join(t.TempDir(), "candy.safetensors")
	found, err := zoo.Import(file, zoo.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := found.Write(model); err != nil {
		t.Fatal(err)
	}
	m, err := translate.OpenStyle(model, translate.StyleOptions{Strength: 1}, translate.ModelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	clip{192, 144, 34}.compare(t, m, 8, 0.85)
}

// pictures reads a folder of frames.
func pictures(t *testing.T, dir string) (names []string, list []*imgio.Picture) {
	t.Helper()
	paths, err := imgio.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		p, _, err := imgio.Read(path, imgio.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		names, list = append(names, filepath.Base(path)), append(list, p)
	}
	return names, list
}

// TestResume: interrupted and continued twice, a folder has the bits of one unbroken call,
// and its names; frames that are painted are not painted again.
func TestResume(t *testing.T) {
	t.Parallel()
	c := clip{64, 48, 12}
	in, unbroken, broken := t.TempDir(), filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
	c.write(t, in, 7)
	o := video.Default()
	o.In, o.Out = in, unbroken
	if r, err := video.Run(t.Context(), o, video.Steadied(strokes{}, 0.8), "strokes", nil); err != nil || r != (video.Result{Frames: 7}) {
		t.Fatal(r, err)
	}
	o.Out = broken
	count := 0
	for _, stop := range []int{2, 3, 0} {
		ctx, cancel := context.WithCancel(t.Context())
		w := &watched{Painter: video.Steadied(strokes{}, 0.8), stop: stop, cancel: cancel}
		r, err := video.Run(ctx, o, w, "strokes", nil)
		if stop > 0 && (!errors.Is(err, video.ErrInterrupted) || !errors.Is(err, context.Canceled) || hint.On(err) == "") {
			t.Fatalf("a cancelled call: %v", err)
		}
		if stop == 0 && (err != nil || r != (video.Result{Frames: 7, Kept: 5})) {
			t.Fatalf("the last call: %+v, %v", r, err)
		}
		count += len(w.painted)
		cancel()
	}
	if count != 7 {
		t.Errorf("%d frames were painted in all, want 7", count)
	}
	names, want := pictures(t, unbroken)
	again, got := pictures(t, broken)
	if !slices.Equal(names, again) || names[0] != "shot 8.png" || names[6] != "shot 14.png" {
		t.Errorf("the frames are %v and %v", names, again)
	}
	for i := range want {
		if !slices.Equal(want[i].Pix, got[i].Pix) {
			t.Errorf("%s has other bits after the interruption", names[i])
		}
	}
	other := &watched{Painter: video.Steadied(strokes{}, 0)}
	if _, err := video.Run(t.Context(), o, other, "other strokes", nil); !errors.Is(err, fs.ErrExist) || len(other.painted) > 0 {
		t.Errorf("another painter: %v, after %d frames", err, len(other.painted))
	}
	if r, err := video.Run(t.Context(), o, &watched{}, "strokes", nil); err != nil || r != (video.Result{Frames: 7, Kept: 7}) {
		t.Errorf("once more: %+v, %v", r, err)
	}
}

// TestSelection: ranges and sizes of folders.
func TestSelection(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	clip{64, 48, 12}.write(t, in, 6)
	o := video.Default()
	o.In, o.Out, o.First, o.Last, o.Size = in, out, 2, 4, 32
	if _, err := video.Run(t.Context(), o, video.Steadied(strokes{}, 0), "", nil); err != nil {
		t.Fatal(err)
	}
	if names, list := pictures(t, out); !slices.Equal(names, []string{"shot 9.png", "shot 10.png", "shot 11.png"}) || list[0].Width != 32 || list[0].Height != 24 {
		t.Errorf("%v, the first of %d×%d", names, list[0].Width, list[0].Height)
	}
}

// TestRefused: mistakes are errors that name what is wrong, and leave nothing behind.
func TestRefused(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	in, empty, full := filepath.Join(top, "in"), filepath.Join(top, "empty"), filepath.Join(top, "full")
	for _, dir := range []string{in, empty, full} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	clip{40, 30, 8}.write(t, in, 2)
	clip{40, 30, 8}.write(t, full, 2)
	for name, c := range map[string]struct {
		edit func(*video.Options)
		want string
	}{
		"no input":      {func(o *video.Options) { o.In = "" }, "no video"},
		"missing":       {func(o *video.Options) { o.In = filepath.Join(top, "missing") }, "missing"},
		"empty":         {func(o *video.Options) { o.In = empty }, "no pictures"},
		"same":          {func(o *video.Options) { o.Out = in }, "both the input and the output"},
		"kind":          {func(o *video.Options) { o.Out = filepath.Join(top, "out.avi") }, ".avi: not a video that can be written"},
		"past the end":  {func(o *video.Options) { o.First = 9 }, "only 2 frames"},
		"backwards":     {func(o *video.Options) { o.First, o.Last = 9, 3 }, "before the first"},
		"times":         {func(o *video.Options) { o.From = 1 }, "have no times"},
		"rate":          {func(o *video.Options) { o.Rate = "fast" }, "number of frames"},
		"no rate":       {func(o *video.Options) { o.Rate = "0" }, "number of frames"},
		"stability":     {func(o *video.Options) { o.Stability = 1 }, "below 1"},
		"would replace": {func(o *video.Options) { o.Out = full }, "exists"},
	} {
		o := video.Default()
		o.In, o.Out = in, filepath.Join(top, name, "out")
		c.edit(&o)
		_, err := video.Run(t.Context(), o, video.Steadied(strokes{}, 0), "", nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(top, name)); name != "empty" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s left something behind: %v", name, err)
		}
	}
}

// odd is a folder whose frames differ in size.
func TestSizesDiffer(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	clip{40, 30, 8}.write(t, in, 2)
	if err := imgio.Write(filepath.Join(in, "shot 99.png"), imgio.New(30, 40, 3)); err != nil {
		t.Fatal(err)
	}
	o := video.Default()
	o.In, o.Out = in, filepath.Join(t.TempDir(), "out")
	_, err := video.Run(t.Context(), o, video.Steadied(strokes{}, 0), "", nil)
	if err == nil || !strings.Contains(err.Error(), "shot 99.png is 30×40") {
		t.Error(err)
	}
	if names, _ := pictures(t, o.Out); len(names) != 2 {
		t.Errorf("the frames before it are %v", names)
	}
}

// TestFilm: a video with sound is painted into a video, in parts and after an
// interruption, with all its frames; nothing has the final name before the end.
func TestFilm(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "out.mp4")
	if text, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:r=30:d=2.5", "-f", "lavfi", "-i", "sine=d=2.5",
		"-pix_fmt", "yuv420p", in).CombinedOutput(); err != nil {
		t.Skipf("ffmpeg cannot make the input: %s", text)
	}
	o := video.Default()
	o.In, o.Out = in, out
	ctx, cancel := context.WithCancel(t.Context())
	w := &watched{Painter: video.Steadied(strokes{}, 0.8), stop: 66, cancel: cancel}
	if _, err := video.Run(ctx, o, w, "strokes", nil); !errors.Is(err, video.ErrInterrupted) {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a part has the final name: %v", err)
	}
	if _, err := video.Run(t.Context(), o, w, "another network", nil); err == nil || !strings.Contains(err.Error(), "other options") {
		t.Errorf("another painter: %v", err)
	}
	w.stop = 0
	if r, err := video.Run(t.Context(), o, w, "strokes", nil); err != nil || r != (video.Result{Frames: 75, Kept: 66}) || len(w.painted) != 75 {
		t.Fatalf("%+v, %v, after painting %d frames", r, err, len(w.painted))
	}
	times := func(path string) []string {
		text, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(strings.ReplaceAll(string(text), ",", " "))
	}
	if a, b := times(in), times(out); !slices.Equal(a, b) || len(a) != 75 {
		t.Errorf("frames at %v, the input's at %v", b, a)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || !slices.Equal(left, []string{in, out}) {
		t.Errorf("there are %v (%v)", left, err)
	}
	if _, err := video.Run(t.Context(), o, w, "strokes", nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a finished video: %v", err)
	}
	o.Out = filepath.Join(dir, "frames")
	o.From, o.To, o.Rate = 1, 2, "10"
	if _, err := video.Run(t.Context(), o, w, "strokes", nil); err != nil {
		t.Fatal(err)
	}
	if names, _ := pictures(t, o.Out); len(names) != 10 || names[9] != "000010.png" {
		t.Errorf("the frames are %v", names)
	}
	folder, whole := o.Out, filepath.Join(dir, "whole.mkv")
	o = video.Default()
	o.In, o.Out, o.Rate = folder, whole, "30000/1001"
	if r, err := video.Run(t.Context(), o, w, "strokes", nil); err != nil || r.Frames != 10 {
		t.Errorf("a folder into a video: %+v, %v", r, err)
	}
}

// TestChannelsDiffer: grey frames and frames with alpha among the others are painted.
func TestChannelsDiffer(t *testing.T) {
	t.Parallel()
	for _, channels := range []int{1, 4} {
		in := t.TempDir()
		c := clip{40, 30, 8}
		c.write(t, in, 3)
		p, err := c.frame(1).Convert(channels)
		if err != nil {
			t.Fatal(err)
		}
		if err := imgio.Write(filepath.Join(in, "shot 9.png"), p); err != nil {
			t.Fatal(err)
		}
		if painted := c.paint(t, in, video.Steadied(strokes{}, 0.8)); len(painted) != 3 {
			t.Errorf("%d channels: %d frames", channels, len(painted))
		}
	}
}

// unmoved is a Painter that fails if it is told of motion.
type unmoved struct{ t *testing.T }

func (u unmoved) Paint(_ context.Context, v video.View) (*imgio.Picture, error) {
	if v.Before != nil || v.Trust != nil {
		u.t.Error("the motion was measured")
	}
	return v.Frame, nil
}

// TestFrameByFrame: without stability no motion is measured.
func TestFrameByFrame(t *testing.T) {
	t.Parallel()
	o := video.Default()
	o.In, o.Out, o.Stability = t.TempDir(), filepath.Join(t.TempDir(), "out"), 0
	clip{40, 30, 8}.write(t, o.In, 2)
	if _, err := video.Run(t.Context(), o, unmoved{t}, "", nil); err != nil {
		t.Fatal(err)
	}
}

// saboteur is a Painter that puts a folder where a file is to be.
type saboteur struct{ path string }

func (s saboteur) Paint(_ context.Context, v video.View) (*imgio.Picture, error) {
	return v.Frame, os.MkdirAll(s.path, 0o777)
}

// TestBrokenPart: a part that ffmpeg could not write is not recorded.
func TestBrokenPart(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	o := video.Default()
	o.In, o.Out, o.Stability = t.TempDir(), filepath.Join(t.TempDir(), "out.mp4"), 0
	for i := range 40 { // more than ffmpeg reads before it opens its output
		if err := imgio.Write(filepath.Join(o.In, fmt.Sprintf("%d.png", i)), imgio.New(320, 240, 3)); err != nil {
			t.Fatal(err)
		}
	}
	dir := o.Out + ".parts"
	_, err := video.Run(t.Context(), o, saboteur{filepath.Join(dir, "part-00001.mp4")}, "", nil)
	if err == nil || !strings.Contains(err.Error(), "part-00001.mp4") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the part is recorded: %v", err)
	}
}

// TestForce: by force a folder and a video begin anew; what is interrupted then goes on
// without it, over what was there.
func TestForce(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	clip{40, 30, 8}.write(t, in, 4)
	for _, name := range []string{"out", "out.mkv"} {
		o := video.Default()
		o.In, o.Out = in, filepath.Join(t.TempDir(), name)
		if _, err := exec.LookPath("ffmpeg"); err != nil && name != "out" {
			t.Skip("ffmpeg is not installed")
		}
		call := func(force bool, stop int) (video.Result, error) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o.Force = force
			return video.Run(ctx, o, &watched{Painter: video.Steadied(strokes{}, 0.8), stop: stop, cancel: cancel}, "strokes", nil)
		}
		if _, err := call(false, 0); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := call(true, 2); !errors.Is(err, video.ErrInterrupted) || !strings.Contains(err.Error(), "after 2 frames") || !strings.Contains(hint.On(err), "without {force}") {
				t.Fatalf("%s: %v, with the hint %q", name, err, hint.On(err))
			}
		}
		if r, err := call(false, 0); err != nil || r != (video.Result{Frames: 4, Kept: 2}) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if r, err := call(true, 0); err != nil || r != (video.Result{Frames: 4}) {
			t.Errorf("%s by force: %+v, %v", name, r, err)
		}
	}
}
