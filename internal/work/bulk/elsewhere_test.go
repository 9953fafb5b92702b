package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"easel/internal/file/imgio"
	"easel/internal/work/translate"
)

// crew is an Elsewhere of some workers, which are as fast as is said, and may fail.
type crew struct {
	t       rapid.TB
	in, out Place
	width   int
	// fail, if there is one, may make a batch fail.
	fail func(r Request) error
	// took is what a batch takes, and what is around it.
	took func(r Request) (seconds, around float64)

	mu    sync.Mutex
	sizes []int
	turn  int
	// avoided are the workers that were to be avoided.
	avoided map[string]bool
}

func (c *crew) Width() int { return c.width }

func (c *crew) Do(ctx context.Context, r Request) (Done, error) {
	text, err := json.Marshal(r) // as it travels
	if err != nil {
		return Done{}, err
	}
	c.mu.Lock()
	avoid := r.Avoid
	c.sizes = append(c.sizes, len(r.Pictures))
	c.turn++
	worker := fmt.Sprint("w", c.turn%c.width)
	if avoid != "" {
		c.avoided[avoid] = true
		worker = "another"
	}
	c.mu.Unlock()
	r = Request{}
	if err := json.Unmarshal(text, &r); err != nil {
		return Done{}, err
	}
	r.Avoid = avoid
	if c.fail != nil {
		if err := c.fail(r); err != nil {
			return Done{}, err
		}
	}
	if err := r.Check(ctx, c.out); err != nil {
		return Done{}, err
	}
	d, err := Serve(ctx, picky{writer{"made of "}, avoid == ""}, c.in, c.out, r, nil)
	d.Worker, d.Threads, d.Took = worker, 2, d.Seconds
	if c.took != nil {
		var around float64
		d.Seconds, around = c.took(r)
		d.Took = d.Seconds + around
	}
	return d, err
}

// picky may fail for pictures that others translate.
type picky struct {
	writer
	fails bool
}

func (p picky) Stream(ctx context.Context, r io.Reader, out io.Writer, o translate.FileOptions) ([]imgio.Warning, error) {
	data, err := io.ReadAll(r)
	if err == nil && p.fails && string(data) == "picky" {
		err = errors.New("too difficult")
	}
	if err != nil {
		return nil, err
	}
	return p.writer.Stream(ctx, bytes.NewReader(data), out, o)
}

// sent runs elsewhere and returns the names of the translated pictures.
func sent(t rapid.TB, ctx context.Context, in, out Place, c *crew) (Result, []string, error) {
	t.Helper()
	c.t, c.in, c.out, c.avoided = t, in, out, map[string]bool{}
	var names []string
	done := 0
	result, err := RunElsewhere(ctx, writer{"made of "}, in, out, Options{}, c, func(e Event) {
		if e.Listed == 0 {
			if e.Done < done || e.Done > e.Total {
				t.Errorf("%d of %d after %d", e.Done, e.Total, done)
			}
			done = e.Done
		}
		if e.Input != "" && e.Err == nil {
			names = append(names, e.Input)
		}
	})
	slices.Sort(names)
	if len(names) != result.Translated {
		t.Errorf("%d events, %d translated", len(names), result.Translated)
	}
	return result, names, err
}

