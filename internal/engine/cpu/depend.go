package cpu

import (
	"math/bits"
	"slices"
)

// A plan's steps stand in an order that is right by itself, and most need not
// wait for all before them. Step j depends on step i < j where one of them
// writes what the other touches: because it is the same value, or because its
// memory was given to another one in between.

// set is a set of steps, a bit each.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }
func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) drop(i int)     { s[i/64] &^= 1 << (i % 64) }

func (s set) addAll(other set) {
	for i, w := range other {
		s[i] |= w
	}
}

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// last is the largest member, −1 of none.
func (s set) last() int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] != 0 {
			return i*64 + 63 - bits.LeadingZeros64(s[i])
		}
	}
	return -1
}

// first is the smallest member, −1 of none.
func (s set) first() int {
	for i, w := range s {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// remove takes out what other has.
func (s set) remove(other set) {
	for i, w := range other {
		s[i] &^= w
	}
}

// order is who waits for whom.
type order struct {
	// before are the steps that each step waits for; none of them waits for
	// another one of them.
	before [][]int
	// ancestors are those and all that they wait for.
	ancestors []set
}

// use is one access of a step to a value.
type use struct {
	step   int
	v      *value
	writes bool
}

// uses lists the accesses of all steps by buffer, in the order of steps. What
// stages leave to each other is both written and read.
func uses(steps []*step) map[*buffer][]use {
	all := map[*buffer][]use{}
	add := func(i int, v *value, writes bool) {
		b := v.buf.root()
		all[b] = append(all[b], use{i, v, writes})
	}
	for i, s := range steps {
		for _, v := range s.reads {
			add(i, v, false)
		}
		for _, v := range s.writes {
			add(i, v, true)
		}
		for _, v := range s.between {
			add(i, v, true)
		}
	}
	return all
}

// apart tells whether two values of one buffer have no element in common:
// different channels of the same rows.
func apart(a, b *value) bool {
	if a.buf != b.buf || a.stride != b.stride || a.stride == 0 {
		return false
	}
	x, y := a.offset%a.stride, b.offset%a.stride
	return x+a.channels() <= a.stride && y+b.channels() <= a.stride && (x+a.channels() <= y || y+b.channels() <= x)
}

// ofOnePlan tells whether two steps write different parts of one result.
func ofOnePlan(steps []*step, a, b use) bool {
	plan := steps[a.step].partOf
	return plan != nil && plan == steps[b.step].partOf && a.v == b.v && slices.Contains(steps[a.step].writes, a.v)
}

// waits says of each step which earlier ones touch what it writes or write what
// it touches, and who had the memory before.
func waits(steps []*step, all []*buffer) []set {
	wait := make([]set, len(steps))
	for i, s := range steps {
		wait[i] = newSet(len(steps))
		for _, earlier := range s.after {
			wait[i].add(earlier)
		}
	}
	byBuffer := uses(steps)
	for _, list := range byBuffer {
		for j, later := range list {
			for _, earlier := range list[:j] {
				if earlier.step != later.step && (earlier.writes || later.writes) && !apart(earlier.v, later.v) && !ofOnePlan(steps, earlier, later) {
					wait[later.step].add(earlier.step)
				}
			}
		}
	}
	for _, later := range all {
		for _, earlier := range all {
			if later.joined == nil && earlier.joined == nil && earlier.last < later.first && earlier.overlaps(later) {
				for _, u := range byBuffer[later] {
					for _, before := range byBuffer[earlier] {
						wait[u.step].add(before.step)
					}
				}
			}
		}
	}
	return wait
}

// newOrder leaves out what follows from the rest.
func newOrder(waits []set) *order {
	o := &order{before: make([][]int, len(waits)), ancestors: make([]set, len(waits))}
	for j, wait := range waits {
		o.ancestors[j] = newSet(len(waits))
		left := append(set{}, wait...)
		for i := left.last(); i >= 0; i = left.last() {
			o.before[j] = append(o.before[j], i)
			o.ancestors[j].add(i)
			o.ancestors[j].addAll(o.ancestors[i])
			left.remove(o.ancestors[j])
		}
	}
	return o
}
