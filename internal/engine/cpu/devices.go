package cpu

import (
	"fmt"
	"strings"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Devices are several virtual devices on one processor that run each graph in
// step: what accelerators do side by side, with the same numbers, for tests and
// for trying out a run. Every device has parameters and memory of its own, and
// all share the workers.
//
// Results have the same bits for every number of threads: a device's steps are
// those that it would do alone, and sums over devices are in their order.
type Devices struct{ members []*Device }

var _ device.Several = (*Devices)(nil)

// NewDevices opens count devices, 1 or more, with one set of workers.
func NewDevices(count int, o Options) (*Devices, error) {
	if count < 1 {
		return nil, fmt.Errorf("cpu: %d devices", count)
	}
	first, err := New(o)
	if err != nil {
		return nil, err
	}
	d := &Devices{[]*Device{first}}
	for i := 1; i < count; i++ {
		member := *first
		member.index, member.params = i, map[string]*parameter{}
		d.members = append(d.members, &member)
	}
	return d, nil
}

// Name implements device.Device.
func (d *Devices) Name() string { return d.members[0].Name() }

// Count implements device.Several.
func (d *Devices) Count() int { return len(d.members) }

// First implements device.Several.
func (d *Devices) First() device.Device { return d.members[0] }

// SetParameter implements device.Device.
func (d *Devices) SetParameter(name string, shape graph.Shape, value []float32) error {
	for _, m := range d.members {
		if err := m.SetParameter(name, shape, value); err != nil {
			return err
		}
	}
	return nil
}

// Parameter implements device.Device.
func (d *Devices) Parameter(name string) (graph.Shape, []float32, error) {
	return d.members[0].Parameter(name)
}

// Estimate is the memory that a program of the graph will hold beside the
// parameters, in bytes.
func (d *Devices) Estimate(g *graph.Graph) (int64, error) {
	each, err := d.members[0].Estimate(g)
	return int64(len(d.members)) * (each + ports(g)), err
}

// ports is the size of a graph's inputs and outputs, of which a program of
// several devices has a copy for its caller.
func ports(g *graph.Graph) (bytes int64) {
	for _, n := range g.Nodes() {
		if _, ok := n.Op().(graph.Input); ok {
			bytes += 4 * int64(n.Shape().Size())
		}
	}
	for _, o := range g.Outputs() {
		bytes += 4 * int64(o.Node.Shape().Size())
	}
	return bytes
}

// Compile implements device.Device: one program for each device.
func (d *Devices) Compile(g *graph.Graph) (device.Program, error) {
	p := &lockstep{devices: d, inputs: map[string][]float32{}, outputs: map[string][]float32{}, ports: int64(len(d.members)) * ports(g)}
	for _, m := range d.members {
		planned, err := m.plan(g)
		if err != nil {
			return nil, err
		}
		member, err := planned.program()
		if err != nil {
			return nil, err
		}
		p.members = append(p.members, member)
	}
	for name, value := range p.members[0].inputs {
		p.inputs[name] = make([]float32, len(d.members)*len(value))
	}
	for name, value := range p.members[0].outputs {
		p.outputs[name] = make([]float32, len(d.members)*value.size())
	}
	for i := range p.members[0].steps {
		p.steps = append(p.steps, p.step(i))
	}
	return p, nil
}

// Close implements device.Device.
func (d *Devices) Close() error {
	for _, m := range d.members[1:] {
		m.params = nil
	}
	return d.members[0].Close()
}

// lockstep is one program for each device, run step by step together.
type lockstep struct {
	devices         *Devices
	members         []*Program
	steps           []jointStep
	inputs, outputs map[string][]float32 // of all devices
	ports           int64
}

// jointStep is a step of all devices: the tasks of each, or of an exchange
// between them.
type jointStep struct {
	name  string
	tasks int
	run   func(task, worker int)
}

func (p *lockstep) step(i int) jointStep {
	first := p.members[0].steps[i]
	if first.exchange != nil {
		exchanges := make([]*exchange, len(p.members))
		for m, member := range p.members {
			exchanges[m] = member.steps[i].exchange
		}
		return jointStep{first.name, first.tasks, combine(exchanges)}
	}
	runs, each := make([]func(task, worker int), len(p.members)), first.tasks
	for m, member := range p.members {
		if runs[m] = member.steps[i].run; first.whole != nil {
			runs[m], each = member.steps[i].whole, first.tasks/first.group
		}
	}
	return jointStep{first.name, each * len(runs), func(task, worker int) { runs[task/each](task%each, worker) }}
}

// Input implements device.Program.
func (p *lockstep) Input(name string) []float32 {
	in, ok := p.inputs[name]
	if !ok {
		panic(fmt.Sprintf("cpu: the graph has no input %q", name))
	}
	return in
}

// Output implements device.Program.
func (p *lockstep) Output(name string) []float32 {
	out, ok := p.outputs[name]
	if !ok {
		panic(fmt.Sprintf("cpu: the graph has no output %q", name))
	}
	for i, m := range p.members {
		value := m.Output(name)
		copy(out[i*len(value):], value)
	}
	return out
}

// Run implements device.Program.
func (p *lockstep) Run() (err error) {
	if p.steps == nil {
		return errClosed
	}
	at := ""
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cpu: step %s: %v", at, r)
		}
	}()
	for name, value := range p.inputs {
		for i, m := range p.members {
			in := m.inputs[name]
			copy(in, value[i*len(in):])
		}
	}
	pool := p.devices.members[0].pool
	for i := range p.steps {
		s := &p.steps[i]
		at = s.name
		pool.Run(s.tasks, s.run)
	}
	return nil
}

// Memory implements device.Program.
func (p *lockstep) Memory() int64 {
	bytes := p.ports
	for _, m := range p.members {
		bytes += m.Memory()
	}
	return bytes
}

// String implements device.Program.
func (p *lockstep) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d devices in step, each:\n%v", len(p.members), p.members[0])
	return b.String()
}

// Close implements device.Program.
func (p *lockstep) Close() error {
	for _, m := range p.members {
		_ = m.Close()
	}
	p.steps, p.inputs, p.outputs = nil, nil, nil
	return nil
}
