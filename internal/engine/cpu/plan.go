package cpu

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/conv"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/graph"
)

// planner turns one graph into a program.
type planner struct {
	device  *Device
	graph   *graph.Graph
	nodes   []*graph.Node
	alive   []bool
	users   [][]*graph.Node // live ones, by the node's number
	outputs map[*graph.Node]bool
	updates map[*graph.Node]*graph.Node // of parameters
	fusion  []fused                     // by the node's number
	values  []*value
	norms   map[affineKey]*value // affine maps of norms
	// poolIndices are where the largest elements of max pools were.
	poolIndices map[*graph.Node]*value
	// signs are the kept signs of rectified values.
	signs   map[*graph.Node]*value
	steps   []*step
	order   *order
	need    gemm.Need      // what the greediest kernel wants of a worker's scratch
	scratch []gemm.Scratch // one a worker
	zeros   int            // longest run of zeros that a kernel reads
	arena   []float32
	failed  error
}

// step is one pass of the plan: tasks that the workers share.
type step struct {
	name          string
	tasks         int
	reads, writes []*value
	between       []*value // what one step leaves to the next, in cache as a rule
	holds         []*value // what keeps its memory up to this step, though other steps use it
	inPlace       struct{ result, operand *value }
	multiplies    int64 // of the direct form
	performed     int64
	price         func(task int) float64  // nil for that of its bytes
	priceWhole    func(group int) float64 // of a group
	exchange      *exchange               // of a collective operation
	after         []int                   // steps to wait for, beside those that values tell
	partOf        *conv.Plan              // whose steps with this each write a part of the result that is theirs alone
	// bind makes run, once the values have their memory.
	bind func() func(task, worker int)
	run  func(task, worker int)
	// group is how many tasks whole runs together, for less; 1 without.
	group     int
	bindWhole func() func(group, worker int)
	whole     func(group, worker int)
}

// bytes is what the step reads and writes, each value once.
func (s *step) bytes() int64 {
	n := 0
	for _, v := range s.reads {
		n += v.size()
	}
	for _, v := range s.writes {
		n += v.size()
	}
	return int64(n) * 4
}

// plan decides everything but addresses.
func (d *Device) plan(g *graph.Graph) (*planner, error) {
	p := &planner{device: d, graph: g, nodes: g.Nodes(), outputs: map[*graph.Node]bool{}, norms: map[affineKey]*value{}, poolIndices: map[*graph.Node]*value{}, signs: map[*graph.Node]*value{}}
	p.values = make([]*value, len(p.nodes))
	var err error
	if p.alive, err = graph.Live(g); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	p.findUsers()
	p.fuse()
	for _, n := range p.nodes {
		if p.live(n) && !p.fused(n).folded {
			p.lower(n)
		}
		for _, y := range p.fused(n).keeps {
			p.lowerSigns(y)
		}
	}
	for _, o := range g.Outputs() {
		p.keepOutput(o.Node)
	}
	if p.failed != nil {
		return nil, p.failed
	}
	return p, nil
}

// findUsers records who reads and who updates the live nodes.
func (p *planner) findUsers() {
	p.users = make([][]*graph.Node, len(p.nodes))
	p.updates = map[*graph.Node]*graph.Node{}
	for _, n := range p.nodes {
		if !p.live(n) {
			continue
		}
		for _, in := range n.Inputs() {
			p.users[in.ID()] = append(p.users[in.ID()], n)
		}
		for _, i := range graph.Updated(n.Op()) {
			p.updates[n.Inputs()[i]] = n
		}
	}
	for _, o := range p.graph.Outputs() {
		p.outputs[o.Node] = true
	}
}

func (p *planner) live(n *graph.Node) bool     { return p.alive[n.ID()] }
func (p *planner) isOutput(n *graph.Node) bool { return p.outputs[n] }

// value returns where a node's result lives, deciding it when first asked.
func (p *planner) value(n *graph.Node) *value {
	if v := p.values[n.ID()]; v != nil {
		return v
	}
	v := p.newValue(n)
	p.values[n.ID()] = v
	return v
}

func (p *planner) newValue(n *graph.Node) *value {
	if at := p.fused(n).place; at.concat != nil {
		whole := p.value(at.concat)
		return &value{n.Shape(), whole.buf, whole.offset + at.channel, whole.stride}
	}
	switch o := n.Op().(type) {
	case graph.Parameter:
		return p.parameterValue(o, n)
	case graph.Constant:
		return fixed(n.Shape(), o.Data)
	case graph.Input:
		v := arenaValue(n.Shape())
		v.buf.kept = true
		return v
	case graph.AdamUpdate, graph.BlendUpdate:
		return p.value(n.Inputs()[0])
	case graph.StopGradient, graph.ChannelSlice:
		if !p.outlived(n) {
			return p.view(n)
		}
	}
	return arenaValue(n.Shape())
}

// view is the value of a stop-gradient or slice inside its operand's.
func (p *planner) view(n *graph.Node) *value {
	whole := p.value(n.Inputs()[0])
	from := 0
	if o, ok := n.Op().(graph.ChannelSlice); ok {
		from = o.From
	}
	return &value{n.Shape(), whole.buf, whole.offset + from, whole.stride}
}

func isView(n *graph.Node) bool {
	switch n.Op().(type) {
	case graph.StopGradient, graph.ChannelSlice:
		return true
	}
	return false
}

// viewed is the node whose memory a view shows; of another node itself.
func viewed(n *graph.Node) *graph.Node {
	for isView(n) {
		n = n.Inputs()[0]
	}
	return n
}

// outlived reports whether a view of a parameter is read after the parameter's
// update: then it must be a copy of the old value.
func (p *planner) outlived(view *graph.Node) bool {
	update := p.updates[viewed(view)]
	return update != nil && p.lastReader(view) > update.ID()
}

// lastReader is the number of the last node that reads n, through views too;
// an output is read after all.
func (p *planner) lastReader(n *graph.Node) int {
	if p.isOutput(n) {
		return len(p.nodes)
	}
	last := -1
	for _, u := range p.users[n.ID()] {
		last = max(last, u.ID())
		if isView(u) {
			last = max(last, p.lastReader(u))
		}
	}
	return last
}

func (p *planner) parameterValue(o graph.Parameter, n *graph.Node) *value {
	param, err := p.device.parameter(o.Label, n.Shape())
	if err != nil {
		p.failed = err
		return fixed(n.Shape(), make([]float32, n.Shape().Size()))
	}
	return fixed(n.Shape(), param.data)
}

func fixed(shape graph.Shape, data []float32) *value {
	return &value{shape, &buffer{size: len(data), fixed: true, mem: data}, 0, shape.Channels()}
}

func arenaValue(shape graph.Shape) *value {
	return &value{shape, &buffer{size: shape.Size(), first: -1}, 0, shape.Channels()}
}

// temporary is memory that a step or two use beside the nodes' values.
func temporary(shape ...int) *value { return arenaValue(shape) }

// keepOutput makes an output's value last until it is read.
func (p *planner) keepOutput(n *graph.Node) {
	if v := p.value(n); !v.contiguous() {
		p.values[n.ID()] = p.copyOf(v)
	}
	p.value(n).buf.read = true
}
