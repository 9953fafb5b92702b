package main

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// width is the size of a vector in bytes; a group of channels is two of them.
const (
	width = 16
	group = 2 * width
)

// operand is what a loop reads or writes: a view, whose rows lie a stride apart,
// or a vector of channels that is the same for all rows.
type operand struct {
	name string
	view bool
	base neon.Reg   // of views, where the next row begins
	at   []neon.Reg // in each of the rows that are done together
}

func (w *writer) view(name string) *operand {
	return &operand{name: name, view: true, base: w.Param(name)}
}

func (w *writer) channels(name string) *operand { return &operand{name: name} }

// mem is the operand's memory at a displacement in bytes.
func (o *operand) mem(d int) string { return neon.Mem(o.at[0], d) }

// rows repeats body for each vector of each of the parameters rows × c.
func (w *writer) rows(operands []*operand, body func(d int)) {
	n, left := w.Param("rows"), w.GP()
	for _, o := range operands {
		o.at = []neon.Reg{w.GP()}
	}
	w.Label("row")
	w.begin(operands)
	w.channelLoop("channels", left, operands, body)
	w.advance(operands, left, 1)
	w.Op("SUBS", "$1", n, n)
	w.Op("BNE", "row")
}

// groupedRows does rows of views size at a time, then the remaining ones one at a
// time. The body finds the rows in the operands' at.
func (w *writer) groupedRows(operands []*operand, size int, body func(d int)) {
	n, left := w.Param("rows"), w.GP()
	for _, count := range []int{size, 1} {
		w.Scope(func() {
			label := fmt.Sprintf("rows%d", count)
			for _, o := range operands {
				o.at = nil
				for range count {
					if len(o.at) == 0 || o.view {
						o.at = append(o.at, w.GP())
					}
				}
			}
			w.Label(label)
			w.Op("CMP", fmt.Sprintf("$%d", count), n)
			w.Op("BLT", label+"_done")
			w.begin(operands)
			w.channelLoop(label+"_channels", left, operands, body)
			w.advance(operands, left, count)
			w.Op("SUB", fmt.Sprintf("$%d", count), n, n)
			w.Op("B", label)
			w.Label(label + "_done")
		})
	}
}

// begin sets the addresses to the beginning of the next rows.
func (w *writer) begin(operands []*operand) {
	for _, o := range operands {
		if !o.view {
			w.Op("MOVD", w.Place(o.name), o.at[0])
			continue
		}
		w.Op("MOVD", o.base, o.at[0])
		if len(o.at) > 1 {
			w.Scope(func() {
				stride := w.Param(o.name + "Stride")
				for k := 1; k < len(o.at); k++ {
					w.Op("ADD", fmt.Sprintf("%s<<2", stride), o.at[k-1], o.at[k])
				}
			})
		}
	}
}

// advance moves the views by rows.
func (w *writer) advance(operands []*operand, scratch neon.Reg, by int) {
	for _, o := range operands {
		if !o.view {
			continue
		}
		w.Op("MOVD", w.Place(o.name+"Stride"), scratch)
		for range by {
			w.Op("ADD", fmt.Sprintf("%s<<2", scratch), o.base, o.base)
		}
	}
}

// channelLoop repeats body for the channels of parameter c, two vectors a turn.
func (w *writer) channelLoop(label string, left neon.Reg, operands []*operand, body func(d int)) {
	w.Op("MOVD", w.Place("c"), left)
	w.Label(label)
	w.turn(operands, 2, body)
	w.Op("SUBS", "$8", left, left)
	w.Op("BNE", label)
}

// turn emits body for count vectors and moves on.
func (w *writer) turn(operands []*operand, count int, body func(d int)) {
	for v := range count {
		w.Scope(func() { body(v * width) })
	}
	for _, o := range operands {
		for _, r := range o.at {
			w.Op("ADD", fmt.Sprintf("$%d", count*width), r, r)
		}
	}
}

// arrays are operands of parameter n elements without rows.
func (w *writer) arrays(names ...string) []*operand {
	var list []*operand
	for _, name := range names {
		list = append(list, &operand{name: name, at: []neon.Reg{w.Param(name)}})
	}
	return list
}

// flat repeats body for the vectors of parameter n, many a turn while they last
// and two a turn after that.
func (w *writer) flat(operands []*operand, many int, body func(d int)) {
	n := w.Param("n")
	for _, count := range []int{many, 2} {
		label := fmt.Sprintf("elements%d", count)
		w.Label(label)
		w.Op("CMP", fmt.Sprintf("$%d", count*width/4), n)
		w.Op("BLT", label+"_done")
		w.turn(operands, count, body)
		w.Op("SUB", fmt.Sprintf("$%d", count*width/4), n, n)
		w.Op("B", label)
		w.Label(label + "_done")
		if many == 2 {
			break
		}
	}
}

// addTo adds v to the vector in memory.
func (w *writer) addTo(v neon.Vec, m string) {
	old := w.Load(m)
	w.FADD(v, v, old)
	w.Store(v, m)
}
