package gemm

// inScratch is the tile with all its columns and neither bias nor old C, to be summed
// into sum: for kernels that store whole rows only. finish then does the rest.
func (t *Tile) inScratch(sum *[MR * 16]float32) Tile {
	whole := *t
	whole.C, whole.Bias, whole.Accumulate, whole.N = sum[:], nil, false, 16
	for i := range whole.Rows {
		whole.Rows[i] = i * 16
	}
	return whole
}

func (t *Tile) finish(sum *[MR * 16]float32) {
	for i := range t.M {
		store(t, t.C[t.Rows[i]:][:t.N], sum[i*16:][:t.N])
	}
}
