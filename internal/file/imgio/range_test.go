package imgio

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/hint"
)

// TestNumbers: files of all kinds of numbers, against the numbers that
// testdata/tiffs.py wrote.
func TestNumbers(t *testing.T) {
	t.Parallel()
	wide := pattern(1, 16)
	for name, c := range map[string]struct {
		depth    int
		numbers  Range
		channels int
	}{
		"int16.tif": {16, Range{-32768, 32767}, 1}, "int16_big.tif": {16, Range{-32768, 32767}, 1},
		"uint32.tif": {32, Range{0, math.MaxUint32}, 1}, "unit.tif": {32, Range{}, 1}, "float_predictor.tif": {32, Range{}, 1},
		"double.tif": {32, Range{}, 3}, "geo.tif": {16, Range{}, 1},
	} {
		p, warnings := mustRead(t, name)
		if p.Depth != c.depth || p.Range != c.numbers || len(warnings) != 0 {
			t.Errorf("%s: depth %d, range %v, %v", name, p.Depth, p.Range, warnings)
		}
		want := wide
		if c.channels == 3 {
			want = pattern(3, 16)
		}
		want = want.withDepth(c.depth)
		wantSame(t, p, want, 1e-7)
	}
	p, _ := mustRead(t, "big.tif")
	wantSame(t, p, pattern(1, 8), 0)
	for _, name := range []string{"jpeg.tif", "jpeg_grey.tif", "jpeg_rgb.tif", "jpeg_ycc.tif"} {
		p, _ := mustRead(t, name)
		wantAsRead(t, p, name+".png", 3)
	}
}

// TestRange: numbers within a range are 0 to 1, and the same numbers again when
// they are written; those outside are clamped, with a word.
func TestRange(t *testing.T) {
	t.Parallel()
	for name, low := range map[string]float64{"hounsfield.tif": -1024, "hounsfield_float.tif": -1024, "packed12.tif": 0} {
		path := filepath.Join("testdata", name)
		number := func(x, y int) float64 { return float64((97*x+211*y)%4096) + low }
		all := Range{low, low + 4095}
		p, warnings, err := Read(path, ReadOptions{Range: all})
		if err != nil || len(warnings) != 0 {
			t.Fatal(name, warnings, err)
		}
		var file bytes.Buffer
		if err := Encode(&file, TIFF, p); err != nil {
			t.Fatal(err)
		}
		again, _, err := Decode(&file, "again", ReadOptions{Range: all})
		if err != nil || again.Depth != p.Depth {
			t.Fatal(name, again, err)
		}
		for _, q := range []*Picture{p, Quantise(p), again} {
			for y := range q.Height {
				for x := range q.Width {
					if want := float32((number(x, y) - low) / 4095); !(math.Abs(float64(q.At(x, y, 0)-want)) < 1e-6) {
						t.Fatalf("%s: %v at %d, %d, want %v", name, q.At(x, y, 0), x, y, want)
					}
				}
			}
		}
		half, warnings, err := Read(path, ReadOptions{Range: Range{low + 1000, low + 2000}})
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Text, "outside the range") {
			t.Errorf("%s: warnings %v, %v", name, warnings, err)
		}
		if v := half.At(0, 0, 0); v != 0 {
			t.Errorf("%s: a number below the range is %v", name, v)
		}
	}
	if _, _, err := Read("testdata/hounsfield_float.tif", ReadOptions{}); err == nil || !strings.Contains(hint.On(err), "{range}") {
		t.Errorf("floating point beyond 0..1: %v", err)
	}
}

// TestRangeOfWholeNumbers: 12 bits in files of 16 survive as PNG and TIFF.
func TestRangeOfWholeNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		high := rapid.IntRange(1, 65535).Draw(t, "high")
		p := New(4, 3, rapid.SampledFrom([]int{1, 3, 4}).Draw(t, "channels"))
		p.Depth, p.Range, p.Alpha = 16, Range{0, float64(high)}, p.Channels == 4
		for i := range p.Pix {
			p.Pix[i] = float32(float64(rapid.IntRange(0, high).Draw(t, "number")) / float64(high))
		}
		p = Quantise(p)
		for _, f := range []Format{PNG, TIFF} {
			var file bytes.Buffer
			if err := Encode(&file, f, p); err != nil {
				t.Fatal(err)
			}
			q, _, err := Decode(&file, "x", ReadOptions{Range: p.Range})
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range p.Pix {
				if !(math.Abs(float64(q.Pix[i]-v)) < 1e-6) {
					t.Fatalf("%v: sample %d is %v, want %v", f, i, q.Pix[i], v)
				}
			}
		}
	})
}

func TestParseRange(t *testing.T) {
	t.Parallel()
	r, err := ParseRange("-1024:3071.5")
	if err != nil || r != (Range{-1024, 3071.5}) || r.String() != "-1024:3071.5" {
		t.Error(r, err)
	}
	text, err := json.Marshal(r)
	if err != nil || string(text) != "[-1024,3071.5]" {
		t.Error(string(text), err)
	}
	var back Range
	if err := json.Unmarshal(text, &back); err != nil || back != r {
		t.Error(back, err)
	}
	for _, bad := range []string{"", "1", "1:", "a:b", "5:5", "6:5", "NaN:1", "0:Inf"} {
		if r, err := ParseRange(bad); err == nil {
			t.Errorf("%q is %v", bad, r)
		}
	}
	for _, bad := range []string{"[1]", "[1,2,3]", "[2,1]", `"0:1"`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s is %v", bad, back)
		}
	}
}

// TestPlaceIsKept: the tags of GeoTIFF go from one file to the next.
func TestPlaceIsKept(t *testing.T) {
	t.Parallel()
	p, _ := mustRead(t, "geo.tif")
	out := New(p.Width, p.Height, 3)
	out.Place = p.Place
	var file bytes.Buffer
	if err := Encode(&file, TIFF, out); err != nil {
		t.Fatal(err)
	}
	q, _, err := Decode(&file, "x", ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !q.Place.Equal(p.Place) || q.Place.Equal(Place{}) || len(q.Place.tags) != 4 {
		t.Fatalf("%+v, was %+v", q.Place, p.Place)
	}
	tie := q.Place.tags[1]
	if got := math.Float64frombits(binary.LittleEndian.Uint64(tie.content[24:])); tie.tag != 33922 || got != 500000 {
		t.Errorf("the place is %v", got)
	}
}
