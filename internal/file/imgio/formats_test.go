package imgio

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantAsRead compares with what another program read, in a PNG file beside it.
// Colours that cannot be seen may be any.
func wantAsRead(t *testing.T, p *Picture, reference string, tolerance float64) {
	t.Helper()
	want, _ := mustRead(t, reference)
	if p.Width != want.Width || p.Height != want.Height || p.Channels != want.Channels || p.Alpha != want.Alpha || p.Depth != want.Depth {
		t.Fatalf("%s: got %d×%d %s of %d bits, want %d×%d %s of %d", reference,
			p.Width, p.Height, p.kind(), p.Depth, want.Width, want.Height, want.kind(), want.Depth)
	}
	for i, v := range want.Pix {
		if want.Alpha && i%4 < 3 && want.Pix[i|3] == 0 {
			continue
		}
		if off := math.Abs(float64(p.Pix[i] - v)); !(off <= tolerance/255+1e-6) {
			t.Fatalf("%s: sample %d is %v, want %v of 255", reference, i, 255*p.Pix[i], 255*v)
		}
	}
}

// TestChroma: chroma is what libjpeg and libwebp make of it, to the bit.
func TestChroma(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"chroma444.jpg", "chroma422.jpg", "chroma420.jpg", "chroma440.jpg", "chroma411.jpg", "chroma-narrow.jpg",
		"lossy.webp", "lossy-alpha.webp",
	} {
		p, warnings := mustRead(t, name)
		if len(warnings) != 0 {
			t.Errorf("%s: %v", name, warnings)
		}
		wantAsRead(t, p, name+".png", 0)
	}
}

// TestLossyWebPColours: white is 255, black is 0, and red is red.
func TestLossyWebPColours(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"blocks.webp", "blocks-alpha.webp"} {
		p, _ := mustRead(t, name)
		for i, want := range [3][3]float32{{1, 1, 1}, {}, {1, 0, 0}} {
			for c, v := range want {
				if got := p.At(8+16*i, 8, c); !(math.Abs(float64(got-v)) <= 2.0/255) {
					t.Errorf("%s: channel %d of block %d is %v, want %v", name, c, i, got, v)
				}
			}
		}
	}
}

func TestBMP(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rle8.bmp", "rle4.bmp", "palette8.bmp", "rgb555.bmp", "rgb565.bmp", "alpha.bmp"} {
		p, _ := mustRead(t, name)
		// Pillow widens 5 and 6 bits by repeating them, which rounds.
		tolerance := map[string]float64{"rgb555.bmp": 1, "rgb565.bmp": 1}[name]
		wantAsRead(t, p, name+".png", tolerance)
	}
}

// TestFrames: frames lie on their canvas, one is read, and the rest is not left
// without a word.
func TestFrames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"animated.webp", "animated.gif", "animated.apng"} {
		frames := 2
		if name == "animated.webp" {
			frames = 3
		}
		path := filepath.Join("testdata", name)
		for frame, reference := range map[int]string{0: name + ".png", 1: name + ".png", 2: name + "-2.png"} {
			p, warnings, err := Read(path, ReadOptions{Frame: frame})
			if err != nil {
				t.Fatal(err)
			}
			wantAsRead(t, p, reference, 1)
			if len(warnings) != 1 || !strings.Contains(warnings[0].Text, "frames: number") {
				t.Errorf("%s: warnings %v", name, warnings)
			}
		}
		if _, _, err := Read(path, ReadOptions{Frame: frames + 1}); err == nil || !strings.Contains(err.Error(), "there is no frame") {
			t.Errorf("%s: frame %d: %v", name, frames+1, err)
		}
	}
	if _, _, err := Read("testdata/rgb8.png", ReadOptions{Frame: 2}); err == nil {
		t.Error("a still picture has a second frame")
	}
}

// TestPages: pages of one size are channels, unless one is asked for; of others
// the first is read, with a word.
func TestPages(t *testing.T) {
	t.Parallel()
	p, warnings, err := Read("testdata/stack16_be.tif", ReadOptions{Frame: 3})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Text, "has 5 pages: number 3 is used, 4 are ignored") {
		t.Fatal(warnings, err)
	}
	wantSame(t, p, pattern(5, 16).Select(2, 1), 0)
	if _, warnings := mustRead(t, "stack16_be.tif"); len(warnings) != 0 {
		t.Error(warnings)
	}
	p, warnings = mustRead(t, "pages.tif")
	wantSame(t, p, pattern(3, 8), 0)
	if len(warnings) != 1 || !strings.Contains(warnings[0].Text, "has 2 pages: number 1 is used, 1 is ignored") {
		t.Error(warnings)
	}
	if _, _, err := Read("testdata/pages.tif", ReadOptions{Frame: 3}); err == nil || !strings.Contains(err.Error(), "there is no page 3") {
		t.Error(err)
	}
}

// TestTrials: files that were once wrong or refused, where they are at hand.
func TestTrials(t *testing.T) {
	t.Parallel()
	const folder = "../../../../shared/trials"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the trials are not there: ", err)
	}
	for _, name := range []string{
		"bmp-16-bits-a-pixel-unreadable.bmp", "bmp-rle8-unreadable.bmp", "webp-animated-is-called-invalid-format.webp",
		"webp-lossy-white-reads-as-235-black-as-16.webp", "sketch-black-on-transparent-translates-as-all-black.png",
		"jpeg-chroma-sampling-1x1-2x2-1x1-unreadable.jpg",
	} {
		if _, _, err := Read(filepath.Join(folder, name), ReadOptions{}); err != nil {
			t.Error(err)
		}
	}
}
