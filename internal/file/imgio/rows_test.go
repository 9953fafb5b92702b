package imgio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// byRows reads a file a few rows at a time, and puts it together.
func byRows(t testing.TB, path string, o ReadOptions, each int) (*Picture, []Warning, error) {
	t.Helper()
	r, err := OpenRows(path, o)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	var whole *Picture
	for {
		p, err := r.Next(each)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if whole == nil {
			q := *p
			whole = &q
			whole.Pix = slices.Clone(p.Pix)
			continue
		}
		if p.Width != whole.Width || p.Channels != whole.Channels || p.Depth != whole.Depth || p.Alpha != whole.Alpha || p.Range != whole.Range {
			t.Fatalf("%s: rows of another kind", path)
		}
		whole.Height += p.Height
		whole.Pix = append(whole.Pix, p.Pix...)
	}
	if whole.Width != r.Width || whole.Height != r.Height || whole.Channels != r.Channels {
		t.Fatalf("%s: %d×%d×%d were promised, %d×%d×%d came", path, r.Width, r.Height, r.Channels, whole.Width, whole.Height, whole.Channels)
	}
	return whole, r.Warnings(), nil
}

// sameByRows checks that a file reads the same by rows and whole.
func sameByRows(t testing.TB, path string, o ReadOptions) {
	t.Helper()
	want, warnings, err := Read(path, o)
	got, heard, failed := byRows(t, path, o, 3)
	switch {
	case (err == nil) != (failed == nil):
		t.Errorf("%s %+v: read whole it gives %v, by rows %v", path, o, err, failed)
	case err == nil && (!alike(want, got) || !slices.Equal(warnings, heard)):
		t.Errorf("%s %+v: by rows it is another picture: %d×%d×%d of %d bits, %v, %v, %v; %v", path, o, got.Width, got.Height, got.Channels, got.Depth, got.Range, got.Alpha,
			heard, warnings)
	}
}

// TestRowsOfAllFormats reads everything that lies in testdata and in the trials.
func TestRowsOfAllFormats(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		if !strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, ".py") {
			sameByRows(t, path, ReadOptions{})
			sameByRows(t, path, ReadOptions{Range: Range{-100, 2000}})
			sameByRows(t, path, ReadOptions{Frame: 2})
		}
	}
}

// pngOf is a PNG file of random pixels under random filters.
func pngOf(r *rand.Rand, colour, depth, width, height int, transparent bool) []byte {
	stored := map[int]int{pngGrey: 1, pngRGB: 3, pngPalette: 1, pngGreyAlpha: 2, pngRGBA: 4}[colour]
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height))
	file := appendPNG([]byte(pngSignature), "IHDR", append(header, byte(depth), byte(colour), 0, 0, 0))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	if colour == pngPalette {
		file = appendPNG(file, "PLTE", random(3*min(1<<depth, 200)))
	}
	switch {
	case transparent && colour == pngPalette:
		file = appendPNG(file, "tRNS", random(2))
	case transparent: // a colour that occurs
		file = appendPNG(file, "tRNS", make([]byte, 2*stored))
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for range height {
		line := random((width*stored*depth + 7) / 8)
		for i := range line[:len(line)/2] {
			line[i] = 0
		}
		_, _ = z.Write(append([]byte{byte(r.IntN(5))}, line...))
	}
	_ = z.Close()
	for rest := packed.Bytes(); len(rest) > 0; {
		n := min(len(rest), 1+r.IntN(60))
		file = appendPNG(file, "IDAT", rest[:n])
		rest = rest[n:]
	}
	return appendPNG(file, "IEND", nil)
}

// TestRowsOfPNG holds the reader of rows against Go's for all kinds of colours.
func TestRowsOfPNG(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	path := filepath.Join(t.TempDir(), "a.png")
	for colour, depths := range map[int][]int{pngGrey: {1, 2, 4, 8, 16}, pngRGB: {8, 16}, pngPalette: {1, 2, 4, 8}, pngGreyAlpha: {8, 16}, pngRGBA: {8, 16}} {
		for _, depth := range depths {
			for _, transparent := range []bool{false, true} {
				if transparent && (colour == pngGreyAlpha || colour == pngRGBA) {
					continue
				}
				for range 4 {
					file := pngOf(r, colour, depth, 1+r.IntN(19), 1+r.IntN(9), transparent)
					if err := os.WriteFile(path, file, 0o600); err != nil {
						t.Fatal(err)
					}
					sameByRows(t, path, ReadOptions{})
				}
			}
		}
	}
}

// TestRowsOfDamage: a file that ends early, or has another byte in its pixels, fails
// and names itself.
func TestRowsOfDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"rgb8.png", "rgb8_tiff_lzw.tif", "rgb8_packbits.tif", "rgb8_raw.tif", "samples8_tiled.tif", "jpeg_rgb.tif", "grey.jpg", "rgb8_predictor.tif"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []int{0, 1, 10, 30, 60} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, data[:len(data)*part/100], 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, whole := Read(path, ReadOptions{})
			if _, _, err := byRows(t, path, ReadOptions{}, 2); (err == nil) != (whole == nil) || err != nil && !strings.Contains(err.Error(), path) {
				t.Errorf("%s, %d %% of it: %v; whole: %v", name, part, err, whole)
			}
		}
	}
}

// TestRowsStream: these are not read whole.
func TestRowsStream(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rgb8.png", "palette.png", "orientation1.jpg", "orientation2.jpg", "grey.jpg", "rgb8_tiff_lzw.tif", "samples8_tiled.tif", "pages.tif", "big.tif", "jpeg_ycc.tif"} {
		r, err := OpenRows(filepath.Join("testdata", name), ReadOptions{MaxSamples: 1 << 16})
		if err != nil {
			t.Fatal(err)
		}
		if _, whole := r.source.(*wholeRows); whole {
			t.Errorf("%s is read whole", name)
		}
		_ = r.Close()
	}
}

// FuzzRows: no file makes the readers of rows panic, and where the whole file can be
// read as well, it is the same picture.
func FuzzRows(f *testing.F) {
	for _, name := range []string{"palette.png", "bilevel.tif", "rgb8_packbits.tif", "samples8_tiled.tif", "pages.tif", "associated.tif"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	r := rand.New(rand.NewPCG(1, 2))
	f.Add(pngOf(r, pngGrey, 2, 5, 3, true))
	f.Add(pngOf(r, pngRGBA, 16, 3, 2, false))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := ReadOptions{MaxSamples: 1 << 16}
		content := stored{r: bytes.NewReader(data), size: uint64(len(data))}
		source, d, err := openPNGRows(content, o)
		if isTIFF(data) {
			source, d, err = openTIFFRows(content, o)
		}
		if err != nil {
			return
		}
		e := source.size()
		if e.Pixels() > 1<<16/int64(e.Channels) {
			return
		}
		got, _, err := source.next(e.Height)
		if err != nil || d.orientation > orientNormal || d.profile != nil {
			return
		}
		want, _, err := Decode(bytes.NewReader(data), "", o)
		if err == nil && !slices.Equal(want.Pix, got.Pix) {
			t.Error("by rows it is another picture")
		}
	})
}
