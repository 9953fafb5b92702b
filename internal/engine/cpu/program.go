package cpu

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/pool"
	"easel/internal/engine/graph"
)

// Program is a planned graph with its memory.
type Program struct {
	device   *Device
	steps    []*step
	order    *order
	schedule *pool.Schedule
	inputs   map[string][]float32
	outputs  map[string]*value
	arena    []float32
	scratch  []gemm.Scratch
}

var errClosed = errors.New("cpu: the program is closed")

// guard is how far behind a value's end a vector kernel may read.
const guard = 1024

// layout gives every value its place and returns the arena's length.
func (p *planner) layout() (buffers []*buffer, length int) {
	all := p.addUnused(lifetimes(p.steps))
	join(p.steps)
	return all, place(all, alignUp(p.zeros+arenaAlign)) + guard
}

// memory is what a program will hold beside the parameters, in bytes.
func (p *planner) memory() int64 {
	_, length := p.layout()
	return int64(length+p.device.Threads()*p.need.Floats) * 4
}

// program lays out the memory, checks it and binds the steps to it.
func (p *planner) program() (*Program, error) {
	all, length := p.layout()
	if err := p.checkAddresses(all, length); err != nil {
		return nil, err
	}
	p.order = newOrder(waits(p.steps, all))
	p.arena = make([]float32, length)
	for _, b := range all {
		at := b.root().offset
		b.mem = p.arena[at : at+b.size]
	}
	prog := &Program{
		device: p.device, steps: p.steps, arena: p.arena,
		inputs: map[string][]float32{}, outputs: map[string]*value{},
	}
	p.scratch = make([]gemm.Scratch, p.device.Threads())
	for i := range p.scratch {
		p.scratch[i].Fit(p.need)
	}
	prog.scratch = p.scratch
	for _, n := range p.nodes {
		if in, ok := n.Op().(graph.Input); ok {
			prog.inputs[in.Label] = p.value(n).data()
		}
	}
	for _, o := range p.graph.Outputs() {
		prog.outputs[o.Name] = p.value(o.Node)
	}
	list := make([]pool.Step, len(p.steps))
	for i, s := range p.steps {
		s.run, s.bind = s.bind(), nil
		if s.bindWhole != nil {
			s.whole, s.bindWhole = s.bindWhole(), nil
		}
		list[i] = pool.Step{Tasks: s.tasks, Run: s.run, Group: s.group, Whole: s.whole, Before: p.order.before[i]}
	}
	prog.schedule, prog.order = pool.NewSchedule(list), p.order
	return prog, nil
}

// addUnused gives a place to inputs that no step reads.
func (p *planner) addUnused(all []*buffer) []*buffer {
	for _, n := range p.nodes {
		_, isInput := n.Op().(graph.Input)
		if b := p.values[n.ID()]; b != nil && (isInput || p.isOutput(n)) && !b.buf.fixed && b.buf.first < 0 {
			b.buf.first, b.buf.last = 0, forever
			all = append(all, b.buf)
		} else if isInput && b == nil {
			v := p.value(n)
			v.buf.first, v.buf.last = 0, forever
			all = append(all, v.buf)
		}
	}
	return all
}

// Input implements device.Program.
func (p *Program) Input(name string) []float32 {
	in, ok := p.inputs[name]
	if !ok {
		panic(fmt.Sprintf("cpu: the graph has no input %q", name))
	}
	return in
}

// Output implements device.Program.
func (p *Program) Output(name string) []float32 {
	v, ok := p.outputs[name]
	if !ok {
		panic(fmt.Sprintf("cpu: the graph has no output %q", name))
	}
	return v.data()
}

// Run implements device.Program. A failure is a bug in a kernel; it leaves
// the parameters as they are at that moment.
func (p *Program) Run() error {
	if p.arena == nil {
		return errClosed
	}
	if at, err := p.device.pool.RunAll(p.schedule); err != nil {
		return fmt.Errorf("cpu: step %s: %w", p.steps[at].name, err)
	}
	return nil
}

// Profile runs one step after the other, with a clock: how long each took, in
// String's order.
func (p *Program) Profile() (times []time.Duration, err error) {
	if p.arena == nil {
		return nil, errClosed
	}
	at := 0
	defer p.failed(&at, &err)
	times = make([]time.Duration, len(p.steps))
	for at = range p.steps {
		began := time.Now()
		p.steps[at].alone(p.device.pool)
		times[at] = time.Since(began)
	}
	return times, nil
}

// alone runs all tasks of the step.
func (s *step) alone(workers *pool.Pool) {
	if s.whole != nil {
		workers.Run(s.tasks/s.group, s.whole)
	} else {
		workers.Run(s.tasks, s.run)
	}
}

// failed turns a panic of a step into an error.
func (p *Program) failed(at *int, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("cpu: step %s: %v", p.steps[*at].name, r)
	}
}

// Memory implements device.Program.
func (p *Program) Memory() int64 {
	n := len(p.arena)
	for i := range p.scratch {
		n += len(p.scratch[i].Floats)
	}
	return int64(n) * 4
}

// Close implements device.Program.
func (p *Program) Close() error {
	p.steps, p.schedule, p.arena, p.scratch = nil, nil, nil, nil
	return nil
}

// Totals sums up a plan.
type Totals struct {
	Steps      int
	Bytes      int64 // read and written by all steps, each value once a step
	Multiplies int64 // of convolutions and matrix products, in the direct form
	Performed  int64 // of those, performed: Winograd convolution needs fewer
}

// Totals returns the sums over all steps: what one run costs.
func (p *Program) Totals() Totals {
	t := Totals{Steps: len(p.steps)}
	for _, s := range p.steps {
		t.Bytes += s.bytes()
		t.Multiplies += s.multiplies
		t.Performed += s.performed
	}
	return t
}

// String prints one step a line: its name, tasks, megabytes and millions of
// multiplications performed, of those in the direct form.
func (p *Program) String() string { return p.Print(nil) }

// Print is String with how long each step took, as from Profile; nil for not.
func (p *Program) Print(times []time.Duration) string {
	var b strings.Builder
	for i, s := range p.steps {
		fmt.Fprintf(&b, "%4d %-64s %5d tasks %9.2f MB %9.2f M· of %9.2f", i, s.name, s.tasks,
			float64(s.bytes())/1e6, float64(s.performed)/1e6, float64(s.multiplies)/1e6)
		if times != nil {
			fmt.Fprintf(&b, " %9.3f ms", times[i].Seconds()*1e3)
		}
		b.WriteByte('\n')
	}
	t := p.Totals()
	fmt.Fprintf(&b, "%d steps, %.1f MB moved, %.2f G multiplications of %.2f, %.1f MB of memory\n",
		t.Steps, float64(t.Bytes)/1e6, float64(t.Performed)/1e9, float64(t.Multiplies)/1e9, float64(p.Memory())/1e6)
	return b.String()
}
