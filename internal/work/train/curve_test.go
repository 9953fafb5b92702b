package train

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/base/strictjson"
)

func TestACurveStaysSmallAndKeepsItsMean(t *testing.T) {
	t.Parallel()
	var c curve
	const n = 64 * maxPoints // so that no value is in an unfinished point
	for i := range n {
		c.add(i+1, math.Sin(float64(i)))
	}
	sum := 0.0
	for _, p := range c.points {
		sum += p.value * float64(c.each)
	}
	want := 0.0
	for i := range n {
		want += math.Sin(float64(i))
	}
	if len(c.points) >= maxPoints || !near.Within(sum-want, 1e-6) {
		t.Errorf("%d points, sum %v instead of %v", len(c.points), sum, want)
	}
}

func TestSpreadKeepsBothEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 500).Draw(t, "length")
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		got := thinned(list, 20)
		if len(got) != min(n, 20) || got[0] != 0 || got[len(got)-1] != n-1 {
			t.Fatalf("%v of %d", got, n)
		}
	})
}

func FuzzReplayLog(f *testing.F) {
	f.Add([]byte("{\"event\":\"step\",\"step\":1}\n{\"event\":\"step\",\"step\":2}\n"))
	f.Add([]byte("{\"event\":\"step\",\"step\":1}\n{\"event\":\"st"))
	f.Add([]byte("\n\x00{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // what stays, stays
			first, second := 0, 0
			l, err := openLog(path, 1, func(Event) { first++ })
			if err != nil {
				t.Fatal(err)
			}
			l.close()
			l, err = openLog(path, 1, func(Event) { second++ })
			if err != nil || first != second {
				t.Fatalf("%d events, then %d (%v)", first, second, err)
			}
			l.close()
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add([]byte(`{"version":1,"options":{"data":"d","length":{"steps":3}},"data":{"rule":"folders","train":3}}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{"version":1,"options":{"network":{"width":-1}}} x`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		r, err := decodeRecord(text)
		if o := Default(); err == nil && strictjson.Decode(r.Options, &o) == nil {
			_ = o.Validate()
		}
	})
}
