package shard

import (
	"fmt"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Shard{"3/7": {3, 7}, "1/1": {1, 1}, "": {}, "0/7": {}, "8/7": {}, "3": {}, "a/b": {}, "3/7/9": {}, "-1/-1": {}, "0/0": {}} {
		got, err := Parse(text)
		if good := want != (Shard{}) || text == ""; got != want || (err == nil) != good {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if err == nil && got.String() != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}

// TestBounds: the shards of a list follow each other, and differ by at most one in size.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, of := range []int{1, 2, 7, 100} {
		for n := range 230 {
			last := 0
			for k := 1; k <= of; k++ {
				from, to := Shard{k, of}.Bounds(n)
				if size := to - from; from != last || size != n/of && size != n/of+1 {
					t.Fatalf("%d/%d of %d: %d to %d after %d", k, of, n, from, to, last)
				}
				last = to
			}
			if last != n {
				t.Fatalf("%d shards of %d end at %d", of, n, last)
			}
		}
	}
	if from, to := (Shard{}).Bounds(5); from != 0 || to != 5 {
		t.Errorf("the whole is %d to %d", from, to)
	}
}

// TestHas: every name is in one shard, and none is much larger than another.
func TestHas(t *testing.T) {
	t.Parallel()
	const n = 7000
	for _, of := range []int{1, 2, 7, 64} {
		sizes := make([]int, of)
		for i := range n {
			shards := 0
			for k := range of {
				if (Shard{k + 1, of}).Has(fmt.Sprintf("frames/%05d", 2*i)) {
					sizes[k]++
					shards++
				}
			}
			if shards != 1 {
				t.Fatalf("%d is in %d shards of %d", i, shards, of)
			}
		}
		for k, size := range sizes {
			if mean := n / of; size < mean/2 || size > 2*mean {
				t.Errorf("%d/%d has %d of %d", k+1, of, size, n)
			}
		}
	}
	if !(Shard{}).Has("x") {
		t.Error("the whole lacks something")
	}
}
