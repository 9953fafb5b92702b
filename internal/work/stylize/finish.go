package stylize

import (
	"errors"
	"fmt"
	"os"
	"time"

	"easel/internal/base/hint"
	"easel/internal/engine/optimise"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
)

// after reports an iteration and saves what is due.
func (r *runner) after(losses style.Losses, status optimise.Status) error {
	i := r.report(Event{Kind: Iterated, Losses: lossesOf(losses), SecondsLeft: r.pace.left(r.plan, r.stage, r.iteration)})
	if status != optimise.Moved {
		i.Status = status.String()
	}
	r.notify(i)
	if r.o.SaveEvery > 0 && r.done%r.o.SaveEvery == 0 && r.o.Out != "" {
		path := numbered(r.o.Out, r.done)
		if err := r.write(path); err != nil {
			return err
		}
		r.notify(r.report(Event{Kind: Pictured, Path: path}))
	}
	if r.o.CheckpointEvery > 0 && r.done%r.o.CheckpointEvery == 0 {
		return r.save()
	}
	return nil
}

// report completes an event with the position in the run.
func (r *runner) report(i Event) Event {
	s := r.plan.Stages[min(r.stage, len(r.plan.Stages)-1)]
	i.Stage, i.Stages, i.Width, i.Height = r.stage+1, len(r.plan.Stages), s.Width, s.Height
	i.Iteration, i.Iterations, i.Done, i.Total = r.iteration, s.Iterations, r.done, r.total()
	i.Seconds = r.seconds()
	return i
}

func (r *runner) seconds() float64 { return r.earlier + time.Since(r.started).Seconds() }

// found returns the picture so far, ready to be written.
func (r *runner) found() (*imgio.Picture, error) {
	s := r.plan.Stages[min(r.stage, len(r.plan.Stages)-1)]
	return r.in.finished(r.o, style.Picture{Height: s.Height, Width: s.Width, Pixels: r.best()})
}

func (r *runner) write(path string) error {
	p, err := r.found()
	if err != nil {
		return err
	}
	return imgio.Write(path, p, r.texts()...)
}

// end writes the result and removes the checkpoint, which is no longer needed.
func (r *runner) end() (*imgio.Picture, Result, error) {
	p, err := r.found()
	if err != nil {
		return nil, Result{}, fmt.Errorf("stylize: %w", err)
	}
	if r.o.Out != "" {
		if err := imgio.Write(r.o.Out, p, r.texts()...); err != nil {
			return nil, Result{}, fmt.Errorf("stylize: %w", err)
		}
		if err := os.Remove(r.o.checkpoint()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, Result{}, fmt.Errorf("stylize: %w", err)
		}
	}
	result := Result{Losses: *lossesOf(r.last), Iterations: r.done, Seconds: r.seconds(), Width: p.Width, Height: p.Height}
	r.notify(Event{
		Kind: Ended, Path: r.o.Out, Losses: &result.Losses, Width: p.Width, Height: p.Height,
		Done: r.done, Total: r.total(), Seconds: result.Seconds,
	})
	return p, result, nil
}

// interrupted writes the picture so far and a checkpoint.
func (r *runner) interrupted() (*imgio.Picture, Result, error) {
	if r.done == 0 {
		return nil, Result{}, fmt.Errorf("stylize: %w before the first iteration: nothing is written", ErrInterrupted)
	}
	p, err := r.found()
	if err == nil && r.o.Out != "" {
		if err = imgio.Write(r.o.Out, p, r.texts()...); err == nil {
			r.written = true
			err = r.save()
		}
	}
	if err != nil {
		return nil, Result{}, fmt.Errorf("stylize: %w, and the picture so far could not be saved: %w", ErrInterrupted, err)
	}
	if r.o.Out == "" {
		return p, Result{}, fmt.Errorf("stylize: %w at iteration %d", ErrInterrupted, r.done)
	}
	return p, Result{}, hint.New(
		fmt.Errorf("stylize: %w at iteration %d of %d: the picture so far is %s", ErrInterrupted, r.done, r.total(), r.o.Out),
		"continue with: "+hint.Run("stylize", "resume", r.o.checkpoint()),
	)
}

// enlarge resizes numbers with the layout of a picture and multiplies them. Unlike
// pictures, they have no range, so nothing is clamped.
func enlarge(v []float32, from, to Stage, factor float32) []float32 {
	p := &imgio.Picture{Width: from.Width, Height: from.Height, Channels: 3, Depth: 8, Pix: v}
	out := imgio.Resize(p, to.Width, to.Height, imgio.Bilinear).Pix
	for i := range out {
		out[i] *= factor
	}
	return out
}
