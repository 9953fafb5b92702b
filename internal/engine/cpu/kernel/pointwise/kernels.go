package pointwise

import (
	"fmt"
	"runtime"
)

//go:generate go -C ../asm run ./pointwise -out ../pointwise/avx2_amd64.s -stubs ../pointwise/avx2_amd64.go -pkg pointwise
//go:generate go -C ../asm run ./neon/pointwise -out ../pointwise/neon_arm64.s -stubs ../pointwise/neon_arm64.go

// Kernels is one implementation of all operations of this package. The zero
// value is the portable one.
type Kernels struct{ assembly bool }

// Detect is the fastest implementation that this processor runs.
func Detect() *Kernels { return &Kernels{assembly: hasVectors()} }

// Named is the implementation "avx2" (x86-64 with AVX2 and FMA), "neon" (arm64)
// or "go" (portable). It is an error to ask for one that this processor lacks.
func Named(name string) (*Kernels, error) {
	switch name {
	case "go":
		return &Kernels{}, nil
	case "avx2", "neon":
		if name != vectors || !hasVectors() {
			return nil, fmt.Errorf("pointwise: this processor (%s) does not run %s kernels", runtime.GOARCH, name)
		}
		return &Kernels{assembly: true}, nil
	}
	return nil, fmt.Errorf("pointwise: no kernels named %q, there are avx2, neon and go", name)
}

// Name is the name by which Named finds the implementation.
func (k *Kernels) Name() string {
	if k.assembly {
		return vectors
	}
	return "go"
}

// lanes is the number of float32 that assembly handles at once, an AVX register
// or two of NEON's; it leaves the rest of each row to Go.
const lanes = 8

// vectorChannels is how many of c channels assembly does.
func (k *Kernels) vectorChannels(c int) int {
	if k.assembly {
		return c &^ (lanes - 1)
	}
	return 0
}

// foldLimit is the largest number of channels that is worth folding.
const foldLimit = 32

// foldable reports whether contiguous rows of a channel count that leaves a
// tail can be treated as rows of lanes·c channels, eight rows at a time.
func (k *Kernels) foldable(rows, c int) bool {
	return k.assembly && c%lanes != 0 && c < foldLimit && rows >= lanes
}

// expand repeats a per-channel vector for folded rows; nil stays nil.
func expand(buffer *[lanes * foldLimit]float32, v []float32) []float32 {
	if v == nil {
		return nil
	}
	c := len(v)
	for i := 0; i < lanes; i++ {
		copy(buffer[i*c:], v)
	}
	return buffer[:lanes*c]
}

// unfold adds up what lanes folded rows summed separately.
func unfold(sum, folded []float32) {
	c := len(sum)
	for j := range sum {
		s := sum[j]
		for i := 0; i < lanes; i++ {
			s += folded[i*c+j]
		}
		sum[j] = s
	}
}

// checkView panics unless a slice holds rows × c elements at the stride.
func checkView(op, operand string, s []float32, stride, rows, c int) {
	if rows < 0 || c < 0 || rows > 1 && stride < c {
		misuse(op, operand, len(s), stride, rows, c)
	}
	if rows > 0 && c > 0 && (rows-1)*stride+c > len(s) {
		misuse(op, operand, len(s), stride, rows, c)
	}
}

func misuse(op, operand string, length, stride, rows, c int) {
	panic(fmt.Sprintf("pointwise: %s: %s of %d elements does not hold %d rows of %d at stride %d",
		op, operand, length, rows, c, stride))
}

// checkVector panics unless a per-channel vector has exactly c elements.
func checkVector(op, operand string, v []float32, c int) {
	if len(v) != c {
		panic(fmt.Sprintf("pointwise: %s: %s has %d channels, wants %d", op, operand, len(v), c))
	}
}

// checkOptional is checkVector for a vector that may be nil.
func checkOptional(op, operand string, v []float32, c int) {
	if v != nil {
		checkVector(op, operand, v, c)
	}
}

// tail is v[from:], nil for nil.
func tail(v []float32, from int) []float32 {
	if v == nil {
		return nil
	}
	return v[from:]
}

// first is the address of a vector, nil for nil.
func first(v []float32) *float32 {
	if len(v) == 0 {
		return nil
	}
	return &v[0]
}
