package serve

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
)

// TestLine: one at a time, in order; of one drawing only the newest waits; no more
// wait than may; who goes away makes room.
func TestLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLine(3)
		first, err := l.enter(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		results := map[string]error{}
		wait := func(ctx context.Context, name, live string) {
			go func() {
				leave, err := l.enter(ctx, live)
				results[name] = err
				if err == nil {
					order = append(order, name)
					leave()
				}
			}()
			synctest.Wait()
		}
		gone, cancel := context.WithCancel(t.Context())
		wait(t.Context(), "old stroke", "drawing")
		wait(t.Context(), "other", "")
		wait(gone, "gone", "")
		wait(t.Context(), "one too many", "")
		var p *problem
		if !errors.As(results["one too many"], &p) || p.Status != http.StatusTooManyRequests || p.retry <= 0 {
			t.Errorf("one too many: %v", results["one too many"])
		}
		cancel()
		synctest.Wait()
		if !errors.Is(results["gone"], context.Canceled) {
			t.Errorf("gone: %v", results["gone"])
		}
		wait(t.Context(), "new stroke", "drawing")
		if results["old stroke"] != errSuperseded {
			t.Errorf("old stroke: %v", results["old stroke"])
		}
		first()
		synctest.Wait()
		if len(order) != 2 || order[0] != "other" || order[1] != "new stroke" {
			t.Errorf("order %v", order)
		}
		if l.waiting != 0 || len(l.live) != 0 {
			t.Errorf("left: %d waiting, %v", l.waiting, l.live)
		}
	})
}
