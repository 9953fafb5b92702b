package ffmpeg_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/file/ffmpeg"
	"easel/internal/file/imgio"
)

// needFFmpeg skips a test where there is no ffmpeg, or one without H.264.
func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	list, err := exec.Command("ffmpeg", "-hide_banner", "-encoders").Output()
	if err != nil || !strings.Contains(string(list), "libx264") {
		t.Skip("ffmpeg has no libx264")
	}
}

// run makes a file for a test.
func run(t *testing.T, args ...string) {
	t.Helper()
	if text, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-y"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, text)
	}
}

// read reads all frames.
func read(t *testing.T, path string, s ffmpeg.Selection) (frames []ffmpeg.Frame, scale int64) {
	t.Helper()
	info, err := ffmpeg.Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ffmpeg.Open(t.Context(), path, info, s)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return frames, r.Scale()
		}
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
}

// seconds are the times of frames.
func seconds(frames []ffmpeg.Frame, scale int64) (list []float64) {
	for _, f := range frames {
		list = append(list, math.Round(float64(f.Ticks)/float64(scale)*1e6)/1e6)
	}
	return list
}

// shade is a grey frame.
func shade(width, height int, v float32) *imgio.Picture {
	p := imgio.New(width, height, 3)
	for i := range p.Pix {
		p.Pix[i] = v
	}
	return p
}

