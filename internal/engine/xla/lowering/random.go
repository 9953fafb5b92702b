package lowering

import (
	"math"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"
	"github.com/gomlx/go-xla/pkg/types/shapes"

	"easel/internal/engine/graph"
)

// seeded is a key taken apart into the words that Philox takes.
type seeded struct{ seedLow, seedHigh, stepLow, stepHigh *hlo.Value }

// unpack is graph.UnpackKey: five integers below 2²⁴, three of the seed, two of
// the step.
func (b *builder) unpack(key *hlo.Value) seeded {
	word := func(i int) *hlo.Value { return convert(reshape(slice(key, 0, i, i+1)), uint32Type) }
	left := func(x *hlo.Value, n uint32) *hlo.Value { return must(hlo.ShiftLeft(x, b.scalar(n))) }
	right := func(x *hlo.Value, n uint32) *hlo.Value { return must(hlo.ShiftRightLogical(x, b.scalar(n))) }
	or := func(x, y *hlo.Value) *hlo.Value { return must(hlo.Or(x, y)) }
	return seeded{
		seedLow: or(word(0), left(word(1), 24)), seedHigh: or(right(word(1), 8), left(word(2), 16)),
		stepLow: or(word(3), left(word(4), 24)), stepHigh: right(word(4), 8),
	}
}

// words are count random words of a stream, from word first on (nil is 0):
// Philox4x32-10 (Salmon et al. 2011, §3.3), four words a block.
func (b *builder) words(key *hlo.Value, stream uint32, first *hlo.Value, count int) *hlo.Value {
	blocks := (count + 3) / 4
	if first != nil {
		blocks++ // it may begin inside a block
	}
	shape := shapes.Make(uint32Type, blocks)
	k := b.unpack(key)
	c0, c1 := b.iota(uint32Type, 0, blocks), fill(b.scalar(stream), shape)
	if first != nil {
		c0 = add(c0, fill(divide(first, b.scalar(uint32(4))), shape))
	}
	c2, c3 := fill(k.stepLow, shape), fill(k.stepHigh, shape)
	k0, k1 := fill(k.seedLow, shape), fill(k.seedHigh, shape)
	xor := func(x, y, z *hlo.Value) *hlo.Value { return must(hlo.Xor(must(hlo.Xor(x, y)), z)) }
	for range 10 {
		high0, low0 := b.wideProduct(c0, 0xD2511F53)
		high1, low1 := b.wideProduct(c2, 0xCD9E8D57)
		c0, c1, c2, c3 = xor(high1, c1, k0), low1, xor(high0, c3, k1), low0
		k0, k1 = add(k0, b.like(k0, uint32(0x9E3779B9))), add(k1, b.like(k1, uint32(0xBB67AE85)))
	}
	columns := []*hlo.Value{c0, c1, c2, c3}
	for i, c := range columns {
		columns[i] = reshape(c, blocks, 1)
	}
	return b.taken(reshape(concatenate(1, columns...), 4*blocks), first, 4, count)
}

// taken is count elements of x, from element first mod unit on.
func (b *builder) taken(x, first *hlo.Value, unit uint32, count int) *hlo.Value {
	if first == nil {
		return slice(x, 0, 0, count)
	}
	at := must(hlo.Remainder(first, b.scalar(unit)))
	return must(hlo.DynamicSlice(x, []*hlo.Value{at}, []int{count}))
}

// first is where a device's part of a value of the given size begins in that of
// all devices together, nil of the only device.
func (b *builder) first(size int) *hlo.Value {
	if b.devices == 1 {
		return nil
	}
	return multiply(b.device, b.scalar(uint32(size)))
}

// wideProduct is the 64-bit product of words, in halves.
func (b *builder) wideProduct(x *hlo.Value, factor uint32) (high, low *hlo.Value) {
	product := convert(x, uint64Type)
	product = multiply(product, b.like(product, uint64(factor)))
	above := must(hlo.ShiftRightLogical(product, b.like(product, uint64(32))))
	return convert(above, uint32Type), convert(product, uint32Type)
}

// dropoutMask keeps what has a word below (1 − rate)·2³².
func (b *builder) dropoutMask(op graph.DropoutMask, key *hlo.Value) *hlo.Value {
	keep := 1 - float64(op.Rate)
	w := b.words(key, op.Stream, b.first(op.To.Size()), op.To.Size())
	kept := b.like(w, uint32(0))
	limit := uint64(math.Ceil(keep * (1 << 32)))
	below := compare(kept, kept, types.CompareEQ) // all, where the limit is 2³²
	if limit < 1<<32 {
		below = compare(w, b.like(w, uint32(limit)), types.CompareLT)
	}
	flat := shapes.Make(float32Type, op.To.Size())
	mask := choose(below, fill(b.scalar(float32(1/keep)), flat), fill(b.scalar(float32(0)), flat))
	return reshape(mask, op.To...)
}

// normalNoise is Box and Muller's transform of pairs of words, in float64.
func (b *builder) normalNoise(op graph.NormalNoise, key *hlo.Value) *hlo.Value {
	size := op.To.Size()
	pairs, first := (size+1)/2, b.first(size)
	var even *hlo.Value
	if first != nil {
		pairs = size/2 + 1 // it may begin inside a pair
		even = subtract(first, must(hlo.Remainder(first, b.scalar(uint32(2)))))
	}
	w := convert(reshape(b.words(key, op.Stream, even, 2*pairs), pairs, 2), float64Type)
	u, v := reshape(slice(w, 1, 0, 1), pairs), reshape(slice(w, 1, 1, 2), pairs)
	u = multiply(add(u, b.like(u, 1.0)), b.like(u, 1.0/(1<<32)))
	radius := must(hlo.Sqrt(multiply(must(hlo.Log(u)), b.like(u, -2.0))))
	angle := multiply(v, b.like(v, 2*math.Pi/(1<<32)))
	both := concatenate(1,
		reshape(multiply(radius, must(hlo.Cosine(angle))), pairs, 1),
		reshape(multiply(radius, must(hlo.Sine(angle))), pairs, 1))
	return reshape(convert(b.taken(reshape(both, 2*pairs), first, 2, size), float32Type), op.To...)
}
