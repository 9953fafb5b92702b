package tensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every half-precision number, against arithmetic.
func TestHalfToFloat(t *testing.T) {
	t.Parallel()
	for i := range 1 << 16 {
		h := uint16(i)
		sign := 1 - 2*float64(h>>15)
		e, f := int(h>>10&31), float64(h&1023)
		want := sign * math.Ldexp(1+f/1024, e-15)
		switch {
		case e == 0:
			want = sign * math.Ldexp(f, -24)
		case e == 31 && f == 0:
			want = math.Inf(int(sign))
		case e == 31:
			want = math.NaN()
		}
		got := float64(halfToFloat(h))
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%#04x: %v, want %v", h, got, want)
		}
	}
}

// The conversions through a buffer, over more than one buffer's length.
func TestConvertInChunks(t *testing.T) {
	t.Parallel()
	n := chunkBytes/4 + 17
	f32, bf16 := make([]byte, 4*n), make([]byte, 2*n)
	for i := range n {
		bits := uint32(i%1000+0x3f80) << 16
		binary.LittleEndian.PutUint32(f32[4*i:], bits)
		binary.LittleEndian.PutUint16(bf16[2*i:], uint16(bits>>16))
	}
	want, got, converted := make([]float32, n), make([]float32, n), make([]float32, n)
	if err := Decode("F32", bytes.NewReader(f32), want); err != nil {
		t.Fatal(err)
	}
	if err := Decode("BF16", bytes.NewReader(append(bf16, make([]byte, 2*chunkBytes)...)), got); err != nil {
		t.Fatal(err)
	}
	convert("F32", f32, converted)
	if !cmp.Equal(want, got) || !cmp.Equal(want, converted) {
		t.Fatal("not the same values")
	}
	if err := Decode("BF16", bytes.NewReader(bf16[:9]), got); err == nil {
		t.Fatal("read values that are not there")
	}
}
