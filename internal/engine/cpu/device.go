// Package cpu plans and runs graphs on the processor.
//
// New opens a device; Compile turns a graph into a program by these stages,
// one file each:
//
//	plan.go    drop dead nodes, check the order of updates
//	fuse.go    which nodes are computed inside another one's step
//	lower.go   nodes to steps: kernels chosen, work cut into tasks
//	memory.go  lifetimes, results in place, one arena
//	depend.go  which steps wait for which
//	program.go run the steps, print them
//
// # Guarantees
//
// Everything is checked and allocated by Compile; Run allocates nothing.
// Results have the same bits for every number of threads: the cutting of work
// into tasks and every sum's order depend on shapes only. They differ in the
// last digits between processors with different vector instructions.
package cpu

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/cpu/pool"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Options of a device. The zero value is the default.
type Options struct {
	// Threads that work; 0 means one per core that the process may use.
	Threads int
	// Kernels names the kernels' instruction set, "go", "avx2", "avx512" or
	// "neon"; empty means the best that the processor has.
	Kernels string
	// Unfused gives every node a step of its own. Slow: for tests.
	Unfused bool
	// Direct never computes a convolution as Winograd convolution: slower, with
	// about a tenth of the rounding. For comparing numbers.
	Direct bool
	// Precision is how convolutions and products of matrices multiply; there is no TF32.
	// BFloat16 rounds what they read where that saves time and a result's error stays
	// within some percent; their sums are float32. It is for kernels that have it: see
	// CheckPrecision.
	Precision device.Precision
}

// Device is the processor as a device.
type Device struct {
	pool      *pool.Pool
	gemm      *gemm.Kernels
	products  *gemm.Kernels // gemm in the device's precision
	pointwise *pointwise.Kernels
	unfused   bool
	direct    bool
	params    map[string]*parameter
	index     int // among the devices of a Devices
}

type parameter struct {
	shape graph.Shape
	data  []float32
}

var (
	_ device.Device  = (*Device)(nil)
	_ device.Adopter = (*Device)(nil)
)

// New opens the processor as a device. It fails on kernels that the processor
// does not have.
func New(o Options) (*Device, error) {
	d := &Device{unfused: o.Unfused, direct: o.Direct, params: map[string]*parameter{}}
	if err := d.chooseKernels(o.Kernels, o.Precision); err != nil {
		return nil, err
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	d.pool = pool.New(threads)
	return d, nil
}

func (d *Device) chooseKernels(name string, p device.Precision) (err error) {
	if d.products, err = kernels(name, p); err != nil {
		return err
	}
	d.gemm = d.products.Float32()
	if name == "avx512" || name == "" {
		name = pointwise.Detect().Name() // pointwise work is bound by memory: wider vectors gain nothing
	}
	if d.pointwise, err = pointwise.Named(name); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	return nil
}

// kernels are the matrix kernels of a name, empty for the best, in a precision.
func kernels(name string, p device.Precision) (k *gemm.Kernels, err error) {
	if k = gemm.Detect(); name != "" {
		if k, err = gemm.Named(name); err != nil {
			return nil, fmt.Errorf("cpu: %w", err)
		}
	}
	switch p {
	case device.Float32:
		return k, nil
	case device.TF32:
		return nil, errors.New("the processor does not multiply in tf32, only XLA's devices can")
	}
	if rounded := k.BFloat16(); rounded != nil {
		return rounded, nil
	}
	return nil, fmt.Errorf("this processor cannot multiply in bf16 with %s kernels, only those with AVX512-BF16 or, on arm64, FEAT_BF16 can", k.Name)
}

// CheckPrecision fails for a precision that kernels of a name as in Options do not have
// on this processor.
func CheckPrecision(name string, p device.Precision) error {
	_, err := kernels(name, p)
	return err
}

// Name implements device.Device.
func (d *Device) Name() string { return "cpu" }

// Kernels is the instruction set of the matrix kernels: avx512, avx2, neon or go.
func (d *Device) Kernels() string { return d.gemm.Name }

// Threads is the number of workers.
func (d *Device) Threads() int { return d.pool.Workers() }

// SetParameter implements device.Device.
func (d *Device) SetParameter(name string, shape graph.Shape, value []float32) error {
	if shape.Size() != len(value) {
		return fmt.Errorf("cpu: parameter %s: %d numbers for shape %v", name, len(value), shape)
	}
	p, err := d.parameter(name, shape)
	if err != nil {
		return err
	}
	copy(p.data, value)
	return nil
}

// AdoptParameter implements device.Adopter. A parameter that the device has
// already keeps its memory, since programs may compute on it, and gets a copy.
func (d *Device) AdoptParameter(name string, shape graph.Shape, value []float32) error {
	if d.params[name] == nil && shape.Size() == len(value) {
		d.params[name] = &parameter{slices.Clone(shape), value}
		return nil
	}
	return d.SetParameter(name, shape, value)
}

// Parameter implements device.Device.
func (d *Device) Parameter(name string) (graph.Shape, []float32, error) {
	p := d.params[name]
	if p == nil {
		return nil, nil, fmt.Errorf("cpu: no parameter %s", name)
	}
	return slices.Clone(p.shape), slices.Clone(p.data), nil
}

// parameter returns the parameter of that name, made with zeros if need be.
func (d *Device) parameter(name string, shape graph.Shape) (*parameter, error) {
	p := d.params[name]
	if p == nil {
		p = &parameter{slices.Clone(shape), make([]float32, shape.Size())}
		d.params[name] = p
	}
	if !p.shape.Equal(shape) {
		return nil, fmt.Errorf("cpu: parameter %s is %v, the graph has %v", name, p.shape, shape)
	}
	return p, nil
}

// Compile implements device.Device.
func (d *Device) Compile(g *graph.Graph) (device.Program, error) {
	p, err := d.plan(g)
	if err != nil {
		return nil, err
	}
	program, err := p.program()
	if err != nil {
		return nil, err
	}
	return program, nil
}

// Estimate is the memory that a program of the graph will hold beside the
// parameters, in bytes. It takes none of it.
func (d *Device) Estimate(g *graph.Graph) (int64, error) {
	p, err := d.plan(g)
	if err != nil {
		return 0, err
	}
	return p.memory(), nil
}

// Close implements device.Device.
func (d *Device) Close() error {
	d.pool.Close()
	d.params = nil
	return nil
}
