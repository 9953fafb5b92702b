package imgio

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// fromBytes is a picture of one row.
func fromBytes(channels int, alpha bool, values []float64) *Picture {
	p := New(len(values)/channels, 1, channels)
	p.Alpha = alpha
	for i, v := range values {
		p.Pix[i] = float32(v / 255)
	}
	return p
}

// TestLaid: as Pillow composes, to its rounding.
func TestLaid(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/alpha.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		RGBA, Mask []float64
		Laid       map[string]struct{ RGB, Grey []float64 }
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	p := fromBytes(4, true, want.RGBA)
	for name, w := range want.Laid {
		ground, err := ParseColour(name)
		if err != nil {
			t.Fatal(err)
		}
		for channels, values := range map[int][]float64{3: w.RGB, 1: w.Grey} {
			q, err := p.As(Shape{Channels: channels, Background: &ground})
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, q, fromBytes(channels, false, values), 1.1/255)
		}
	}
	wantSame(t, p.OnWhite(), fromBytes(3, false, want.Laid["white"].RGB), 0.6/255)
	mask, err := p.Mask()
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, mask, fromBytes(1, false, want.Mask), 0.6/255)
}

// TestOnlyMarkedAlpha: a band is alpha where the file says so, and nowhere else.
func TestOnlyMarkedAlpha(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		channels int
		alpha    bool
	}{
		"bands.tif": {4, false}, "two.tif": {2, false}, "la.tif": {2, true}, "rgba8.tif": {4, true},
		"associated.tif": {4, true}, "rgba8.png": {4, true}, "rgba8.webp": {4, true}, "rgb8.png": {3, false},
		"samples16_planar.tif": {5, false}, "cmyk.jpg": {3, false}, "palette.png": {3, false},
	} {
		p, _ := mustRead(t, name)
		if p.Channels != want.channels || p.Alpha != want.alpha {
			t.Errorf("%s: %s", name, p.kind())
		}
		if name == "bands.tif" || name == "two.tif" || name == "la.tif" {
			wantSame(t, p, pattern(want.channels, 8), 0)
		}
		var file bytes.Buffer
		if err := Encode(&file, TIFF, p); err != nil {
			t.Fatal(err)
		}
		q, _, err := Decode(&file, name, ReadOptions{})
		if err != nil || q.Alpha != want.alpha {
			t.Errorf("%s, written and read again: alpha %v, %v", name, q.Alpha, err)
		}
	}
	// What is left of colours that were multiplied by alpha is as exact as 8 bits
	// times alpha can be.
	p, _ := mustRead(t, "associated.tif")
	whole := pattern(4, 8)
	for i, v := range whole.Pix {
		alpha := float64(whole.Pix[i|3])
		if off := math.Abs(float64(p.Pix[i] - v)); alpha > 0 && !(off*alpha <= 0.51/255) {
			t.Fatalf("sample %d is %v, want %v", i, p.Pix[i], v)
		}
	}
}

func TestAs(t *testing.T) {
	t.Parallel()
	grey, rgb, bands := New(2, 1, 1), New(2, 1, 3), New(2, 1, 4)
	rgba := New(2, 1, 4)
	rgba.Alpha = true
	for _, c := range []struct {
		p    *Picture
		want Shape
		err  string
	}{
		{grey, Shape{Channels: 3}, ""}, {grey, Shape{Channels: 2, Alpha: true}, ""}, {grey, Shape{Channels: 4, Alpha: true}, ""},
		{rgb, Shape{Channels: 1}, ""}, {rgb, Shape{Channels: 4, Alpha: true}, ""}, {rgb, Shape{}, ""}, {rgb, Shape{Alpha: true}, ""},
		{rgba, Shape{Channels: 3}, ""}, {rgba, Shape{}, ""}, {rgba, Shape{Alpha: true}, ""}, {bands, Shape{}, ""}, {bands, Shape{Channels: 4}, ""},
		{rgb, Shape{Channels: 4}, "it has RGB, expected 4 bands"},
		{rgba, Shape{Channels: 4}, "it has RGB with alpha, expected 4 bands"},
		{bands, Shape{Channels: 3}, "it has 4 bands, expected RGB"},
		{bands, Shape{Channels: 4, Alpha: true}, "it has 4 bands, expected RGB with alpha"},
		{rgb, Shape{Channels: 7}, "7 bands"},
	} {
		q, err := c.p.As(c.want)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s as %s: error %v", c.p.kind(), c.want.kind(), err)
			}
			continue
		}
		if err != nil || c.want.Channels != 0 && (q.Channels != c.want.Channels || q.Alpha != c.want.Alpha) || len(q.Pix) != 2*q.Channels {
			t.Errorf("%s as %s: %+v, %v", c.p.kind(), c.want.kind(), q, err)
		}
	}
	for _, bad := range []string{"", "red-ish", "#12345", "#1234567", "#gg0000"} {
		if c, err := ParseColour(bad); err == nil {
			t.Errorf("%q is %v", bad, c)
		}
	}
}

// TestSplitAlpha: alpha that says nothing is no alpha.
func TestSplitAlpha(t *testing.T) {
	t.Parallel()
	p := pattern(4, 16)
	p.Alpha = true
	colours, alpha := p.SplitAlpha()
	back, err := colours.WithAlpha(alpha)
	if err != nil || !back.Alpha {
		t.Fatal(back, err)
	}
	wantSame(t, back, p, 0)
	for i := 3; i < len(p.Pix); i += 4 {
		p.Pix[i] = 1
	}
	if colours, alpha := p.SplitAlpha(); alpha != nil || colours.Channels != 3 || colours.Alpha || !p.Opaque() {
		t.Error("opaque alpha was kept")
	}
}
