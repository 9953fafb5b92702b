package imgio_test

import (
	"bytes"
	"errors"
	"testing"

	"easel/internal/file/imgio"
)

// TestMeasure: the header says what decoding then gives.
func TestMeasure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format   imgio.Format
		channels int
		depth    int
	}{{imgio.PNG, 1, 8}, {imgio.PNG, 3, 8}, {imgio.PNG, 4, 16}, {imgio.JPEG, 3, 8}, {imgio.JPEG, 1, 8}, {imgio.TIFF, 3, 16}, {imgio.TIFF, 5, 8}} {
		p := imgio.New(7, 5, c.channels)
		p.Depth = c.depth
		var b bytes.Buffer
		if err := imgio.Encode(&b, c.format, p); err != nil {
			t.Fatal(err)
		}
		got, err := imgio.Measure(b.Bytes())
		if want := (imgio.Extent{Width: 7, Height: 5, Channels: c.channels}); err != nil || got != want {
			t.Errorf("%v of %d channels: %+v, %v", c.format, c.channels, got, err)
		}
	}
}

// TestMeasureNothing: what is no picture is told from a damaged one.
func TestMeasureNothing(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "hello", "<svg/>"} {
		if _, err := imgio.Measure([]byte(data)); !errors.Is(err, imgio.ErrNoPicture) {
			t.Errorf("%q: %v", data, err)
		}
	}
	if _, err := imgio.Measure([]byte("\x89PNG\r\n\x1a\nnothing")); err == nil || errors.Is(err, imgio.ErrNoPicture) {
		t.Errorf("a damaged PNG: %v", err)
	}
}

// FuzzMeasure: what can be decoded can be measured, and has that size or, turned
// by its orientation, the other way round.
func FuzzMeasure(f *testing.F) {
	for _, format := range []imgio.Format{imgio.PNG, imgio.JPEG, imgio.TIFF} {
		var b bytes.Buffer
		if err := imgio.Encode(&b, format, imgio.New(3, 2, 3)); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := imgio.Measure(data)
		p, _, failed := imgio.Decode(bytes.NewReader(data), "fuzz", imgio.ReadOptions{MaxSamples: 1 << 16})
		if failed != nil {
			return
		}
		if err != nil {
			t.Fatalf("decoded, but not measured: %v", err)
		}
		same := p.Width <= s.Width && p.Height <= s.Height || p.Width <= s.Height && p.Height <= s.Width
		if !same || p.Channels > s.Channels {
			t.Errorf("measured %+v, decoded %d×%d×%d", s, p.Width, p.Height, p.Channels)
		}
	})
}
