package winograd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd/toom"
)

// Every transform, in Go and in assembly, is P·X·Pᵀ, for several rows of
// channels anywhere, and writes nothing else.
func TestTransforms(t *testing.T) {
	t.Parallel()
	for _, k := range gemm.Available() {
		for _, size := range Sizes() {
			f, m := New(size[0], size[1], k.Name), toom.New(size[0], size[1])
			for name, c := range map[string]struct {
				transform *Transform
				matrix    [][]float64
			}{
				"input":           {f.Input, m.BT},
				"kernel":          {f.Kernel, m.G},
				"output":          {f.Output, m.AT},
				"output gradient": {f.OutputGradient, toom.Transpose(m.AT)},
				"kernel gradient": {f.KernelGradient, toom.Transpose(m.G)},
			} {
				t.Run(fmt.Sprintf("%s/%v/%s", k.Name, f, name), func(t *testing.T) {
					t.Parallel()
					checkTransform(t, c.transform, c.matrix)
				})
			}
		}
	}
}

func checkTransform(t *testing.T, tr *Transform, matrix [][]float64) {
	const channels, rows, gap = 48, 3, 5
	p, q := len(matrix), len(matrix[0])
	r := rand.New(rand.NewPCG(1, 2))
	src := make([]float32, 4000)
	for i := range src {
		src[i] = 2*r.Float32() - 1
	}
	offsets := make([]int, tr.places())
	for i := range offsets {
		offsets[i] = r.IntN(len(src) - rows*(channels+gap))
	}
	point := rows*(channels+gap) + 7
	dst := make([]float32, p*p*point)
	to := r.Perm(p * p)
	for i := range to {
		to[i] *= point
	}
	const untouched = 12345
	size := 0.0 // of the largest sum of a pass
	for _, row := range matrix {
		sum := 0.0
		for _, v := range row {
			sum += math.Abs(v)
		}
		size = max(size, sum)
	}
	for i := range dst {
		dst[i] = untouched
	}
	tr.Run(Operand{dst, channels + gap}, to, Operand{src, channels + gap}, offsets, rows, channels)
	for i := range p * p {
		for at := range point {
			got := float64(dst[to[i]+at])
			row, c := at/(channels+gap), at%(channels+gap)
			if row >= rows || c >= channels {
				if got != untouched {
					t.Fatalf("element %d of point %d was overwritten", at, i)
				}
				continue
			}
			want := 0.0
			for a := range q {
				for b := range q {
					want += matrix[i/p][a] * matrix[i%p][b] * float64(src[offsets[a*q+b]+row*(channels+gap)+c])
				}
			}
			if !near.Within(got-want, 5e-7*size*size) {
				t.Fatalf("point %d, row %d, channel %d: %v, want %v", i, row, c, got, want)
			}
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	f := New(4, 2, "go")
	data := func(n int) Operand { return Operand{make([]float32, n), 16} }
	for name, call := range map[string]func(){
		"channels":  func() { f.Output.Run(data(999), make([]int, 16), data(999), make([]int, 25), 1, 8) },
		"from":      func() { f.Output.Run(data(999), make([]int, 16), data(999), make([]int, 24), 1, 16) },
		"next":      func() { f.Input.Run(data(999), make([]int, 25), data(999), make([]int, 49), 1, 16) },
		"to":        func() { f.Output.Run(data(999), make([]int, 15), data(999), make([]int, 25), 1, 16) },
		"source":    func() { f.Kernel.Run(data(999), make([]int, 25), data(20), []int{0, 0, 0, 5}, 1, 16) },
		"negative":  func() { f.Kernel.Run(data(999), make([]int, 25), data(999), []int{0, -1, 0, 5}, 1, 16) },
		"row":       func() { f.Kernel.Run(data(999), make([]int, 25), data(63), make([]int, 4), 4, 16) },
		"dst":       func() { f.Kernel.Run(data(399), append(make([]int, 24), 384), data(20), make([]int, 4), 1, 16) },
		"dst below": func() { f.Kernel.Run(data(399), append(make([]int, 24), -16), data(20), make([]int, 4), 1, 16) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}
