package imgio

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

// ramp is a picture of one row with one channel.
func ramp(pix ...float32) *Picture {
	p := New(len(pix), 1, 1)
	copy(p.Pix, pix)
	return p
}

func TestPadReflect(t *testing.T) {
	t.Parallel()
	cases := []struct {
		in          *Picture
		left, right int
		want        []float32
	}{
		{ramp(1, 2, 3), 2, 2, []float32{3, 2, 1, 2, 3, 2, 1}},
		{ramp(1, 2, 3), 0, 0, []float32{1, 2, 3}},
		{ramp(1, 2), 3, 4, []float32{2, 1, 2, 1, 2, 1, 2, 1, 2}},
		{ramp(1, 2, 3), 6, 0, []float32{3, 2, 1, 2, 3, 2, 1, 2, 3}},
		{ramp(7), 2, 1, []float32{7, 7, 7, 7}},
	}
	for _, c := range cases {
		if got := PadReflect(c.in, c.left, 0, c.right, 0).Pix; !slices.Equal(got, c.want) {
			t.Errorf("pad %v by %d, %d: %v, want %v", c.in.Pix, c.left, c.right, got, c.want)
		}
	}
}

// Cropping undoes padding, and rows are padded like columns.
func TestPadReflectProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := pattern(2, 16)
		n := rapid.SliceOfN(rapid.IntRange(0, 40), 4, 4).Draw(t, "pad")
		q := PadReflect(p, n[0], n[1], n[2], n[3])
		if !slices.Equal(Crop(q, n[0], n[1], p.Width, p.Height).Pix, p.Pix) || q.Depth != 16 {
			t.Fatal("the middle is not the picture")
		}
		turned := PadReflect(orient(p, orientTransposed), n[1], n[0], n[3], n[2])
		if !slices.Equal(orient(turned, orientTransposed).Pix, q.Pix) {
			t.Fatal("rows and columns are padded differently")
		}
	})
}

func TestOrientationsUndo(t *testing.T) {
	t.Parallel()
	undo := map[orientation]orientation{
		orientMirrored: orientMirrored, orientTurned: orientTurned, orientFlipped: orientFlipped,
		orientTransposed: orientTransposed, orientClockwise: orientCounter,
		orientAntiTrans: orientAntiTrans, orientCounter: orientClockwise,
	}
	for o, back := range undo {
		wantSame(t, orient(orient(pattern(3, 8), o), back), pattern(3, 8), 0)
	}
	if p := pattern(1, 8); orient(p, 0) != p || orient(p, 9) != p {
		t.Error("values outside of the standard change the picture")
	}
	if got := Mirror(ramp(1, 2, 3)).Pix; !slices.Equal(got, []float32{3, 2, 1}) {
		t.Errorf("mirrored: %v", got)
	}
}

func TestSideBySide(t *testing.T) {
	t.Parallel()
	p := pattern(3, 16)
	left, right, err := SplitSideBySide(p)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := SideBySide(left, right)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, whole, p, 0)
	if _, _, err := SplitSideBySide(ramp(1, 2, 3)); err == nil {
		t.Error("an odd width was split")
	}
	if _, err := SideBySide(p, ramp(1)); err == nil {
		t.Error("different heights were joined")
	}
	if _, err := SideBySide(); err == nil {
		t.Error("nothing was joined")
	}
}

