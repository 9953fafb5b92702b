package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"easel/internal/file/ffmpeg"
	"easel/internal/file/imgio"
)

// frame is a frame that was read.
type frame struct {
	picture *imgio.Picture
	name    string // of its file, without an ending; "" in a video
	ticks   int64  // when it is shown
}

// source gives frames.
type source interface {
	// next returns the next frame; at the end, io.EOF.
	next() (frame, error)
	// scale is the number of ticks in a second, and step that from a frame to the next,
	// as far as that is always the same. Both are known after the first frame.
	scale() int64
	step() int64
	// total is about how many frames there are, 0 if that is unknown.
	total() int
	// sound is the file with the sound, "" for none.
	sound() string
	// Complaints says at the end what was wrong with the frames; "" for nothing.
	Complaints() string
	close() error
}

// open opens the input, without its first frames, whose number is skip.
func (o *Options) open(ctx context.Context, skip int) (source, error) {
	if isFolder(o.In) {
		return o.openFolder(skip)
	}
	return o.openVideo(ctx, skip)
}

// folder is a source of files.
type folder struct {
	paths          []string
	count, done    int
	frames, second int64 // the rate
	size           func(p *imgio.Picture) *imgio.Picture
	first          [2]int // the size of the first frame
}

func (o *Options) openFolder(skip int) (*folder, error) {
	paths, err := o.chosenFiles()
	if err != nil {
		return nil, err
	}
	f := &folder{paths: paths, count: len(paths), done: min(skip, len(paths)), size: o.sized}
	f.frames, f.second = o.rate()
	return f, nil
}

// chosenFiles are the files of the chosen frames.
func (o *Options) chosenFiles() ([]string, error) {
	paths, err := imgio.Find(o.In)
	if err != nil {
		return nil, err
	}
	first, last := max(o.First, 1), len(paths)
	if o.Last > 0 {
		last = min(o.Last, last)
	}
	if first > last {
		return nil, fmt.Errorf("%s has only %d frames", o.In, len(paths))
	}
	return paths[first-1 : last], nil
}

// sized resizes a frame to Options.Size.
func (o *Options) sized(p *imgio.Picture) *imgio.Picture {
	w, h := o.sizeOf(p.Width, p.Height, 1)
	if w == p.Width && h == p.Height {
		return p
	}
	return imgio.Resize(p, w, h, imgio.Lanczos)
}

// sizeOf is the size of frames that have another, as multiples of a number.
func (o *Options) sizeOf(width, height, multiple int) (w, h int) {
	if o.Size == 0 {
		return width, height
	}
	side := func(length int) int {
		n := float64(length) * float64(o.Size) / float64(max(width, height)*multiple)
		return max(int(n+0.5), 1) * multiple
	}
	return side(width), side(height)
}

func (f *folder) next() (frame, error) {
	if f.done == f.count {
		return frame{}, io.EOF
	}
	path := f.paths[f.done]
	p, _, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		return frame{}, err
	}
	if f.first == [2]int{} {
		f.first = [2]int{p.Width, p.Height}
	}
	if f.first != [2]int{p.Width, p.Height} {
		return frame{}, fmt.Errorf("%s is %d×%d, but frames before it are %d×%d", path, p.Width, p.Height, f.first[0], f.first[1])
	}
	name := filepath.Base(path)
	f.done++
	return frame{f.size(p), strings.TrimSuffix(name, filepath.Ext(name)), int64(f.done-1) * f.second}, nil
}

func (f *folder) scale() int64  { return f.frames }
func (f *folder) step() int64   { return f.second }
func (f *folder) total() int    { return f.count }
func (f *folder) sound() string { return "" }

// Complaints is empty: a picture that cannot be read is an error.
func (f *folder) Complaints() string { return "" }

func (f *folder) close() error { return nil }

// film is a source that ffmpeg reads.
type film struct {
	*ffmpeg.Reader
	info  ffmpeg.Info
	path  string
	count int
	every float64 // seconds from frame to frame
}

func (o *Options) openVideo(ctx context.Context, skip int) (*film, error) {
	info, err := ffmpeg.Probe(ctx, o.In)
	if err != nil {
		return nil, err
	}
	s := ffmpeg.Selection{First: o.First, Last: o.Last, From: o.From, To: o.To, Rate: o.Rate, Skip: skip}
	s.Width, s.Height = o.sizeOf(info.Width, info.Height, 2) // as encoders want it
	r, err := ffmpeg.Open(ctx, o.In, info, s)
	if err != nil {
		return nil, err
	}
	f := &film{Reader: r, info: info, path: o.In, count: o.estimate(info)}
	frames, seconds := o.rate()
	if f.every = float64(seconds) / float64(frames); o.Rate == "" && info.Rate > 0 {
		f.every = 1 / info.Rate
	}
	return f, nil
}

// estimate is about how many frames a video has.
func (o *Options) estimate(info ffmpeg.Info) int {
	first, last := float64(max(o.First-1, 0)), float64(info.Frames)
	if o.Last > 0 {
		last = min(last, float64(o.Last))
	}
	first = max(first, o.From*info.Rate)
	if o.To > 0 {
		last = min(last, o.To*info.Rate)
	}
	n := max(last-first, 0)
	if o.Rate != "" && info.Rate > 0 {
		frames, seconds := o.rate()
		n *= float64(frames) / float64(seconds) / info.Rate
	}
	return int(n + 0.5)
}

func (f *film) next() (frame, error) {
	got, err := f.Next()
	if err != nil {
		return frame{}, err
	}
	return frame{picture: got.Picture, ticks: got.Ticks}, nil
}

func (f *film) scale() int64 { return f.Scale() }

func (f *film) step() int64 { return max(int64(float64(f.Scale())*f.every+0.5), 1) }

func (f *film) total() int { return f.count }

func (f *film) sound() string {
	if f.info.Sound {
		return f.path
	}
	return ""
}

func (f *film) close() error { return f.Close() }

// isEnd reports the end of the frames.
func isEnd(err error) bool { return errors.Is(err, io.EOF) }
