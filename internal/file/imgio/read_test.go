package imgio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pattern is the picture of testdata/reference.py.
func pattern(channels, depth int) *Picture {
	p := New(12, 9, channels)
	p.Depth = depth
	for y := range p.Height {
		for x := range p.Width {
			for c := range channels {
				if depth == 8 {
					p.Set(x, y, c, float32((17*x+29*y+71*c)%256)/255)
				} else {
					p.Set(x, y, c, float32((4099*x+3341*y+9001*c)%65536)/65535)
				}
			}
		}
	}
	return p
}

func mustRead(t *testing.T, name string) (*Picture, []Warning) {
	t.Helper()
	p, warnings, err := Read(filepath.Join("testdata", name), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p, warnings
}

// wantSame compares shape and samples, which may differ by tolerance.
func wantSame(t *testing.T, got, want *Picture, tolerance float64) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height || got.Channels != want.Channels || got.Depth != want.Depth {
		t.Fatalf("got %d×%d×%d of %d bits, want %d×%d×%d of %d", got.Width, got.Height, got.Channels, got.Depth,
			want.Width, want.Height, want.Channels, want.Depth)
	}
	for i, v := range want.Pix {
		if d := math.Abs(float64(got.Pix[i] - v)); !(d <= tolerance) {
			t.Fatalf("sample %d is %v, want %v", i, got.Pix[i], v)
		}
	}
}

func TestReadExact(t *testing.T) {
	t.Parallel()
	cases := []struct {
		file            string
		channels, depth int
	}{
		{"grey8.png", 1, 8}, {"rgb8.png", 3, 8}, {"rgba8.png", 4, 8}, {"grey16.png", 1, 16},
		{"rgb8.bmp", 3, 8}, {"rgb8.webp", 3, 8}, {"rgba8.webp", 4, 8}, {"profile.png", 3, 8},
		{"rgb8_raw.tif", 3, 8}, {"rgb8_tiff_lzw.tif", 3, 8}, {"rgb8_packbits.tif", 3, 8},
		{"rgb8_tiff_adobe_deflate.tif", 3, 8}, {"rgb8_predictor.tif", 3, 8}, {"rgba8.tif", 4, 8},
		{"stack16_be.tif", 5, 16}, {"samples16_planar.tif", 5, 16}, {"samples8_tiled.tif", 6, 8},
		{"rgb16_strips.tif", 3, 16}, {"whiteiszero16.tif", 1, 16},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			p, _ := mustRead(t, c.file)
			if c.file == "whiteiszero16.tif" {
				p = Quantise(p) // 1−v rounds once more
			}
			wantSame(t, p, pattern(c.channels, c.depth), 0)
		})
	}
}

func TestReadPalettes(t *testing.T) {
	t.Parallel()
	grey, err := pattern(1, 8).Convert(3)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := mustRead(t, "grey8.gif")
	wantSame(t, p, grey, 0)
	p, _ = mustRead(t, "palette.png")
	wantSame(t, p, grey, 20.0/255)
	tif, _ := mustRead(t, "palette.tif")
	wantSame(t, tif, p, 0)
	bilevel, _ := mustRead(t, "bilevel.tif")
	want, _ := mustRead(t, "bilevel.png")
	wantSame(t, bilevel, want, 0)
}

// smooth is the picture of the JPEG files.
func smooth() *Picture {
	p := New(24, 16, 3)
	for y := range p.Height {
		for x := range p.Width {
			for c, v := range [3]int{10 * x, 15 * y, 128 + 4*(x-y)} {
				p.Set(x, y, c, float32(v)/255)
			}
		}
	}
	return p
}