func TestGrid(t *testing.T) {
	t.Parallel()
	sheet, err := Grid([][]*Picture{{New(2, 1, 1), New(1, 2, 3)}, {nil, New(1, 1, 3)}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if sheet.Width != 4 || sheet.Height != 4 || sheet.Channels != 3 {
		t.Fatalf("%d×%d×%d", sheet.Width, sheet.Height, sheet.Channels)
	}
	want := []float32{0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0}
	if got := sheet.Select(2, 1).Pix; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := Grid([][]*Picture{{nil}}, 0); err == nil {
		t.Error("an empty grid was made")
	}
	if _, err := Grid([][]*Picture{{New(1, 1, 3), New(1, 1, 5)}}, 0); err == nil {
		t.Error("3 and 5 channels on one sheet")
	}
}

func TestConvertAndConcat(t *testing.T) {
	t.Parallel()
	p := New(1, 1, 4)
	p.Alpha = true
	copy(p.Pix, []float32{0.2, 0.4, 0.6, 0.5})
	cases := map[int][]float32{1: {0.6815}, 3: {0.6, 0.7, 0.8}, 4: {0.2, 0.4, 0.6, 0.5}}
	for channels, want := range cases {
		q, err := p.Convert(channels)
		if err != nil || !slices.EqualFunc(q.Pix, want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }) {
			t.Errorf("to %d: %v, %v", channels, q, err)
		}
	}
	grey, err := ramp(0.5).Convert(4)
	if err != nil || !slices.Equal(grey.Pix, []float32{0.5, 0.5, 0.5, 1}) {
		t.Errorf("grey to RGBA: %v, %v", grey, err)
	}
	for _, c := range [][2]int{{3, 2}, {5, 3}, {3, 5}, {3, 0}} {
		if _, err := New(1, 1, c[0]).Convert(c[1]); err == nil {
			t.Errorf("%d channels became %d", c[0], c[1])
		}
	}
	whole, err := Concat(pattern(3, 8), pattern(2, 16))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, whole.Select(3, 2), pattern(2, 16), 0)
	if !slices.Equal(whole.Select(0, 3).Pix, pattern(3, 8).Pix) {
		t.Error("the first channels are not the first picture")
	}
	if _, err := Concat(pattern(1, 8), ramp(1)); err == nil {
		t.Error("pictures of two sizes were concatenated")
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestResizeReference compares with PIL (nearest, bilinear, bicubic, lanczos)
// and NumPy (area, bilinear-plain).
func TestResizeReference(t *testing.T) {
	t.Parallel()
	var reference struct {
		Width, Height int
		Pix           []float32
		Cases         []struct {
			Filter        string
			Width, Height int
			Pix           []float32
		}
	}
	readJSON(t, "testdata/resize.json", &reference)
	p := New(reference.Width, reference.Height, 1)
	p.Pix = reference.Pix
	three, err := Concat(New(p.Width, p.Height, 1), p, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range reference.Cases {
		f, err := ParseFilter(c.Filter)
		if err != nil {
			t.Fatal(err)
		}
		want := New(c.Width, c.Height, 1)
		want.Pix = c.Pix
		wantSame(t, Resize(p, c.Width, c.Height, f), want, 2e-6)
		wantSame(t, Resize(three, c.Width, c.Height, f).Select(1, 1), want, 2e-6)
	}
	if len(reference.Cases) != 36 {
		t.Errorf("%d cases", len(reference.Cases))
	}
}

func TestResizeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := Filter(rapid.IntRange(0, len(filterNames)-1).Draw(t, "filter"))
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		flat := New(12, 9, 2)
		fill(flat.Pix, 0.25)
		for _, v := range Resize(flat, w, h, f).Pix {
			if !near.Within(float64(v)-0.25, 1e-6) {
				t.Fatalf("a flat picture becomes %v", v)
			}
		}
		p := pattern(3, 16)
		if same := Resize(p, p.Width, p.Height, f); !slices.Equal(same.Pix, p.Pix) || same == p {
			t.Fatal("the same size is not a copy")
		}
		q := Resize(p, w, h, f)
		if f != Nearest { // at a tie nearest goes right, which mirroring shows
			mirrored := Mirror(Resize(Mirror(p), w, h, f))
			for i, v := range q.Pix {
				if !near.Within(float64(v-mirrored.Pix[i]), 1e-5) {
					t.Fatal("mirroring and resizing do not commute")
				}
			}
		}
		for _, v := range q.Pix {
			if !(v >= 0 && v <= 1) && !(math.Abs(float64(v-clamp(v))) < 1e-6) {
				t.Fatalf("sample %v", v)
			}
		}
	})
}

func TestFilterNames(t *testing.T) {
	t.Parallel()
	for f := Nearest; f <= Lanczos; f++ {
		if got, err := ParseFilter(f.String()); err != nil || got != f {
			t.Errorf("%v: %v, %v", f, got, err)
		}
	}
	if _, err := ParseFilter("sharp"); err == nil {
		t.Error("an unknown filter was accepted")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	sorted := []string{"", "1", "01", "2", "9", "10", "a", "a9b", "a9c", "a009c", "a10b", "a10b1", "b"}
	for i, a := range sorted {
		for j, b := range sorted {
			if (CompareNames(a, b) < 0) != (i < j) {
				t.Errorf("%q before %q: %v", a, b, i >= j)
			}
		}
	}
	for name, want := range map[string]bool{
		"a.png": true, "x/b.JPEG": true, "c.tif": true, ".a.png": false, "a.txt": false, "png": false, "a.webp": true,
	} {
		if IsPicture(name) != want {
			t.Errorf("IsPicture(%q) is %v", name, !want)
		}
	}
}

func TestLab(t *testing.T) {
	t.Parallel()
	var reference struct {
		RGB [][3]float32
		Lab [][3]float64
	}
	readJSON(t, "testdata/lab.json", &reference)
	p := New(len(reference.RGB), 1, 3)
	for i, c := range reference.RGB {
		for j, v := range c {
			p.Set(i, 0, j, v/255)
		}
	}
	lab := make([]float32, len(p.Pix))
	ToLab(lab, p)
	for i, want := range reference.Lab {
		for j, v := range want {
			if !near.Within(float64(lab[3*i+j])-v, 0.02) {
				t.Errorf("%v: Lab %v, want %v", reference.RGB[i], lab[3*i:3*i+3], want)
			}
		}
	}
	wantSame(t, FromLab(lab, p.Width, 1), p, 2e-5)
	grey := FromLab([]float32{100, 0, 0, 0, 0, 0, 50, 0, 0}, 3, 1)
	if d := math.Abs(float64(grey.At(2, 0, 0) - grey.At(2, 0, 2))); !near.Within(d, 1e-6) || grey.At(0, 0, 1) < 1-1e-6 || grey.At(1, 0, 0) != 0 {
		t.Errorf("neutral colours: %v", grey.Pix)
	}
}
