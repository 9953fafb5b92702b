//go:build xla && cgo && !windows

package xla

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/go-xla/pkg/pjrt"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla/lowering"
)

// program is an executable with the values that go in and out of it.
type program struct {
	device     *xlaDevice
	executable *executable
	module     *lowering.Module
	inputs     map[string]*value
	outputs    map[string]*value
	numbers    []*pjrt.Buffer // of the devices, where there are several
	donated    []int          // arguments, of all devices, whose memory a run gives away
	running    chan outcome   // of the run that was started; nil when there is none
}

// outcome is what a run returned.
type outcome struct {
	results []*pjrt.Buffer
	err     error
}

var (
	_ device.Starter = (*program)(nil)
	_ device.Reader  = (*program)(nil)
)

// value is an input or output on both sides, one for each device.
type value struct {
	shape   graph.Shape
	host    []float32      // of an output nil before it is first read
	buffers []*pjrt.Buffer // none before the first run
	next    []*pjrt.Buffer // of an input, uploaded for the next run
	fresh   bool           // an output that has not been read back
}

func (d *xlaDevice) newProgram(g *graph.Graph, e *executable, m *lowering.Module) (*program, error) {
	p := &program{device: d, executable: e, module: m, inputs: map[string]*value{}, outputs: map[string]*value{}}
	for _, n := range g.Nodes() {
		if op, ok := n.Op().(graph.Input); ok {
			p.inputs[op.Label] = &value{shape: n.Shape(), host: p.room(n.Shape())}
		}
	}
	for _, o := range g.Outputs() {
		p.outputs[o.Name] = &value{shape: o.Node.Shape()}
	}
	for i, to := range d.devices {
		for k, a := range m.Arguments {
			if a.Updated {
				p.donated = append(p.donated, i*len(m.Arguments)+k)
			}
		}
		if len(d.devices) == 1 {
			break
		}
		number, err := d.plugin.client.BufferFromHost().FromFlatDataWithDimensions([]uint32{uint32(i)}, nil).ToDevice(to).Done()
		if err != nil {
			return nil, fmt.Errorf("xla: %w", err)
		}
		p.numbers = append(p.numbers, number)
	}
	return p, nil
}

// room is the host's side of a value, one for each device.
func (p *program) room(shape graph.Shape) []float32 {
	return make([]float32, len(p.device.devices)*shape.Size())
}

// part is what device i has of a value's host side.
func (v *value) part(i int) []float32 {
	size := v.shape.Size()
	return v.host[i*size : (i+1)*size]
}

// Input implements device.Program.
func (p *program) Input(name string) []float32 {
	v := p.inputs[name]
	if v == nil {
		panic(fmt.Sprintf("xla: the graph has no input %q", name))
	}
	return v.host
}

// Output implements device.Program.
func (p *program) Output(name string) []float32 {
	value, err := p.Read(name)
	if err != nil {
		for i := range value {
			value[i] = float32(math.NaN())
		}
	}
	return value
}

// Read implements device.Reader: the first call after a run reads the value back.
func (p *program) Read(name string) ([]float32, error) {
	v := p.outputs[name]
	if v == nil {
		panic(fmt.Sprintf("xla: the graph has no output %q", name))
	}
	if v.host == nil {
		v.host = p.room(v.shape)
	}
	if v.fresh {
		for i, b := range v.buffers {
			if err := b.ToHost(asBytes(v.part(i))); err != nil {
				return v.host, p.device.explain(fmt.Errorf("xla: read output %s: %w", name, err))
			}
		}
		v.fresh = false
	}
	return v.host, nil
}

// Run implements device.Program.
func (p *program) Run() error {
	if err := p.Start(); err != nil {
		return err
	}
	return p.Wait()
}