func TestReadJPEG(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		p, _ := mustRead(t, "orientation"+name+".jpg")
		wantSame(t, p, smooth(), 5.0/255)
	}
	p, _ := mustRead(t, "cmyk.jpg")
	wantSame(t, p, smooth(), 6.0/255)
	grey, err := smooth().Convert(1)
	if err != nil {
		t.Fatal(err)
	}
	p, _ = mustRead(t, "grey.jpg")
	wantSame(t, p, grey, 3.0/255)
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x20\x00\x00\x00\x40\x00\x08\x02\x00\x00\x00")
	huge = binary.BigEndian.AppendUint32(huge, crc32.ChecksumIEEE(huge[12:]))
	cases := map[string]struct {
		data []byte
		want string
	}{
		"empty.png":   {nil, "the file is empty"},
		"text.png":    {[]byte("these are words"), "not a picture"},
		"huge.png":    {huge, "exceed the limit"},
		"onlypng.png": {huge[:20], "truncated"},
	}
	for name, c := range cases {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Read(path, ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	for _, path := range []string{folder, filepath.Join(folder, "missing.png"), "testdata/float.tif", "testdata/hounsfield_float.tif", "testdata/fax.tif"} {
		if _, _, err := Read(path, ReadOptions{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// TestTruncated cuts every file at several places: never a panic, never a
// picture from half the bytes.
func TestTruncated(t *testing.T) {
	t.Parallel()
	for name, data := range testFiles(t) {
		if strings.HasPrefix(name, "animated") || name == "pages.tif" {
			continue // what is read may be whole
		}
		for _, part := range []int{8, 40, 60, 80} {
			_, _, err := Decode(bytes.NewReader(data[:len(data)*part/100]), name, ReadOptions{})
			// libtiff and tifffile write the tags first or last; a stack's tail of
			// padding may be missing without loss.
			if err == nil {
				t.Errorf("%s: %d %% of the file were accepted", name, part)
			} else if !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("error without the name of the file: %v", err)
			} else if part > 8 && !errors.Is(err, ErrTruncated) { // with less, the format is unknown
				t.Errorf("%d %% of the file: not ErrTruncated: %v", part, err)
			}
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	samples := map[string]int64{
		"grey8.png": 108, "rgb8.png": 324, "rgba8.png": 432, "stack16_be.tif": 540, "samples8_tiled.tif": 1536,
		"rgb8.webp": 432, "orientation6.jpg": 1152, "rgb8.bmp": 324,
	}
	for name, n := range samples {
		path := filepath.Join("testdata", name)
		if _, _, err := Read(path, ReadOptions{MaxSamples: n}); err != nil {
			t.Errorf("at the limit: %v", err)
		}
		if _, _, err := Read(path, ReadOptions{MaxSamples: n - 1}); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "limit") {
			t.Errorf("%s: above the limit: error %v", name, err)
		}
	}
}

func testFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if IsPicture(e.Name()) {
			data, err := os.ReadFile(filepath.Join("testdata", e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[e.Name()] = data
		}
	}
	return files
}

// small are the files that a fuzzer gets somewhere with.
func small(f *testing.F) {
	for _, data := range testFiles(f) {
		if len(data) < 1000 {
			f.Add(data)
		}
	}
}

func FuzzDecode(f *testing.F) {
	small(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, _, err := Decode(bytes.NewReader(data), "fuzz", ReadOptions{MaxSamples: 1 << 16})
		if (p == nil) != (err != nil) {
			t.Fatalf("picture %v with error %v", p, err)
		}
		if err != nil {
			if strings.Contains(err.Error(), "panicked") {
				t.Fatal(err)
			}
			return
		}
		if len(p.Pix) != p.Width*p.Height*p.Channels || len(p.Pix) > 1<<16 {
			t.Fatalf("%d samples of %d×%d×%d", len(p.Pix), p.Width, p.Height, p.Channels)
		}
		for _, v := range p.Pix {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("sample %v", v)
			}
		}
	})
}

func FuzzMetadata(f *testing.F) {
	small(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		webp := func(data []byte) metadata { return parseWebP(data).metadata }
		for _, read := range []func([]byte) metadata{jpegMetadata, pngMetadata, webp} {
			if o := read(data).orientation; o < 0 || o > orientCounter {
				t.Fatalf("orientation %d", o)
			}
		}
		gifFrames(data)
		parseAPNG(data)
		exifOrientation(data)
	})
}
