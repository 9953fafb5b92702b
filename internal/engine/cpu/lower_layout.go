package cpu

import (
	"fmt"

	"easel/internal/engine/graph"
)

// lowerLayout copies the parts of a concatenation that are not written in
// place already, or a slice's gradient into zeros.
func (p *planner) lowerLayout(n *graph.Node) {
	out := p.value(n)
	if o, ok := n.Op().(graph.ChannelEmbed); ok {
		p.lowerEmbed(n, o)
		return
	}
	channel := 0
	for _, in := range n.Inputs() {
		part := &value{in.Shape(), out.buf, out.offset + channel, out.stride}
		if p.fused(in).place != (placement{n, channel}) { // of an operand that comes twice, one is there
			p.copyStep(fmt.Sprintf("%s part %%%d", label(n), in.ID()), part, p.value(in))
		}
		channel += in.Shape().Channels()
	}
}

// lowerReshape copies: what is reshaped are small matrices.
func (p *planner) lowerReshape(n *graph.Node) {
	out, in := p.value(n), p.dense(p.value(n.Inputs()[0]))
	p.copyStep(label(n), out, &value{out.shape, in.buf, in.offset, out.channels()})
}

func (p *planner) lowerEmbed(n *graph.Node, op graph.ChannelEmbed) {
	out, in := p.value(n), p.operands(n)
	k := p.device.pointwise
	p.rowPass(label(n), out, in, func() func(from, to int) {
		o, x := rowsOf(out), rowsOf(in[0])
		return func(from, to int) {
			k.Fill(o.at(from), o.stride, 0, to-from, o.channels)
			k.Copy(o.at(from)[op.From:], o.stride, x.at(from), x.stride, to-from, x.channels)
		}
	})
}