// TestElsewhere: whoever does the batches, and however often it is interrupted, outputs are
// those of a run on one machine, and a further one of either kind does nothing.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
		n := rapid.IntRange(1, 500).Draw(t, "pictures")
		for i := range n {
			in.put(fmt.Sprintf("%d/%03d.png", i%3, i), fmt.Sprint("picture ", i))
		}
		for range rapid.IntRange(0, 2).Draw(t, "interruptions") {
			ctx, stop := context.WithCancel(context.Background())
			left := rapid.IntRange(0, 10).Draw(t, "batches before")
			var mu sync.Mutex
			c := &crew{width: rapid.IntRange(1, 5).Draw(t, "workers"), fail: func(Request) error {
				mu.Lock()
				defer mu.Unlock()
				if left--; left < 0 {
					stop()
					return ctx.Err()
				}
				return nil
			}}
			if _, _, err := sent(t, ctx, in, out, c); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			stop()
		}
		if _, _, err := sent(t, context.Background(), in, out, &crew{width: 3}); err != nil {
			t.Fatal(err)
		}
		alone := newMemory("m://out/", nil)
		if _, _, err := translated(t, context.Background(), in, alone, Options{}); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(alone.visible(), out.visible()) {
			t.Error("other outputs than those of one machine")
		}
		again, names, err := translated(t, context.Background(), in, out, Options{})
		if err != nil || len(names) > 0 || again.Kept != n {
			t.Errorf("once more here: %v, %+v, %q", err, again, names)
		}
		again, names, err = sent(t, context.Background(), in, out, &crew{width: 3})
		if err != nil || len(names) > 0 || again.Kept != n {
			t.Errorf("once more there: %v, %+v, %q", err, again, names)
		}
	})
}

// TestFailuresElsewhere: what fails on a worker is tried by others, and what fails there,
// too, stays with its reason until the next run.
func TestFailuresElsewhere(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
	for i := range 100 {
		in.put(fmt.Sprintf("%03d.png", i), "x")
	}
	in.put("033.png", "bad")
	in.put("077.png", "picky")
	c := &crew{width: 2}
	result, names, err := sent(t, t.Context(), in, out, c)
	if err != nil || result.Failed != 1 || len(names) != 99 || !slices.Contains(names, "077.png") {
		t.Fatalf("%v, %+v, %q", err, result, names)
	}
	if len(c.avoided) == 0 || result.Translated != 99 {
		t.Errorf("%+v, avoided: %v", result, c.avoided)
	}
	failed := ""
	for name, text := range out.files {
		if hidden(name) && strings.Contains(text, `"failed"`) {
			failed += text
		}
	}
	if !strings.Contains(failed, `"failed":[{"name":"033.png","reason":"not a picture"}]`) || strings.Contains(failed, "077") {
		t.Errorf("the records: %s", failed)
	}
	in.put("033.png", "good")
	if _, names, err := sent(t, t.Context(), in, out, c); err != nil || !slices.Contains(names, "033.png") {
		t.Errorf("mended: %v, %q", err, names)
	}
}

// TestManyFailuresElsewhere: what failed is not put into one large batch.
func TestManyFailuresElsewhere(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
	for i := range 1500 {
		in.put(fmt.Sprintf("%04d.png", i), map[bool]string{true: "picky", false: "good"}[i%2 == 0])
	}
	c := &crew{width: 2, took: func(Request) (float64, float64) { return 1, 0.1 }}
	result, names, err := sent(t, t.Context(), in, out, c)
	if err != nil || result.Failed != 0 || len(names) != 1500 {
		t.Fatalf("%v, %+v", err, result)
	}
	if most := slices.Max(c.sizes); most > mostPictures {
		t.Errorf("%d pictures in a batch", most)
	}
}

// TestHopelessElsewhere ends a run in which every batch fails.
func TestHopelessElsewhere(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
	for i := range 200 {
		in.put(fmt.Sprintf("%04d.png", i), "x")
	}
	c := &crew{width: 1, fail: func(Request) error { return errors.New("no credentials") }}
	result, _, err := sent(t, t.Context(), in, out, c)
	if err == nil || !strings.Contains(err.Error(), "no credentials") || result.Failed != hopelessBatches*firstPictures {
		t.Errorf("%v, %+v", err, result)
	}
	c.fail = nil
	if result, _, err := sent(t, t.Context(), in, out, c); err != nil || result.Translated != 200 {
		t.Errorf("later: %v, %+v", err, result)
	}
}

