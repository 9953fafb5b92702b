package easel

import (
	"context"
	"fmt"
	"image"
	"iter"
	"os"
	"path/filepath"

	"easel/internal/file/imgio"
)

// Picture is a picture as numbers, for what image.Image cannot hold: any number of
// channels, values that are labels or measurements, full precision.
type Picture struct {
	// Width and Height are in pixels; Channels are 1 or more.
	Width, Height, Channels int
	// Depth is the number of bits a sample is written with: 8, 16, or 32 for
	// floating point.
	Depth int
	// Alpha says that the last channel is alpha; without it, all channels are
	// colours or bands.
	Alpha bool
	// Pix has Height×Width×Channels samples, row by row, channels together, from 0
	// to 1, gamma-encoded as in files and not multiplied by alpha.
	Pix []float32

	span  imgio.Range // what 0 and 1 stand for in a file of numbers
	place imgio.Place // where on the earth the picture lies
}

// pictureOf is a picture of the floors below.
func pictureOf(p *imgio.Picture) Picture {
	return Picture{Width: p.Width, Height: p.Height, Channels: p.Channels, Depth: p.Depth, Alpha: p.Alpha, Pix: p.Pix, span: p.Range, place: p.Place}
}

// below is the picture as the floors below have it. The samples are shared.
func (p Picture) below() *imgio.Picture {
	return &imgio.Picture{Width: p.Width, Height: p.Height, Channels: p.Channels, Depth: p.Depth, Alpha: p.Alpha, Pix: p.Pix, Range: p.span, Place: p.place}
}

// FromImage is an image as numbers: 1 to 4 channels.
func FromImage(img image.Image) Picture { return pictureOf(imgio.FromImage(img)) }

// Image is the picture as an image, of 1 to 4 channels.
func (p Picture) Image() (image.Image, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return imgio.ToImage(p.below())
}

// ReadPicture reads a file: PNG, JPEG, TIFF, WebP, BMP or GIF. Warnings say what was
// done to the picture, such as turning it upright.
func ReadPicture(path string) (p Picture, warnings []string, err error) {
	below, found, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		return Picture{}, nil, err
	}
	return pictureOf(below), convert[[]string](found), nil
}

// Write writes the picture to a file: .png, .jpg or .tif. A file that is there is
// replaced in one step, and kept if anything fails.
func (p Picture) Write(path string) error {
	if err := p.check(); err != nil {
		return err
	}
	return imgio.Write(path, p.below())
}

func (p Picture) check() error {
	if p.Width < 1 || p.Height < 1 || p.Channels < 1 || len(p.Pix) != p.Width*p.Height*p.Channels {
		return fmt.Errorf("easel: a picture of %d×%d with %d channels has %d samples", p.Width, p.Height, p.Channels, len(p.Pix))
	}
	if p.Depth != 8 && p.Depth != 16 && p.Depth != 32 {
		return fmt.Errorf("easel: a picture's depth is 8, 16 or 32 bits, not %d", p.Depth)
	}
	return nil
}

// Pair is two pictures of the same view.
type Pair struct {
	// Name is that of its files, without ending; "" is its number.
	Name string
	// A and B are of the same size.
	A, B Picture
}

// WritePairs makes a data folder of pairs in memory, for TrainOptions.Data: training
// reads files, because a run that was stopped has to find the same pairs again. It
// writes dir/A and dir/B, as PNG or, of channels that PNG has not, as TIFF, and
// returns how many pairs it wrote. Files of the same names are replaced, others stay.
// It stops at an error of the iterator, and when ctx ends.
func WritePairs(ctx context.Context, dir string, pairs iter.Seq2[Pair, error]) (count int, err error) {
	for p, err := range pairs {
		if err != nil {
			return count, err
		}
		if err := ctx.Err(); err != nil {
			return count, err
		}
		if p.Name == "" {
			p.Name = fmt.Sprintf("%06d", count+1)
		}
		if err := p.write(dir); err != nil {
			return count, fmt.Errorf("write pair %s: %w", p.Name, err)
		}
		count++
	}
	return count, nil
}

func (p Pair) write(dir string) error {
	if !filepath.IsLocal(p.Name) || filepath.Base(p.Name) != p.Name {
		return fmt.Errorf("easel: %q is no name of a file", p.Name)
	}
	if p.A.Width != p.B.Width || p.A.Height != p.B.Height {
		return fmt.Errorf("easel: A is %d×%d, B is %d×%d", p.A.Width, p.A.Height, p.B.Width, p.B.Height)
	}
	for _, side := range []struct {
		folder  string
		picture Picture
	}{{"A", p.A}, {"B", p.B}} {
		folder := filepath.Join(dir, side.folder)
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return err
		}
		ending := imgio.FormatFor(side.picture.below()).Ending()
		if err := side.picture.Write(filepath.Join(folder, p.Name+ending)); err != nil {
			return err
		}
	}
	return nil
}
