package prepare

import (
	"errors"
	"math"

	"easel/internal/base/hint"
	"easel/internal/base/shard"
	"easel/internal/file/imgio"
)

// Options are for every verb. The zero value is the default.
type Options struct {
	// Force replaces the outputs of an earlier call, as its record shows.
	Force bool
	// Seed of everything random.
	Seed uint64
	// Threads to work with; 0 is one for each core. The result does not depend on it.
	Threads int
	// Size is the width and height that pictures are first brought to, in pixels; 0
	// keeps their size.
	Size int
	// Fit says how; "" is crop.
	Fit Fit
	// Apart writes A/ and B/ instead of side-by-side pictures.
	Apart bool
	// Shard makes a part of the outputs only, chosen by their names. All parts, which may be
	// made at the same time and into the same folder, are what is made without it.
	Shard shard.Shard
	// Read limits what is read.
	Read imgio.ReadOptions
}

// Default are the options without those that are up to the caller.
func Default() Options { return Options{Fit: Crop} }

// Validate reports the first invalid option.
func (o Options) Validate() error { return o.Declared().Check() }

// Fit says how a picture becomes a square.
type Fit string

const (
	// Crop scales the shorter side to the size and crops the longer one, equally at
	// both ends.
	Crop Fit = "crop"
	// Pad scales the longer side to the size and pads with white.
	Pad Fit = "pad"
	// Stretch scales both sides.
	Stretch Fit = "stretch"
)

// fitsLabels refuses to pad label pictures: white is not a class.
func (o Options) fitsLabels() error {
	if o.Size > 0 && o.Fit == Pad {
		return hint.New(errors.New("label pictures cannot be padded: white is not a class"), "use {fit=crop} or {fit=stretch}")
	}
	return nil
}

// fitted returns p as Size and Fit want it.
func (o Options) fitted(p *imgio.Picture, f imgio.Filter) *imgio.Picture {
	if o.Size == 0 || p.Width == o.Size && p.Height == o.Size {
		return p
	}
	if o.Fit == Stretch {
		return imgio.Resize(p, o.Size, o.Size, f)
	}
	scale := float64(o.Size) / float64(min(p.Width, p.Height))
	if o.Fit == Pad {
		scale = float64(o.Size) / float64(max(p.Width, p.Height))
	}
	w := max(int(math.Round(float64(p.Width)*scale)), 1)
	h := max(int(math.Round(float64(p.Height)*scale)), 1)
	q := imgio.Resize(p, w, h, f)
	if o.Fit == Pad {
		return framed(q, o.Size)
	}
	return imgio.Crop(q, (w-o.Size)/2, (h-o.Size)/2, o.Size, o.Size)
}

// framed puts p into the middle of a white square.
func framed(p *imgio.Picture, size int) *imgio.Picture {
	q := imgio.New(size, size, p.Channels)
	q.Depth = p.Depth
	for i := range q.Pix {
		q.Pix[i] = 1
	}
	left, top, row := (size-p.Width)/2, (size-p.Height)/2, p.Width*p.Channels
	for y := range p.Height {
		copy(q.Pix[((top+y)*size+left)*p.Channels:], p.Pix[y*row:][:row])
	}
	return q
}

// Event is one picture made, kept or failed.
type Event struct {
	Done, Total int
	// Input is the source, the first of several, and Output what it became, the
	// first of two.
	Input, Output string
	// Kept says that the output already existed, from an earlier run.
	Kept     bool
	Warnings []imgio.Warning
	Err      error
}

// Result counts pictures.
type Result struct {
	Made, Kept, Failed int
	// LeftOut counts and names pictures in formats that are not read; empty if there are none.
	LeftOut string
}