// write writes a file of grey frames, at the given ticks.
func write(t *testing.T, path string, f ffmpeg.Form, ticks ...int64) {
	t.Helper()
	w, err := ffmpeg.Create(path, f)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range ticks {
		if err := w.Put(shade(f.Width, f.Height, float32(i)/float32(len(ticks))), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestVariableRate: frames at uneven times come back at the same times, in the same
// order, through a file in two parts.
func TestVariableRate(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	dir := t.TempDir()
	form := ffmpeg.Form{Width: 64, Height: 48, Depth: 8, Scale: 90000, Step: 3000}
	ticks := []int64{3000, 6003, 6500, 20000, 20900, 33000, 90000, 90450}
	one, two, out := filepath.Join(dir, "it's one.mp4"), filepath.Join(dir, "two.mp4"), filepath.Join(dir, "out.mp4")
	write(t, one, form, ticks[:5]...)
	write(t, two, form, ticks[5:]...)
	parts := []ffmpeg.Part{{Path: one, Ticks: ticks[5] - ticks[0]}, {Path: two}}
	if _, err := ffmpeg.Join(t.Context(), parts, form.Scale, ffmpeg.Sound{}, out); err != nil {
		t.Fatal(err)
	}
	frames, scale := read(t, out, ffmpeg.Selection{})
	var got []int64
	for _, f := range frames {
		got = append(got, f.Ticks*form.Scale/scale+ticks[0])
	}
	if !slices.Equal(got, ticks) {
		t.Errorf("frames at %v of %d, want %v", got, scale, ticks)
	}
	for i, f := range frames {
		want := float32(i) / 5
		if i >= 5 {
			want = float32(i-5) / 3
		}
		if v := f.Picture.At(30, 20, 1); math.Abs(float64(v-want)) > 0.02 {
			t.Errorf("frame %d has %.3f, want %.3f", i, v, want)
		}
	}
}

// TestColours: what is written and read again has the same colours, as ffmpeg's tags say,
// in 8 and 10 bits.
func TestColours(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	for _, depth := range []int{8, 16} {
		p := imgio.New(60, 40, 3)
		p.Depth = depth
		colour := []float32{0.8, 0.25, 0.1}
		for i := range p.Pix {
			p.Pix[i] = colour[i%3]
		}
		path := filepath.Join(t.TempDir(), "a.mp4")
		w, err := ffmpeg.Create(path, ffmpeg.Form{Width: 60, Height: 40, Depth: depth, Scale: 25, Step: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Put(p, 0), w.Close()); err != nil {
			t.Fatal(err)
		}
		frames, _ := read(t, path, ffmpeg.Selection{})
		if got := frames[0].Picture; got.Depth != depth {
			t.Errorf("depth %d, want %d", got.Depth, depth)
		}
		for c, want := range colour {
			if v := frames[0].Picture.At(30, 20, c); math.Abs(float64(v-want)) > 0.012 {
				t.Errorf("%d bits, channel %d: %.3f, want %.3f", depth, c, v, want)
			}
		}
	}
}

// TestSelection: ranges, rates, sizes and frames left out, with B-frames and sound.
func TestSelection(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	path := filepath.Join(t.TempDir(), "in.mp4")
	run(t, "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p", path)
	whole, scale := read(t, path, ffmpeg.Selection{})
	if n := len(whole); n != 20 {
		t.Fatalf("%d frames, want 20", n)
	}
	times := seconds(whole, scale)
	for name, c := range map[string]struct {
		ffmpeg.Selection
		want []float64
	}{
		"frames": {ffmpeg.Selection{First: 3, Last: 5}, times[2:5]},
		"times":  {ffmpeg.Selection{From: 0.5, To: 0.8}, times[5:8]},
		"skip":   {ffmpeg.Selection{First: 3, Last: 8, Skip: 4}, times[6:8]},
		"rate":   {ffmpeg.Selection{Rate: "5", Last: 6}, []float64{0, 0.2, 0.4}},
	} {
		if frames, scale := read(t, path, c.Selection); !slices.Equal(seconds(frames, scale), c.want) {
			t.Errorf("%s: frames at %v, want %v", name, seconds(frames, scale), c.want)
		}
	}
	if frames, _ := read(t, path, ffmpeg.Selection{First: 7, Last: 7}); !slices.Equal(frames[0].Picture.Pix, whole[6].Picture.Pix) {
		t.Error("frame 7 alone is another than frame 7 of all")
	}
	if frames, _ := read(t, path, ffmpeg.Selection{Width: 32, Height: 24, Last: 1}); frames[0].Picture.Width != 32 || frames[0].Picture.Height != 24 {
		t.Errorf("frames of %d×%d, want 32×24", frames[0].Picture.Width, frames[0].Picture.Height)
	}
}

// TestProbe: rotated and stretched pixels are shown upright and square; covers of music
// are no video.
func TestProbe(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	dir := t.TempDir()
	plain, turned, wide, music := filepath.Join(dir, "a.mp4"), filepath.Join(dir, "b.mp4"), filepath.Join(dir, "c.mkv"), filepath.Join(dir, "d.wav")
	run(t, "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=0.5", "-pix_fmt", "yuv420p", plain)
	run(t, "-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned)
	run(t, "-i", plain, "-vf", "setsar=2", "-pix_fmt", "yuv420p10le", wide)
	run(t, "-f", "lavfi", "-i", "sine=d=0.1", music)
	for path, want := range map[string][3]int{plain: {64, 48, 8}, turned: {48, 64, 8}, wide: {128, 48, 16}} {
		info, err := ffmpeg.Probe(t.Context(), path)
		if got := [3]int{info.Width, info.Height, info.Depth}; err != nil || got != want || info.Rate != 10 {
			t.Errorf("%s: %v at %g a second (%v), want %v", filepath.Base(path), got, info.Rate, err, want)
		}
		if frames, _ := read(t, path, ffmpeg.Selection{}); len(frames) != 5 || frames[4].Picture.Height != want[1] {
			t.Errorf("%s: %d frames", filepath.Base(path), len(frames))
		}
	}
	text := filepath.Join(dir, "e.mp4")
	if err := os.WriteFile(text, []byte("no video at all"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{music, text, filepath.Join(dir, "missing.mp4")} {
		if _, err := ffmpeg.Probe(t.Context(), path); err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSound: sound is copied, for the time of the chosen frames; what a file cannot have
// is encoded again.
func TestSound(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	dir := t.TempDir()
	in := filepath.Join(dir, "in.mp4")
	run(t, "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=3", "-f", "lavfi", "-i", "sine=d=3", "-c:a", "aac", "-pix_fmt", "yuv420p", in)
	for ending, recoded := range map[string]bool{".mp4": false, ".mkv": false, ".webm": true} {
		part, out := filepath.Join(dir, "part"+ending), filepath.Join(dir, "out"+ending)
		write(t, part, ffmpeg.Form{Width: 64, Height: 48, Depth: 8, Scale: 10, Step: 1}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
		sound := ffmpeg.Sound{Path: in, From: 1, To: 2}
		got, err := ffmpeg.Join(t.Context(), []ffmpeg.Part{{Path: part}}, 10, sound, out)
		if err != nil || got != recoded {
			t.Fatalf("%s: encoded again: %t, %v", ending, got, err)
		}
		text, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_type", "-of", "csv=p=0", out).Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Fields(string(text))
		var length float64
		if _, err := fmt.Sscan(lines[len(lines)-1], &length); err != nil || math.Abs(length-1) > 0.15 || !slices.Contains(lines, "audio") {
			t.Errorf("%s: %v, want a second with sound", ending, lines)
		}
	}
}

// TestMissing: without ffmpeg the error says what to install.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, probing := ffmpeg.Probe(t.Context(), path)
	_, writing := ffmpeg.Create(path, ffmpeg.Form{Width: 2, Height: 2, Depth: 8, Scale: 1})
	for _, err := range []error{probing, writing} {
		var missing *ffmpeg.MissingError
		if !errors.As(err, &missing) || !strings.Contains(hint.On(err), "install ffmpeg") {
			t.Errorf("%v, with the hint %q", err, hint.On(err))
		}
	}
}

// TestEnds: a reader can stop early, and a context that ends stops it.
func TestEnds(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	path := filepath.Join(t.TempDir(), "in.mp4")
	run(t, "-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=4", "-pix_fmt", "yuv420p", path)
	info, err := ffmpeg.Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := ffmpeg.Open(ctx, path, info, ffmpeg.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	cancel()
	for err == nil {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) {
		t.Error("the reader came to the end of the video")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestBrokenWrite: once ffmpeg has failed, Close says so, too; a frame before the first is
// refused by its number.
func TestBrokenWrite(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	form := ffmpeg.Form{Width: 64, Height: 48, Depth: 8, Scale: 10, Step: 1}
	w, err := ffmpeg.Create(filepath.Join(t.TempDir(), "missing", "out.mp4"), form)
	for i := int64(0); err == nil && i < 1000; i++ {
		err = w.Put(shade(64, 48, 0.5), i)
	}
	if err == nil {
		t.Fatal("a file in a missing folder was written")
	}
	if closing := w.Close(); closing == nil || closing.Error() != err.Error() {
		t.Errorf("Close returns %v after %v", closing, err)
	}
	if w, err = ffmpeg.Create(filepath.Join(t.TempDir(), "out.mp4"), form); err != nil {
		t.Fatal(err)
	}
	if err := w.Put(shade(64, 48, 0.5), 5); err != nil {
		t.Fatal(err)
	}
	if err := w.Put(shade(64, 48, 0.5), 4); err == nil || !strings.Contains(err.Error(), "frame 2 is shown before the first") {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestDamage: a file that ends early is read as far as it goes, and ffmpeg's complaints are
// kept; a whole one has none. Cut off between two frames, only the last packet shows it.
func TestDamage(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	dir := t.TempDir()
	for ending, parts := range map[string][]int{".mkv": {6}, ".ts": {3, 7}, ".m2ts": {3}} {
		whole := filepath.Join(dir, "error"+ending)
		run(t, "-f", "lavfi", "-i", "testsrc=s=320x240:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2", "-pix_fmt", "yuv420p", "-metadata", "title=invalid error", whole)
		text, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		complaints(t, whole, false)
		for _, part := range parts {
			cut := filepath.Join(dir, fmt.Sprint(part)+ending)
			if err := os.WriteFile(cut, text[:len(text)*part/10/192*192+1], 0o666); err != nil {
				t.Fatal(err)
			}
			complaints(t, cut, true)
		}
	}
}

// complaints checks whether there are any of a file.
func complaints(t *testing.T, path string, want bool) {
	t.Helper()
	info, err := ffmpeg.Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ffmpeg.Open(t.Context(), path, info, ffmpeg.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next()
	}
	if said := r.Complaints(); !errors.Is(err, io.EOF) || (said != "") != want || strings.Contains(said, "[error]") || strings.Contains(said, "[warning]") {
		t.Errorf("%s: %v, with the complaints %q", filepath.Base(path), err, said)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
