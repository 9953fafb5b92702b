package tensors

import (
	"encoding/binary"
	"math"
)

// EncodeHalf returns values as little-endian F16, rounded to nearest, ties to even. Values
// too large for F16 become infinite.
func EncodeHalf(values []float32) []byte {
	b := make([]byte, 0, 2*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, floatToHalf(v))
	}
	return b
}

// floatToHalf rounds to IEEE 754 binary16.
func floatToHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	magnitude := bits &^ (1 << 31)
	switch {
	case magnitude > 255<<23: // NaN
		return sign | 0x7e00
	case magnitude >= 0x477ff000: // 65520 and more: rounds to infinity
		return sign | 0x7c00
	case magnitude < 0x38800000: // below 2⁻¹⁴: a multiple of 2⁻²⁴
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(magnitude))*(1<<24)))
	}
	// Thirteen bits are dropped; a carry out of the fraction correctly moves into the exponent.
	rounded := magnitude + 0xfff + magnitude>>13&1
	return sign | uint16(rounded>>13-(127-15)<<10)
}
