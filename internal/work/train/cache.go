package train

import "easel/internal/data/dataset"

// cacheBytes is the most memory for decoded pairs, which take much longer to read than to
// fetch from memory.
const cacheBytes = 512 << 20

// cacheShare is the fraction of the remaining memory that decoded pairs may use.
const cacheShare = 0.5

// planCache decides how much memory decoded pairs may use: what they need, but no more than
// a fraction of what the run itself leaves of the machine's. Taken is what the run uses of
// it.
func planCache(need, free int64, known bool, taken int64) int64 {
	most := int64(cacheBytes)
	if known {
		most = min(most, int64(cacheShare*float64(free-taken)))
	}
	return max(min(most, need), 0)
}

// pairsBytes is the size of all training pairs in the loader's cache.
func (t *trainer) pairsBytes() int64 {
	input, output := t.data.Channels()
	return 4 * int64(t.o.LoadSize) * int64(t.o.LoadSize) * int64(input+output) * int64(t.data.Len(dataset.Train))
}
