package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
)

// deviceMean is the mean of x over all devices.
func (b *builder) deviceMean(x *hlo.Value) *hlo.Value {
	if b.devices == 1 {
		return x
	}
	everyone := make([]int, b.devices)
	for i := range everyone {
		everyone[i] = i
	}
	sums, err := hlo.AllReduce([]*hlo.Value{x}, [][]int{everyone}, b.addition(float32Type))
	check(err)
	return b.scaled(sums[0], 1/float32(b.devices))
}

// pooledMoments are all devices' moments taken together: see
// graph.PooledMoments.
func (b *builder) pooledMoments(x *hlo.Value) *hlo.Value {
	if b.devices == 1 {
		return x
	}
	own, inverse := row(x, 0), row(x, 1)
	mean := b.deviceMean(own)
	off := subtract(own, mean)
	variance := divide(b.like(inverse, float32(1)), multiply(inverse, inverse))
	variance = b.deviceMean(add(variance, multiply(off, off)))
	return pair(mean, must(hlo.Rsqrt(variance)))
}