// Start implements device.Starter.
func (p *program) Start() error {
	if p.executable == nil || p.device.params == nil {
		return errors.New("xla: the program or its device is closed")
	}
	if p.running != nil {
		return errors.New("xla: the program runs already")
	}
	for _, a := range p.module.Arguments {
		if a.Kind == lowering.Input && p.inputs[a.Name].next == nil {
			if err := p.Upload(a.Name); err != nil {
				return err
			}
		}
	}
	if err := p.take(); err != nil {
		return err
	}
	var arguments []*pjrt.Buffer
	for i := range p.device.devices {
		for _, a := range p.module.Arguments {
			arguments = append(arguments, p.argument(a, i))
		}
	}
	execution := p.executable.loaded.Execute(arguments...).Donate(p.donated...)
	if len(p.device.devices) == 1 {
		execution = execution.OnDevice(p.device.devices[0])
	}
	p.running = make(chan outcome, 1)
	go func(done chan<- outcome) {
		results, err := execution.Done()
		done <- outcome{results, err}
	}(p.running)
	return nil
}

// Wait implements device.Starter.
func (p *program) Wait() error {
	if p.running == nil {
		return errors.New("xla: no run was started")
	}
	o := <-p.running
	p.running = nil
	if o.err != nil {
		return p.device.explain(fmt.Errorf("xla: run: %w", o.err))
	}
	return p.keep(o.results)
}

// Upload implements device.Starter. An input that the module does not read has
// nowhere to go.
func (p *program) Upload(inputs ...string) error {
	for _, name := range inputs {
		v := p.inputs[name]
		if v == nil || !slices.ContainsFunc(p.module.Arguments, func(a lowering.Value) bool { return a.Kind == lowering.Input && a.Name == name }) {
			continue
		}
		for i, to := range p.device.devices {
			buffer, err := p.device.upload(v.part(i), v.shape, to)
			if err != nil {
				return p.device.explain(fmt.Errorf("xla: input %s: %w", name, err))
			}
			v.next = append(v.next, buffer)
		}
	}
	return nil
}

// take makes what was uploaded the inputs of the run that begins.
func (p *program) take() error {
	var err error
	for _, v := range p.inputs {
		for i, b := range v.next {
			err = errors.Join(err, v.put(i, b))
		}
		v.next = nil
	}
	return err
}

// argument is what device i gives for an argument.
func (p *program) argument(a lowering.Value, i int) *pjrt.Buffer {
	switch a.Kind {
	case lowering.DeviceNumber:
		return p.numbers[i]
	case lowering.Parameter:
		return p.device.params[a.Name].buffers[i]
	}
	return p.inputs[a.Name].buffers[i]
}

// put stores device i's buffer in the place of its old one.
func (v *value) put(i int, b *pjrt.Buffer) error {
	if i == len(v.buffers) {
		v.buffers = append(v.buffers, b)
		return nil
	}
	old := v.buffers[i]
	v.buffers[i] = b
	return old.Destroy()
}

// keep stores what a run returned, device by device.
func (p *program) keep(results []*pjrt.Buffer) error {
	var err error
	each := len(results) / len(p.device.devices)
	for i := range p.device.devices {
		for k, r := range p.module.Results {
			b := results[i*each+k]
			if r.Kind == lowering.Parameter {
				err = errors.Join(err, p.device.replace(r.Name, r.Shape, i, b))
				continue
			}
			v := p.outputs[r.Name]
			v.fresh = true
			err = errors.Join(err, v.put(i, b))
		}
	}
	return err
}

// Memory implements device.Program.
func (p *program) Memory() int64 {
	return int64(len(p.device.devices)) * p.executable.memory(p.module)
}

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
	if p.running != nil {
		_ = p.Wait()
	}
	buffers := slices.Clone(p.numbers)
	for _, values := range []map[string]*value{p.inputs, p.outputs} {
		for _, v := range values {
			buffers = append(append(buffers, v.buffers...), v.next...)
			v.buffers, v.next, v.fresh = nil, nil, false
		}
	}
	var err error
	for _, b := range buffers {
		err = errors.Join(err, b.Destroy())
	}
	if p.device.params != nil {
		p.device.release(p.executable)
	}
	p.executable, p.numbers = nil, nil
	return err
}

// explain adds a hint to an error of the plugin that has one.
func (s *store) explain(err error) error {
	text := strings.ToLower(err.Error())
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case has("resource_exhausted", "resource exhausted", "out of memory", "code=8)"):
		return hint.New(err, "the device's memory is too small for this: make the batch, the image size or the width smaller")
	case has(".so") && has("load", "open", "not found"), has("ptxas", "libdevice"):
		return hint.New(err, "a library or program of the plugin is missing: for CUDA, {run backends install cuda} brings them")
	}
	return err
}
