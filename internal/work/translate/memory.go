package translate

import (
	"fmt"
	"sort"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// unknownMemory is the limit if the machine does not report its memory: 4 GiB.
const unknownMemory = 4 << 30

func availableMemory(d device.Device) int64 {
	if free, known := device.FreeMemory(d); known {
		return free
	}
	return unknownMemory
}

// MemoryError means that a picture needs more memory than allowed.
type MemoryError struct {
	Needed, Allowed int64 // bytes
	// FitWidth and FitHeight are the largest size of about the same aspect ratio that would
	// fit; 0 if none does.
	FitWidth, FitHeight int
	// Tile is the side of tiles with which the picture would fit, 0 if there is none.
	Tile int
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("needs %s of memory, the limit is %s", humanize.BytesN(uint64(e.Needed), 3), humanize.BytesN(uint64(e.Allowed), 3))
}

// Hint returns advice for users of the Go package.
func (e *MemoryError) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns advice with the placeholders of package hint.
func (e *MemoryError) Advice() string {
	more := "allow more with {max_memory}"
	if e.Tile > 0 {
		more += fmt.Sprintf(", or translate it in tiles with {tile=%d}", e.Tile)
	}
	if e.FitWidth == 0 && e.Tile > 0 {
		return more
	}
	if e.FitWidth == 0 {
		return "not even the model's own size fits: " + more
	}
	return fmt.Sprintf("a picture of up to %d×%d would fit; shrink it, or %s", e.FitWidth, e.FitHeight, more)
}

// checkMemory refuses a program that needs more memory than allowed. If there is no smaller
// program for the picture, it searches for a size that would fit.
func (t *Translator) checkMemory(g *graph.Graph, s shape) error {
	allowed := t.allowed()
	needed, err := t.device.Estimate(g)
	if err != nil || needed <= allowed {
		return err
	}
	e := &MemoryError{Needed: needed, Allowed: allowed}
	if !s.extent {
		e.FitWidth, e.FitHeight = t.fit(s.height, s.width, allowed)
		e.Tile = t.fitTile(s.height, s.width, allowed, largestTile+1)
	}
	return e
}

// fit searches by bisection for the largest allowed size of about the same aspect ratio. A
// device that compiles must compile each size that it tries.
func (t *Translator) fit(height, width int, allowed int64) (fitWidth, fitHeight int) {
	n := t.form.multiple
	sides := func(tall int) (int, int) { return max(n, width*tall/(height/n)/n*n), tall * n }
	tooTall := 1 + sort.Search(height/n-1, func(i int) bool {
		w, h := sides(i + 1)
		g, _, err := t.form.build(shape{h, w, false, t.options.NoNoise})
		if err != nil {
			return true
		}
		needed, err := t.device.Estimate(g)
		return err != nil || needed > allowed
	})
	if tooTall == 1 {
		return 0, 0
	}
	return sides(tooTall - 1)
}
