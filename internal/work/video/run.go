package video

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/file/lock"
)

// ErrInterrupted is wrapped by the error of a call that was cancelled. What was painted is
// kept, and the same call goes on.
var ErrInterrupted = errors.New("interrupted")

// Event reports a painted frame.
type Event struct {
	// Done frames are painted, of about Total, which is 0 if unknown.
	Done, Total int
	// Kept of them were painted by an earlier call.
	Kept int
}

// Result says what there is in the end.
type Result struct {
	// Frames are painted, Kept of them by an earlier call.
	Frames, Kept int
	// Recoded says that the sound had to be encoded again, since the output's kind of file
	// cannot have it as it was.
	Recoded bool
	// Damage is what ffmpeg complained about as it read the video, "" if nothing: frames
	// may be missing, or not be as they were.
	Damage string
}

// Run paints the frames of Options.In into Options.Out, or goes on after an interrupted call.
// name identifies what the painter paints: nothing goes on from another's frames. notify,
// which may be nil, hears of every frame.
func Run(ctx context.Context, o Options, painter Painter, name string, notify func(Event)) (Result, error) {
	if err := o.Validate(); err != nil {
		return Result{}, fmt.Errorf("video: %w", err)
	}
	if err := o.checkPlaces(); err != nil {
		return Result{}, err
	}
	if notify == nil {
		notify = func(Event) {}
	}
	leave, owned, err := o.enter()
	if err != nil {
		return Result{}, err
	}
	defer leave()
	defer owned.Release()
	made, err := o.made(name)
	if err != nil {
		return Result{}, err
	}
	out, s, err := o.resume(made)
	if err != nil {
		return Result{}, err
	}
	r := &runner{painter: painter, out: out, state: s, notify: notify, kept: s.Done, done: s.Done, steady: o.Stability > 0}
	if r.in, err = o.open(ctx, max(s.Done-1, 0)); err != nil {
		return Result{}, err
	}
	defer func() { _ = r.in.close() }()
	if film, ok := out.(*parts); ok {
		film.source = r.in
	}
	return r.run(ctx, o.Out)
}

// enter makes the folder of what is written and locks the output. leave removes the folder
// if nothing came of it.
func (o *Options) enter() (leave func(), owned *lock.Lock, err error) {
	dir, take := o.Out, lock.Folder
	if o.toVideo() {
		dir, take = o.partsFolder(), lock.File
	}
	if leave, err = atomicfile.Folder(dir); err != nil {
		return nil, nil, fmt.Errorf("make the output folder: %w", err)
	}
	if owned, err = take(o.Out); err != nil {
		leave()
		return nil, nil, err
	}
	return leave, owned, nil
}

// partsFolder is where a video grows.
func (o *Options) partsFolder() string { return o.Out + ".parts" }

// runner is a call in progress.
type runner struct {
	painter    Painter
	in         source
	out        sink
	state      *state
	notify     func(Event)
	kept, done int
	steady     bool // the painter needs the motion

	frame, painted *imgio.Picture // the latest
}

func (r *runner) run(ctx context.Context, out string) (Result, error) {
	err := r.restore()
	for err == nil {
		err = r.step(ctx)
	}
	if isEnd(err) && r.done == 0 {
		return Result{}, errors.New("video: there are no frames in the chosen range")
	}
	if !isEnd(err) {
		return Result{}, r.stopped(ctx, err, out)
	}
	if err := r.out.keep(); err != nil {
		return Result{}, err
	}
	recoded, err := r.out.finish(ctx)
	if err != nil {
		return Result{}, r.stopped(ctx, err, out)
	}
	return Result{Frames: r.done, Kept: r.kept, Recoded: recoded, Damage: r.in.Complaints()}, nil
}

// restore reads the latest frame of an earlier call.
func (r *runner) restore() error {
	if r.done == 0 {
		return nil
	}
	f, err := r.in.next()
	if err != nil {
		return err
	}
	r.frame = f.picture
	r.painted, err = r.out.last()
	return err
}

// step paints a frame.
func (r *runner) step(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := r.in.next()
	if err != nil {
		return err
	}
	if err := r.out.check(f); err != nil {
		return err
	}
	view := View{Frame: f.picture}
	if r.steady && r.painted != nil {
		view = viewOf(f.picture, r.frame, r.painted)
	}
	p, err := r.painter.Paint(ctx, view)
	if err != nil {
		return fmt.Errorf("frame %d: %w", r.done+1, err)
	}
	p = imgio.Quantise(p)
	if err := r.out.put(f, p); err != nil {
		return err
	}
	r.frame, r.painted = f.picture, p
	r.done++
	r.notify(Event{Done: r.done, Total: max(r.in.total(), r.done), Kept: r.kept})
	return nil
}

// stopped keeps what is painted, and explains how to go on.
func (r *runner) stopped(ctx context.Context, err error, out string) error {
	kept, same := r.out.keep(), "the same command"
	if r.state.Forced {
		same += " without {force}"
	}
	switch {
	case ctx.Err() != nil && kept == nil:
		return hint.New(fmt.Errorf("%w after %d frames, which are kept: %w", ErrInterrupted, r.done, ctx.Err()), same+" goes on from there")
	case atomicfile.NoSpace(err):
		return &atomicfile.NoSpaceError{Folder: filepath.Dir(out), Way: "make room: " + same + " goes on from there"}
	}
	return errors.Join(err, kept)
}
