package dataset

import "sync"

// cache keeps resized pairs until a budget is spent, and never drops one. An epoch visits
// every pair once, so dropping the oldest would drop the one that is needed next.
type cache struct {
	mu     sync.RWMutex
	budget int64
	pairs  map[int]Pair
}

func newCache(budget int64) *cache { return &cache{budget: budget, pairs: map[int]Pair{}} }

func (c *cache) get(i int) (Pair, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.pairs[i]
	return p, ok
}

func (c *cache) put(i int, p Pair) {
	size := 4 * int64(len(p.Input.Pix))
	if p.Target != nil {
		size += 4 * int64(len(p.Target.Pix))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pairs[i]; ok || size > c.budget {
		return
	}
	c.budget -= size
	c.pairs[i] = p
}
