package webp

import (
	"math"
	"math/bits"
	"slices"
)

// Prefix codes (RFC 9649 §3.7.2): frequent symbols are short.

const (
	longest     = 15 // bits of a code
	lengthCodes = 19 // symbols that describe the lengths of a code
)

// prefixCode is the length of each symbol's code, 0 for those without, and the codes, whose
// first bit is the lowest.
type prefixCode struct {
	lengths []uint8
	codes   []uint16
}

// newPrefixCode returns a code for symbols that occur as often as counts says.
func newPrefixCode(counts []int, limit int) prefixCode {
	c := prefixCode{codeLengths(counts, limit), make([]uint16, len(counts))}
	next := uint32(0)
	for n := 1; n <= limit; n++ {
		for symbol, l := range c.lengths {
			if int(l) == n {
				c.codes[symbol] = uint16(bits.Reverse16(uint16(next)) >> (16 - n))
				next++
			}
		}
		next <<= 1
	}
	return c
}

// codeLengths is Huffman's algorithm. While codes exceed the limit, rare symbols are
// treated as less rare.
func codeLengths(counts []int, limit int) []uint8 {
	lengths := make([]uint8, len(counts))
	for floor := 1; ; floor *= 2 {
		if huffman(counts, lengths, floor) <= limit {
			return lengths
		}
	}
}

// huffman sets the lengths of the codes, and returns the largest. Nothing occurs less than
// floor times.
func huffman(counts []int, lengths []uint8, floor int) (deepest int) {
	type node struct{ count, parent int }
	var leaves []int
	for symbol, n := range counts {
		if n > 0 {
			leaves = append(leaves, symbol)
		}
	}
	if len(leaves) == 1 {
		lengths[leaves[0]] = 1
		return 1
	}
	slices.SortStableFunc(leaves, func(a, b int) int { return counts[a] - counts[b] })
	nodes := make([]node, 0, 2*len(leaves))
	for _, symbol := range leaves {
		nodes = append(nodes, node{count: max(counts[symbol], floor)})
	}
	// The leaves are sorted, and inner nodes are made in order, so the rarest node is at the
	// head of one of these two queues.
	leaf, inner := 0, len(leaves)
	rarest := func() int {
		if leaf < len(leaves) && (inner == len(nodes) || nodes[leaf].count <= nodes[inner].count) {
			leaf++
			return leaf - 1
		}
		inner++
		return inner - 1
	}
	for range len(leaves) - 1 {
		a, b := rarest(), rarest()
		nodes[a].parent, nodes[b].parent = len(nodes), len(nodes)
		nodes = append(nodes, node{count: nodes[a].count + nodes[b].count})
	}
	depth := make([]int, len(nodes))
	for i := len(nodes) - 2; i >= 0; i-- {
		depth[i] = depth[nodes[i].parent] + 1
		deepest = max(deepest, depth[i])
	}
	for i, symbol := range leaves {
		lengths[symbol] = uint8(min(depth[i], math.MaxUint8))
	}
	return deepest
}

// writeCode writes the lengths of a code. Only one symbol takes no bits in the picture.
func (b *bitWriter) writeCode(c prefixCode) {
	var used []int
	for symbol, l := range c.lengths {
		if l > 0 {
			used = append(used, symbol)
		}
	}
	switch {
	case len(used) == 0:
		b.simpleCode([]int{0})
	case len(used) <= 2 && used[len(used)-1] < 256:
		b.simpleCode(used)
	default:
		b.normalCode(c.lengths)
	}
	if len(used) == 1 {
		c.lengths[used[0]] = 0
	}
}

// simpleCode writes a code of one or two symbols.
func (b *bitWriter) simpleCode(symbols []int) {
	b.flag(true)
	b.flag(len(symbols) == 2)
	wide := symbols[0] > 1
	b.flag(wide)
	if wide {
		b.write(uint32(symbols[0]), 8)
	} else {
		b.write(uint32(symbols[0]), 1)
	}
	if len(symbols) == 2 {
		b.write(uint32(symbols[1]), 8)
	}
}

// normalCode writes the lengths of all symbols, by a prefix code of their own.
func (b *bitWriter) normalCode(lengths []uint8) {
	b.flag(false)
	runs := runLengths(lengths)
	counts := make([]int, lengthCodes)
	for _, r := range runs {
		counts[r.symbol]++
	}
	c := newPrefixCode(counts, 7)
	order := []int{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	for len(order) > 4 && c.lengths[order[len(order)-1]] == 0 {
		order = order[:len(order)-1]
	}
	b.write(uint32(len(order)-4), 4)
	used := 0
	for _, symbol := range order {
		b.write(uint32(c.lengths[symbol]), 3)
		used += min(int(c.lengths[symbol]), 1)
	}
	b.flag(false) // lengths of all symbols follow
	for _, r := range runs {
		if used > 1 {
			b.write(uint32(c.codes[r.symbol]), int(c.lengths[r.symbol]))
		}
		b.write(uint32(r.extra), r.bits)
	}
}

// run is a symbol of the code for lengths: a length, or a repetition whose number is in the
// extra bits.
type run struct{ symbol, extra, bits int }

func runLengths(lengths []uint8) (runs []run) {
	for i := 0; i < len(lengths); {
		v, n := lengths[i], 1
		for i+n < len(lengths) && lengths[i+n] == v {
			n++
		}
		i += n
		if v > 0 {
			runs = append(runs, run{symbol: int(v)})
			n--
		}
		for n > 0 {
			k := n
			switch {
			case n < 3:
				k = 1
				runs = append(runs, run{symbol: int(v)})
			case v > 0: // again, 3 to 6 times
				k = min(n, 6)
				runs = append(runs, run{16, k - 3, 2})
			case n <= 10:
				runs = append(runs, run{17, n - 3, 3})
			default:
				k = min(n, 138)
				runs = append(runs, run{18, k - 11, 7})
			}
			n -= k
		}
	}
	return runs
}

// prefixed splits a length or distance, from 1, into a symbol and extra bits (RFC 9649
// §5.2.2).
func prefixed(v int) (symbol, extra, n int) {
	v--
	if v < 4 {
		return v, 0, 0
	}
	high := bits.Len(uint(v)) - 1
	n = high - 1
	return 2*high + v>>n&1, v & (1<<n - 1), n
}
