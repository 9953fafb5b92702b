package train

import "easel/internal/data/dataset"

// cacheBytes is the most memory for decoded pairs, which take many times the time
// of reading them from memory.
const cacheBytes = 512 << 20

// cacheShare is which part of the memory that is left may go to decoded pairs.
const cacheShare = 0.5

// planCache decides how much memory decoded pairs may take: what they need, and not
// more than a part of what the run itself leaves of the machine's. Taken is what the
// run takes of it.
func planCache(need, free int64, known bool, taken int64) int64 {
	most := int64(cacheBytes)
	if known {
		most = min(most, int64(cacheShare*float64(free-taken)))
	}
	return max(min(most, need), 0)
}

// pairsBytes is what all training pairs take in the loader's cache.
func (t *trainer) pairsBytes() int64 {
	input, output := t.data.Channels()
	return 4 * int64(t.o.LoadSize) * int64(t.o.LoadSize) * int64(input+output) * int64(t.data.Len(dataset.Train))
}
