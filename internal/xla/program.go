//go:build xla && cgo && !windows

package xla

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomlx/go-xla/pkg/pjrt"

	"easel/internal/graph"
	"easel/internal/xla/lowering"
)

// program is an executable with the values that go in and out of it.
type program struct {
	device     *xlaDevice
	executable *executable
	module     *lowering.Module
	inputs     map[string]*value
	outputs    map[string]*value
	updated    []int // arguments whose memory a run gives away
}

// value is an input or output on both sides.
type value struct {
	shape  graph.Shape
	host   []float32
	buffer *pjrt.Buffer // nil where there is none yet
	read   bool         // host is what buffer has
}

func (d *xlaDevice) newProgram(g *graph.Graph, e *executable, m *lowering.Module) *program {
	p := &program{device: d, executable: e, module: m, inputs: map[string]*value{}, outputs: map[string]*value{}}
	for _, n := range g.Nodes() {
		if op, ok := n.Op().(graph.Input); ok {
			p.inputs[op.Label] = &value{shape: n.Shape(), host: make([]float32, n.Shape().Size())}
		}
	}
	for _, o := range g.Outputs() {
		p.outputs[o.Name] = &value{shape: o.Node.Shape()}
	}
	for i, a := range p.module.Arguments {
		if a.Updated {
			p.updated = append(p.updated, i)
		}
	}
	return p
}

// Input implements device.Program.
func (p *program) Input(name string) []float32 {
	v := p.inputs[name]
	if v == nil {
		panic(fmt.Sprintf("xla: the graph has no input %q", name))
	}
	return v.host
}

// Output implements device.Program: it reads the value back the first time
// that it is asked for after a run.
func (p *program) Output(name string) []float32 {
	v := p.outputs[name]
	if v == nil {
		panic(fmt.Sprintf("xla: the graph has no output %q", name))
	}
	if v.host == nil {
		v.host = make([]float32, v.shape.Size())
	}
	if v.buffer != nil && !v.read {
		if err := v.buffer.ToHost(asBytes(v.host)); err != nil {
			panic(fmt.Sprintf("xla: read output %s: %v", name, err))
		}
		v.read = true
	}
	return v.host
}

// Run implements device.Program.
func (p *program) Run() error {
	if p.executable == nil || p.device.params == nil {
		return errors.New("xla: the program or its device is closed")
	}
	var arguments []*pjrt.Buffer
	for _, a := range p.module.Arguments {
		b, err := p.argument(a)
		if err != nil {
			return p.device.explain(fmt.Errorf("xla: input %s: %w", a.Name, err))
		}
		arguments = append(arguments, b)
	}
	results, err := p.executable.loaded.Execute(arguments...).OnDevice(p.device.device).Donate(p.updated...).Done()
	if err != nil {
		return p.device.explain(fmt.Errorf("xla: run: %w", err))
	}
	return p.keep(results)
}

// argument is the buffer of an argument; inputs are uploaded now.
func (p *program) argument(a lowering.Value) (*pjrt.Buffer, error) {
	if a.Kind == lowering.Parameter {
		return p.device.params[a.Name].buffer, nil
	}
	v := p.inputs[a.Name]
	buffer, err := p.device.upload(v.host, v.shape)
	if err != nil {
		return nil, err
	}
	return buffer, v.put(buffer)
}

// put stores a new buffer in the place of the old one.
func (v *value) put(b *pjrt.Buffer) error {
	old := v.buffer
	v.buffer, v.read = b, false
	if old == nil {
		return nil
	}
	return old.Destroy()
}

// keep stores what a run returned.
func (p *program) keep(results []*pjrt.Buffer) error {
	var err error
	for i, r := range p.module.Results {
		if r.Kind == lowering.Parameter {
			err = errors.Join(err, p.device.replace(r.Name, r.Shape, results[i]))
		} else {
			err = errors.Join(err, p.outputs[r.Name].put(results[i]))
		}
	}
	return err
}

// Memory implements device.Program.
func (p *program) Memory() int64 { return p.executable.memory(p.module) }

// String implements device.Program: the module in StableHLO, and its memory.
func (p *program) String() string {
	m := p.executable.loaded.OnDeviceMemoryUsageStats
	return fmt.Sprintf("%s// %d arguments, %d results, %.1f MB in, %.1f MB out of which %.1f MB in place, %.1f MB between\n", p.module.Text,
		len(p.module.Arguments), len(p.module.Results), float64(m.Inputs)/1e6, float64(m.Outputs)/1e6,
		float64(m.Aliases)/1e6, float64(m.Temporary)/1e6)
}

// Close implements device.Program.
func (p *program) Close() error {
	if p.executable == nil {
		return nil
	}
	var err error
	for _, values := range []map[string]*value{p.inputs, p.outputs} {
		for _, v := range values {
			err = errors.Join(err, v.put(nil))
		}
	}
	if p.device.params != nil {
		p.device.release(p.executable)
	}
	p.executable = nil
	return err
}

// explain adds a hint to an error of the plugin that has one.
func (d *xlaDevice) explain(err error) error {
	text := strings.ToLower(err.Error())
	if strings.Contains(text, "resource_exhausted") || strings.Contains(text, "out of memory") || strings.Contains(text, "code=8)") {
		return &Error{err, "the device's memory is too small for this: make the batch, the image size or the width smaller"}
	}
	return err
}