// TestSizes: what is around a batch takes less than a fiftieth of it, where that is not for
// ever.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		each, around float64 // seconds
		want         int
	}{
		{0.1, 0.2, 200}, {0.03, 0.5, 1000}, {0.5, 0.1, 40}, {0.001, 0.5, mostPictures}, {90, 1, 1}, {0.5, 30, 120},
	} {
		in := newMemory("m://in/", nil)
		for i := range 3_000 {
			in.put(fmt.Sprintf("%05d.png", i), "")
		}
		w := &crew{width: 1, took: func(r Request) (float64, float64) { return c.each * float64(len(r.Pictures)), c.around }}
		result, _, err := sent(t, t.Context(), in, newMemory("m://out/", nil), w)
		if err != nil {
			t.Fatal(err)
		}
		if w.sizes[0] != firstPictures || w.sizes[1] < c.want-1 || w.sizes[1] > c.want {
			t.Errorf("%+v: batches of %v", c, w.sizes[:2])
		}
		hours := 2 * (c.each*3_000 + c.around*float64(len(w.sizes))) / time.Hour.Seconds()
		if diff := result.CoreHours - hours; diff < -1e-6 || diff > 1e-6 {
			t.Errorf("%+v: %g core-hours, want %g", c, result.CoreHours, hours)
		}
	}
}

// TestFailuresAreNoMeasure: pictures that fail at once do not make batches of others large.
func TestFailuresAreNoMeasure(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/", nil)
	for i := range 300 {
		in.put(fmt.Sprintf("%05d.png", i), map[bool]string{true: "bad", false: ""}[i < 2*firstPictures])
	}
	c := &crew{width: 1, took: func(r Request) (seconds, around float64) {
		for _, p := range r.Pictures {
			if p.Size == 0 { // a good one
				seconds += 2
			}
		}
		return seconds + 0.001, 0
	}}
	if _, _, err := sent(t, t.Context(), in, newMemory("m://out/", nil), c); err != nil {
		t.Fatal(err)
	}
	if most := slices.Max(c.sizes); most > 2*firstPictures { // the bad ones once more, together
		t.Errorf("batches of %v", c.sizes)
	}
}

// TestLongNames: names do not make a batch too large to travel.
func TestLongNames(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/", nil)
	for i := range 2000 {
		in.put(fmt.Sprintf("%s/%05d.png", strings.Repeat("long", 200), i), "")
	}
	c := &crew{width: 1, took: func(Request) (float64, float64) { return 0.001, 0 }}
	if _, _, err := sent(t, t.Context(), in, newMemory("m://out/", nil), c); err != nil {
		t.Fatal(err)
	}
	if most := slices.Max(c.sizes); most*800 > mostNames+1000 || most < 100 {
		t.Errorf("%d pictures in a batch", most)
	}
}

// TestWrongPlace: a worker whose folder is another one of the same name writes nothing.
func TestWrongPlace(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", map[string]string{"a.png": "1"}), newMemory("m://out/", nil)
	if _, _, err := translated(t, t.Context(), in, out, Options{}); err != nil {
		t.Fatal(err)
	}
	r := Request{Job: Job{version, "m://in/", "another model"}.hash()}
	for _, place := range []Place{out, newMemory("m://out/", nil)} {
		if err := r.Check(t.Context(), place); err == nil || !strings.Contains(err.Error(), "not the place") {
			t.Error(err)
		}
		if err := r.Guard(place).Write(t.Context(), "a.png", nil); err == nil {
			t.Error("it is written to")
		}
	}
}

// TestModelThatChanges: no translation is made with another model than the first, such as
// that of a training which goes on meanwhile.
func TestModelThatChanges(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", map[string]string{"a.png": "1"}), newMemory("m://out/", nil)
	r := Request{Pictures: []Picture{{Output: "a.png"}}, Signature: "made of 0"}
	r.Pictures[0].Name = "a.png"
	if _, err := Serve(t.Context(), writer{"later "}, in, out, r, nil); err == nil || !strings.Contains(err.Error(), "model has changed") || len(out.files) > 0 {
		t.Errorf("%v, %q", err, out.files)
	}
}
