package cpu

import (
	"cmp"
	"slices"

	"easel/internal/engine/graph"
)

// A buffer is memory that one or several values live in, from the first step
// that touches it to the last. Fixed buffers (parameters, constants) bring
// their own memory; all others get a place in the arena.
type buffer struct {
	size        int  // elements
	first, last int  // steps
	kept        bool // from run to run: an input
	read        bool // after a run: an output
	fixed       bool
	joined      *buffer // the buffer whose place this one takes over, if any
	offset      int     // in the arena
	mem         []float32
}

// root is the buffer whose place b has.
func (b *buffer) root() *buffer {
	for b.joined != nil {
		b = b.joined
	}
	return b
}

// overlaps tells whether two buffers have memory in common.
func (b *buffer) overlaps(other *buffer) bool {
	return b.offset < other.offset+other.size && other.offset < b.offset+b.size
}

// A value is a node's result as the kernels see it: positions of channels
// elements each, stride elements apart.
type value struct {
	shape  graph.Shape
	buf    *buffer
	offset int
	stride int
}

func (v *value) channels() int    { return v.shape.Channels() }
func (v *value) rows() int        { return v.shape.Positions() }
func (v *value) size() int        { return v.shape.Size() }
func (v *value) contiguous() bool { return v.stride == v.channels() }

// span is the number of elements from the first to the last.
func (v *value) span() int { return (v.rows()-1)*v.stride + v.channels() }

// data is the value's memory; there only once the plan has its memory.
func (v *value) data() []float32 { return v.buf.mem[v.offset : v.offset+v.span()] }

// arenaOffset is where the value begins in the arena.
func (v *value) arenaOffset() int { return v.buf.root().offset + v.offset }

// forever is a step after all.
const forever = 1 << 30

// lifetimes sets first and last of every buffer from the steps that use it.
func lifetimes(steps []*step) []*buffer {
	var all []*buffer
	touch := func(b *buffer, at int) {
		if b.fixed {
			return
		}
		if b.first < 0 {
			b.first = at
			all = append(all, b)
		}
		b.last = at
	}
	for i, s := range steps {
		for _, v := range s.writes {
			touch(v.buf, i)
		}
		for _, v := range s.reads {
			touch(v.buf, i)
		}
		for _, v := range s.between {
			touch(v.buf, i)
		}
		for _, v := range s.holds {
			touch(v.buf, i)
		}
	}
	for _, b := range all {
		switch {
		case b.kept:
			b.first, b.last = 0, forever
		case b.read:
			b.last = forever
		}
	}
	return all
}

// join lets results take the place of operands that die in the same step.
func join(steps []*step) {
	for i, s := range steps {
		if s.inPlace.result == nil {
			continue
		}
		dst, src := s.inPlace.result.buf, s.inPlace.operand.buf
		if dst.fixed || src.fixed {
			continue
		}
		dst, src = dst.root(), src.root()
		if dst == src || dst.kept || src.kept || dst.first != i || src.last != i || dst.size != src.size {
			continue
		}
		dst.joined = src
		src.last = dst.last
	}
}

// arenaAlign keeps buffers on cache lines: 16 floats.
const arenaAlign = 16

// place gives every buffer an offset such that no two that live at the same
// time overlap, larger ones first, each at the lowest place that is free for
// its life, and returns the end of the last one. Buffers begin at start.
func place(all []*buffer, start int) int {
	roots := slices.DeleteFunc(slices.Clone(all), func(b *buffer) bool { return b.joined != nil })
	slices.SortStableFunc(roots, func(a, b *buffer) int { return cmp.Compare(b.size, a.size) })
	var placed []*buffer // by offset
	end := start
	for _, b := range roots {
		at := start
		for _, other := range placed {
			if other.last < b.first || b.last < other.first {
				continue
			}
			if other.offset >= at+b.size {
				break
			}
			at = max(at, alignUp(other.offset+other.size))
		}
		b.offset = at
		i, _ := slices.BinarySearchFunc(placed, at, func(p *buffer, at int) int { return cmp.Compare(p.offset, at) })
		placed = slices.Insert(placed, i, b)
		end = max(end, alignUp(at+b.size))
	}
	return end
}

func alignUp(n int) int { return (n + arenaAlign - 1) / arenaAlign * arenaAlign }
