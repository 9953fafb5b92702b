package imgio

import "fmt"

// Picture is a picture as numbers: any size, any number of channels, full
// precision. image.Image cannot carry more than four channels or label values
// without premultiplication, so everything inside easel passes Pictures.
//
// Pix is [height, width, channels], row by row, gamma-encoded as in the file, from 0 to 1
// (v/255 of an 8-bit file, v/65535 of a 16-bit one), not premultiplied by alpha. Depth is
// the number of bits per sample of the file that was read and of the file to write: 8, 16,
// or 32 for floating point. Range says which numbers of a file are 0 and 1; Write undoes
// it. If Alpha is set, the last channel is alpha; otherwise all channels are colours or
// bands. Place is the georeference, if the file has one; pictures computed from this one at
// the same size may keep it.
type Picture struct {
	Width, Height, Channels int
	Depth                   int
	Range                   Range
	Alpha                   bool
	Place                   Place
	Pix                     []float32
}

// New returns a black picture of the given size with 8 bits per sample.
func New(width, height, channels int) *Picture {
	if width < 1 || height < 1 || channels < 1 {
		panic(fmt.Sprintf("imgio: picture of %d×%d×%d", width, height, channels))
	}
	return &Picture{
		Width: width, Height: height, Channels: channels, Depth: 8,
		Pix: make([]float32, width*height*channels),
	}
}

// At returns the sample of channel c in column x of row y.
func (p *Picture) At(x, y, c int) float32 { return p.Pix[(y*p.Width+x)*p.Channels+c] }

// Set stores v in channel c in column x of row y.
func (p *Picture) Set(x, y, c int, v float32) { p.Pix[(y*p.Width+x)*p.Channels+c] = v }
