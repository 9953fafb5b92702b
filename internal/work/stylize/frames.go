package stylize

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"easel/internal/base/option"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
	"easel/internal/work/video"
)

// FrameOptions say how the frames of a video follow each other. Begin with DefaultFrames.
type FrameOptions struct {
	// TemporalWeight is the weight of the temporal loss (style.Temporal), for objectives as
	// large as that of the preset easel; 0 leaves it out.
	TemporalWeight float64 `json:"temporal_weight"`
	// Iterations of a frame that begins with the one before. A first frame, and one after a
	// cut, has the stages and iterations of a picture.
	Iterations int `json:"frame_iterations"`
}

// DefaultFrames returns the default options, chosen by eye.
func DefaultFrames() FrameOptions { return FrameOptions{TemporalWeight: 50, Iterations: 30} }

// Declared returns the options with their limits.
func (f *FrameOptions) Declared() option.List {
	return option.Of(f, option.Group("Video",
		option.Number(&f.TemporalWeight, "temporal-weight", "without a network: weight of the loss that keeps a frame near the one before, moved to where things are now", option.Above(0)).OrZero("none"),
		option.Int(&f.Iterations, "frame-iterations", "without a network: evaluations per frame after the first", 1, maxCount),
	))
}

// Video paints a video, or a folder of frames, as Ruder, Dosovitskiy and Brox (GCPR 2016)
// do: each frame begins with the one before, moved to where things are now, and the
// temporal loss keeps it near that where the motion can be trusted. Where it cannot, a
// frame begins with itself. Their passes in both directions and their long-term
// consistency are left out.
//
// Content, Init, Out and all sizes of o are of no account: frames are those of film, which
// says how large they are. Its Stability is that of networks, and unused. hear, which may
// be nil, gets the plan of the first frame, and the iterations of all.
func Video(ctx context.Context, o Options, frames FrameOptions, film video.Options, hear func(Event), notify func(video.Event)) (video.Result, error) {
	o.Content, o.Init, o.Continue, o.Out = frame, FromContent, "", ""
	o.Size, o.Width, o.Height, o.SaveEvery, o.CheckpointEvery = 0, 0, 0, 0, 0
	if err := errors.Join(o.Validate(), frames.Declared().Check()); err != nil {
		return video.Result{}, fmt.Errorf("stylize: %w", err)
	}
	if err := o.resolveWeights(); err != nil {
		return video.Result{}, fmt.Errorf("stylize: %w", err)
	}
	for _, s := range o.Styles { // rather than at the first frame
		if _, _, _, err := o.readPicture(s.Path); err != nil {
			return video.Result{}, fmt.Errorf("stylize: style picture: %w", err)
		}
	}
	d, err := o.openDevice()
	if err != nil {
		return video.Result{}, fmt.Errorf("stylize: %w", err)
	}
	defer func() { _ = d.Close() }()
	o.MaxMemory = o.allowed(d) // for all frames, whatever is free by then
	way, err := json.Marshal(frames)
	if err != nil {
		return video.Result{}, err
	}
	film.Stability = video.Default().Stability // the motion is always measured
	p := &framePainter{options: o, frames: frames, device: d, hear: hear, plans: map[bool]*Plan{}, moments: map[momentsKey]map[string]style.Moments{}}
	return video.Run(ctx, film, p, o.way()+string(way), notify)
}

// frame is the name of the content picture, which no file has.
const frame = "frame of the video"

// framePainter is a video.Painter. All frames share the network, which random weights make
// of the styles alone: a call that goes on from frame 100 never sees the first.
type framePainter struct {
	options Options
	frames  FrameOptions
	device  device.Device
	hear    func(Event)

	in      *pictures // styles and masks
	network *style.Network
	name    string         // of the network
	plans   map[bool]*Plan // of frames that follow another, and of others
	moments map[momentsKey]map[string]style.Moments
}

// leastTrust is the mean trust below which a frame has nothing to do with the one before.
const leastTrust = 0.1

// Paint implements video.Painter.
func (p *framePainter) Paint(ctx context.Context, v video.View) (*imgio.Picture, error) {
	o := p.options
	follows := v.Before != nil && meanOf(v.Trust) >= leastTrust
	if follows {
		o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = 0, 0, p.frames.Iterations, 0
	}
	in, err := p.pictures(o, v.Frame)
	if err != nil {
		return nil, err
	}
	if follows {
		if err := in.follow(o, v, p.frames.TemporalWeight); err != nil {
			return nil, err
		}
	}
	first := p.plans[follows] == nil
	if first {
		if p.plans[follows], err = o.plan(p.device, p.network, in); err != nil {
			return nil, err
		}
	}
	r := &runner{o: o, started: time.Now(), notify: func(Event) {}, in: in, network: p.network, plan: p.plans[follows], moments: p.moments}
	if p.hear != nil {
		r.notify = p.hear
	}
	r.begin(p.name)
	if first && len(p.plans) == 1 {
		r.notify(Event{Kind: Planned, Plan: r.plan, Total: r.total()})
	}
	painted, _, err := r.stages(ctx)
	return painted, err
}

// pictures returns those of a frame. The first call reads the styles and opens the network.
func (p *framePainter) pictures(o Options, f *imgio.Picture) (*pictures, error) {
	o.Pictures = map[string]*imgio.Picture{frame: f}
	for name, q := range p.options.Pictures {
		o.Pictures[name] = q
	}
	if p.in != nil {
		in := *p.in
		var err error
		in.content, in.alpha, _, err = o.readPicture(frame)
		in.grey = err == nil && in.isGrey()
		return &in, err
	}
	in, err := o.read(func(text string) {
		if p.hear != nil {
			p.hear(Event{Kind: Warned, Text: text})
		}
	})
	if err != nil {
		return nil, err
	}
	if err := in.checkTexture(o); err != nil {
		return nil, err
	}
	styles := *in
	styles.content, styles.alpha = nil, nil
	if p.network, p.name, err = o.openNetwork(p.device, &styles); err != nil {
		return nil, err
	}
	p.in = &styles
	return in, nil
}

// follow makes a frame begin with the one before, and keeps it near.
func (p *pictures) follow(o Options, v video.View, weight float64) error {
	q, _ := v.Before.SplitAlpha()
	q, err := q.Convert(3)
	if err != nil {
		return err
	}
	before := tensor(q)
	if o.Colours == LuminanceOnly {
		before = style.Luma(before)
	}
	begin := p.contentAt(o, v.Frame.Width, v.Frame.Height)
	for i := range begin.Pixels {
		begin.Pixels[i] += v.Trust[i/3] * (before.Pixels[i] - begin.Pixels[i])
	}
	p.first = picture(begin)
	if weight > 0 {
		p.before = &style.Temporal{Before: before.Pixels, Trust: v.Trust, Weight: weight}
	}
	return nil
}

func meanOf(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x)
	}
	return sum / math.Max(float64(len(v)), 1)
}
