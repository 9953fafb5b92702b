package easel_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"testing"

	"easel"
)

// TestClosedModel: every method returns an error and does not panic.
func TestClosedModel(t *testing.T) {
	t.Parallel()
	options := tiny(t.TempDir(), 1)
	if err := easel.Train(t.Context(), options, nil); err != nil {
		t.Fatal(err)
	}
	m, err := easel.Open(options.Out)
	if err != nil {
		t.Fatal(err)
	}
	picture := image.NewRGBA(image.Rect(0, 0, 32, 32))
	if _, err := m.Translate(t.Context(), picture); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Translate(t.Context(), picture); !errors.Is(err, easel.ErrClosed) {
		t.Errorf("Translate: %v", err)
	}
	var in, out bytes.Buffer
	if err := png.Encode(&in, picture); err != nil {
		t.Fatal(err)
	}
	if _, err := m.TranslateStream(t.Context(), &in, &out); !errors.Is(err, easel.ErrClosed) || out.Len() > 0 {
		t.Errorf("TranslateStream: %v, and %d bytes", err, out.Len())
	}
}

// A model of the first released format gives the same picture as then, up to rounding:
// kernels differ between machines.
func TestAModelOfTheFirstFormat(t *testing.T) {
	t.Parallel()
	m, err := easel.Open("testdata/format-1/model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	input, _, err := easel.ReadPicture("testdata/format-1/input.png")
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := easel.ReadPicture("testdata/format-1/output.png")
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.TranslatePicture(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != want.Width || got.Height != want.Height || got.Channels != want.Channels || got.Depth != want.Depth {
		t.Fatalf("it is %d×%d×%d of %d bits", got.Width, got.Height, got.Channels, got.Depth)
	}
	for i, v := range want.Pix {
		if d := got.Pix[i] - v; !(d < 2.0/255 && d > -2.0/255) {
			t.Fatalf("sample %d is %g, was %g", i, got.Pix[i], v)
		}
	}
}
