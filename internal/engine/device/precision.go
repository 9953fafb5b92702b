package device

import "fmt"

// Precision is how a device multiplies in convolutions and matrix products.
// Everything else, sums included, is float32 with any of them, and so are
// parameters and moments.
type Precision int

const (
	// Float32 multiplies float32 numbers as they are.
	Float32 Precision = iota
	// TF32 may multiply with 10 bits of the mantissas, as NVIDIA's GPUs can.
	TF32
	// BFloat16 rounds what products read and give to bfloat16.
	BFloat16
)

// Precisions are the names that ParsePrecision knows.
func Precisions() []string { return []string{"float32", "tf32", "bf16"} }

func (p Precision) String() string { return Precisions()[p] }

// ParsePrecision is the precision of a name; "" is that of Float32.
func ParsePrecision(name string) (Precision, error) {
	if name == "" {
		return Float32, nil
	}
	for i, known := range Precisions() {
		if name == known {
			return Precision(i), nil
		}
	}
	return 0, fmt.Errorf("unknown precision %q; there are float32, tf32 and bf16", name)
}
