package reference

import (
	"errors"
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Device keeps parameters as float32 and runs graphs with [Run]. What a run
// computes is rounded to float32 only where it leaves the run: in outputs and
// in updated parameters.
type Device struct {
	values []map[string][]float64 // by machine
	shapes map[string]graph.Shape
}

var _ device.Several = (*Device)(nil)

// New is a device without parameters.
func New() *Device { return NewDevices(1) }

// NewDevices stands for count devices in step.
func NewDevices(count int) *Device {
	d := &Device{values: make([]map[string][]float64, count), shapes: map[string]graph.Shape{}}
	for i := range d.values {
		d.values[i] = map[string][]float64{}
	}
	return d
}

// Count implements device.Several.
func (d *Device) Count() int { return len(d.values) }

// First implements device.Several.
func (d *Device) First() device.Device { return &Device{d.values[:1], d.shapes} }

// Name is "reference".
func (d *Device) Name() string { return "reference" }

// Estimate is the graph's values at eight bytes each: nothing is freed before the
// program's end.
func (d *Device) Estimate(g *graph.Graph) (bytes int64, err error) {
	for _, n := range g.Nodes() {
		bytes += int64(8 * n.Shape().Size())
	}
	return bytes, nil
}

// Compile checks the graph and creates its parameters.
func (d *Device) Compile(g *graph.Graph) (device.Program, error) {
	if err := checkOrder(g); err != nil {
		return nil, err
	}
	p := &program{device: d, graph: g, inputs: map[string][]float32{}}
	p.bytes, _ = d.Estimate(g)
	for _, n := range g.Nodes() {
		if op, ok := n.Op().(graph.Parameter); ok {
			if err := d.want(op.Label, n.Shape()); err != nil {
				return nil, err
			}
		}
	}
	for _, n := range g.Nodes() {
		switch op := n.Op().(type) {
		case graph.Input:
			p.inputs[op.Label] = make([]float32, len(d.values)*n.Shape().Size())
		case graph.Parameter:
			d.create(op.Label, n.Shape())
		}
	}
	return p, nil
}

// want reports a parameter that is there in another shape.
func (d *Device) want(name string, shape graph.Shape) error {
	if have, ok := d.shapes[name]; ok && !have.Equal(shape) {
		return fmt.Errorf("reference: parameter %s is %v, not %v", name, have, shape)
	}
	return nil
}

func (d *Device) create(name string, shape graph.Shape) {
	if _, ok := d.shapes[name]; !ok {
		d.shapes[name] = append(graph.Shape{}, shape...)
		for _, values := range d.values {
			values[name] = make([]float64, shape.Size())
		}
	}
}

// SetParameter stores a copy of the value.
func (d *Device) SetParameter(name string, shape graph.Shape, value []float32) error {
	if err := d.want(name, shape); err != nil {
		return err
	}
	if len(value) != shape.Size() {
		return fmt.Errorf("reference: parameter %s is %v: %d numbers do not fit", name, shape, len(value))
	}
	d.create(name, shape)
	for _, values := range d.values {
		values[name] = widen(value)
	}
	return nil
}

// Parameter copies a parameter's value out.
func (d *Device) Parameter(name string) (graph.Shape, []float32, error) {
	shape, ok := d.shapes[name]
	if !ok {
		return nil, nil, fmt.Errorf("reference: no parameter %s", name)
	}
	return append(graph.Shape{}, shape...), narrow(d.values[0][name]), nil
}

// Close forgets the parameters.
func (d *Device) Close() error {
	d.values, d.shapes = nil, nil
	return nil
}

type program struct {
	device  *Device
	graph   *graph.Graph
	inputs  map[string][]float32
	outputs map[string][]float32
	bytes   int64
}

// Input implements device.Program. It panics where the graph has no such
// input.
func (p *program) Input(name string) []float32 {
	value, ok := p.inputs[name]
	if !ok {
		panic(fmt.Sprintf("reference: the graph has no input %q", name))
	}
	return value
}

// Run implements device.Program.
func (p *program) Run() error {
	if p.device.values == nil {
		return errors.New("reference: the device is closed")
	}
	count := p.device.Count()
	inputs := make([]map[string][]float64, count)
	for i := range inputs {
		inputs[i] = map[string][]float64{}
		for name, value := range p.inputs {
			size := len(value) / count
			inputs[i][name] = widen(value[i*size:][:size])
		}
	}
	values, err := RunDevices(p.graph, inputs, p.device.values)
	if err != nil {
		return err
	}
	for _, params := range p.device.values {
		for name, value := range params {
			params[name] = widen(narrow(value))
		}
	}
	p.outputs = map[string][]float32{}
	for _, o := range p.graph.Outputs() {
		for _, v := range values {
			p.outputs[o.Name] = append(p.outputs[o.Name], narrow(v.Of(o.Node))...)
		}
	}
	return nil
}

// Output implements device.Program. It panics where the graph has no such
// output or has not run.
func (p *program) Output(name string) []float32 {
	value, ok := p.outputs[name]
	if !ok {
		panic(fmt.Sprintf("reference: no output %q: the graph has none or has not run", name))
	}
	return value
}

// Memory implements device.Program.
func (p *program) Memory() int64 { return p.bytes }

// String implements device.Program.
func (p *program) String() string { return p.graph.String() }

// Close implements device.Program.
func (p *program) Close() error { return nil }

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
