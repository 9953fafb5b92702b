package video

import (
	"context"
	"math"
	"runtime"
	"sync"

	"easel/internal/data/flow"
	"easel/internal/file/imgio"
)

// View is what a Painter sees of a frame.
type View struct {
	Frame *imgio.Picture
	// Before is the painted frame before, moved to where things are now; nil for the first
	// frame, and if Options.Stability is 0. Trust [height, width], from 0 to 1, says how far it may be relied on: not at
	// all where it shows what is covered now, or where the picture has changed otherwise.
	Before *imgio.Picture
	Trust  []float32
}

// Painter paints frames, one after the other.
type Painter interface {
	Paint(ctx context.Context, v View) (*imgio.Picture, error)
}

// viewOf moves what was painted of the frame before to where it is in frame. The pictures
// of a folder may differ in channels.
func viewOf(frame, before, painted *imgio.Picture) View {
	before, err := before.Convert(frame.Channels)
	if err != nil {
		return View{Frame: frame}
	}
	there, back := flow.Between(before, frame)
	trust := flow.Reliable(back, there)
	doubt(trust, frame, back.Warp(before))
	return View{Frame: frame, Before: back.Warp(painted), Trust: soft(trust, frame.Width, frame.Height)}
}

// alike is the factor of Lai et al. (2018, eq. 4): frames that differ by d, from 0 to 1,
// after the motion are trusted by exp(−50·d²). So a cut ends all trust, and so does light
// that changes.
const alike = 50

func doubt(trust []float32, frame, moved *imgio.Picture) {
	n := frame.Channels
	parallel(frame.Height, func(y int) {
		for i := y * frame.Width; i < (y+1)*frame.Width; i++ {
			sum := float32(0)
			for c := i * n; c < (i+1)*n; c++ {
				d := frame.Pix[c] - moved.Pix[c]
				sum += d * d
			}
			trust[i] *= float32(math.Exp(float64(-alike * sum)))
		}
	})
}

// soft smooths trust, so that its edges are not seen, without giving any to pixels that
// have none.
func soft(trust []float32, width, height int) []float32 {
	smooth := area{width, height, 1}.mean(trust)
	for i, v := range trust {
		smooth[i] = min(smooth[i], v)
	}
	return smooth
}

// parallel calls f for 0 to n−1, on all cores. The calls do not depend on each other.
func parallel(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := n * w / workers; i < n*(w+1)/workers; i++ {
				f(i)
			}
		})
	}
	wait.Wait()
}
