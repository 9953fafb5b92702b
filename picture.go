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
// channels, samples that are labels or measurements, and full precision.
type Picture struct {
	// Width and Height are in pixels; Channels are 1 or more.
	Width, Height, Channels int
	// Depth is the number of bits per sample in a file: 8, 16, or 32 for floating
	// point.
	Depth int
	// Alpha says that the last channel is alpha. All other channels are colours or
	// bands.
	Alpha bool
	// Pix has Height×Width×Channels samples, row by row, channels together, from 0
	// to 1, gamma-encoded as in files and not multiplied by alpha.
	Pix []float32

	span  imgio.Range // what 0 and 1 mean in a file of measurements
	place imgio.Place // the place on earth, of georeferenced pictures
}

// pictureOf is the public form of a picture.
func pictureOf(p *imgio.Picture) Picture {
	return Picture{Width: p.Width, Height: p.Height, Channels: p.Channels, Depth: p.Depth, Alpha: p.Alpha, Pix: p.Pix, span: p.Range, place: p.Place}
}

// below is the internal form of the picture, which shares its samples.
func (p Picture) below() *imgio.Picture {
	return &imgio.Picture{Width: p.Width, Height: p.Height, Channels: p.Channels, Depth: p.Depth, Alpha: p.Alpha, Pix: p.Pix, Range: p.span, Place: p.place}
}

// FromImage converts an image of 1 to 4 channels.
func FromImage(img image.Image) Picture { return pictureOf(imgio.FromImage(img)) }

// Image converts the picture to an image; it must have 1 to 4 channels.
func (p Picture) Image() (image.Image, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return imgio.ToImage(p.below())
}

// ReadPicture reads a PNG, JPEG, TIFF, WebP, BMP or GIF file. Warnings say what was
// changed, such as that the picture was turned upright.
func ReadPicture(path string) (p Picture, warnings []string, err error) {
	below, found, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		return Picture{}, nil, err
	}
	return pictureOf(below), convert[[]string](found), nil
}

// Write writes a .png, .jpg, .tif or .webp file. An existing file is replaced in one step, and
// kept if anything fails.
func (p Picture) Write(path string) error {
	if err := p.check(); err != nil {
		return err
	}
	return imgio.Write(path, p.below())
}

func (p Picture) check() error {
	if p.Width < 1 || p.Height < 1 || p.Channels < 1 || len(p.Pix) != p.Width*p.Height*p.Channels {
		return fmt.Errorf("easel: a picture of %d×%d with %d channels needs %d samples, but has %d", p.Width, p.Height, p.Channels, p.Width*p.Height*p.Channels, len(p.Pix))
	}
	if p.Depth != 8 && p.Depth != 16 && p.Depth != 32 {
		return fmt.Errorf("easel: a picture's depth must be 8, 16 or 32 bits, but is %d", p.Depth)
	}
	return nil
}

// Pair is two pictures of the same view.
type Pair struct {
	// Name is the name of its files, without extension; "" is the pair's number.
	Name string
	// A and B must have the same size.
	A, B Picture
}

// WritePairs writes pairs from memory to a data folder for TrainOptions.Data. (Training
// reads files, so that an interrupted run finds the same pairs again.) It writes dir/A and
// dir/B, as PNG, or as TIFF for channels that PNG does not have, and returns the number of
// pairs. Files with the same names are replaced, others stay. It stops at an error of the
// iterator and when ctx ends.
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
		return fmt.Errorf("easel: %q is not a file name", p.Name)
	}
	if p.A.Width != p.B.Width || p.A.Height != p.B.Height {
		return fmt.Errorf("easel: A and B must have the same size, but are %d×%d and %d×%d", p.A.Width, p.A.Height, p.B.Width, p.B.Height)
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
