package tensors

import (
	"encoding/binary"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Every number of half precision comes back as it was.
func TestHalfRoundTrip(t *testing.T) {
	t.Parallel()
	for i := range 1 << 16 {
		h := uint16(i)
		v := halfToFloat(h)
		if got := floatToHalf(v); got != h && v == v {
			t.Fatalf("%#04x is %v and comes back as %#04x", h, v, got)
		}
	}
}

// The nearest number of half precision is taken, the even one of two.
func TestHalfIsNearest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float32frombits(rapid.Uint32().Draw(t, "bits"))
		if v != v || math.Abs(float64(v)) >= 65520 {
			return
		}
		h := binary.LittleEndian.Uint16(EncodeHalf([]float32{v}))
		away := math.Abs(float64(halfToFloat(h)) - float64(v))
		for _, other := range []uint16{h - 1, h + 1} {
			d := math.Abs(float64(halfToFloat(other)) - float64(v))
			if d < away || d == away && h&1 == 1 {
				t.Fatalf("%v becomes %v, and %v is as near", v, halfToFloat(h), halfToFloat(other))
			}
		}
	})
}
