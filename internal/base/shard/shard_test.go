package shard

import "testing"

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
