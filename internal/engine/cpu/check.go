package cpu

import "fmt"

// checkAddresses holds every value of every step against its buffer, and every
// buffer against the arena of the given length and those that live at the same
// time. Kernels in assembly trust what it has seen; they may read up to guard
// elements behind a value.
func (p *planner) checkAddresses(all []*buffer, length int) error {
	for i, s := range p.steps {
		for _, values := range [][]*value{s.reads, s.writes, s.between} {
			for _, v := range values {
				if err := v.check(i); err != nil {
					return fmt.Errorf("cpu: step %s: %w", s.name, err)
				}
			}
		}
	}
	for i, b := range all {
		if b.joined != nil {
			continue
		}
		if b.offset < p.zeros || b.offset+b.size+guard > length {
			return fmt.Errorf("cpu: a buffer of %d at %d leaves the arena of %d", b.size, b.offset, length)
		}
		for _, other := range all[:i] {
			if other.joined == nil && other.last >= b.first && b.last >= other.first && b.overlaps(other) {
				return fmt.Errorf("cpu: buffers of %d at %d and of %d at %d are in each other's place", b.size, b.offset, other.size, other.offset)
			}
		}
	}
	return nil
}

// check holds a value that a step uses against its buffer.
func (v *value) check(step int) error {
	b := v.buf
	if v.offset < 0 || v.stride < v.channels() || v.offset+v.span() > b.size {
		return fmt.Errorf("value %v at %d with stride %d leaves its buffer of %d", v.shape, v.offset, v.stride, b.size)
	}
	if root := b.root(); !b.fixed && (step < root.first || step > root.last || b.size > root.size) {
		return fmt.Errorf("value %v is used while its buffer is not there", v.shape)
	}
	return nil
}
