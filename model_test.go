package easel_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"testing"

	"easel"
)

// TestClosedModel: an error, not a panic, whatever it is asked for.
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
