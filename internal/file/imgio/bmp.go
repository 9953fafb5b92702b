package imgio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// golang.org/x/image/bmp reads neither run-length coding nor 16 bits per pixel, and only
// some kinds of alpha. This reader covers what programs write: 1 to 32 bits per pixel,
// palettes, RLE8, RLE4, bit fields, and the headers of OS/2 and of Windows from version 3
// to 5.

// Values of the field biCompression.
const (
	bmpRGB         = 0
	bmpRLE8        = 1
	bmpRLE4        = 2
	bmpFields      = 3
	bmpAlphaFields = 6
)

// bmpFile holds what the headers say.
type bmpFile struct {
	width, height int
	topDown       bool
	bits          int // per pixel
	compression   uint32
	masks         [4]uint32 // of red, green, blue and alpha
	palette       [][3]float32
	pixels        []byte
}

func measureBMP(data []byte) (Extent, error) {
	f, err := parseBMP(data)
	if err != nil {
		return Extent{}, fmt.Errorf("header: %w", err)
	}
	return Extent{f.width, f.height, f.channels()}, nil
}

func (f *bmpFile) channels() int {
	if f.masks[3] != 0 {
		return 4
	}
	return 3
}

func decodeBMP(data []byte, o ReadOptions) (decoded, error) {
	f, err := parseBMP(data)
	if err != nil {
		return decoded{}, fmt.Errorf("header: %w", err)
	}
	channels := f.channels()
	if err := checkSize(f.width, f.height, channels, o.maxSamples()); err != nil {
		return decoded{}, err
	}
	p := New(f.width, f.height, channels)
	p.Alpha = channels == 4
	if f.compression == bmpRLE8 || f.compression == bmpRLE4 {
		err = f.runs(p)
	} else {
		err = f.rows(p)
	}
	if err != nil {
		return decoded{}, fmt.Errorf("pixels: %w", truncated(err))
	}
	if p.Alpha && p.transparent() {
		// Many programs leave the field at 0, and nobody means to show nothing.
		p = p.Select(0, 3)
	}
	return decoded{picture: p}, nil
}

// transparent reports whether alpha is 0 everywhere.
func (p *Picture) transparent() bool {
	for i := p.Channels - 1; i < len(p.Pix); i += p.Channels {
		if p.Pix[i] != 0 {
			return false
		}
	}
	return true
}

func parseBMP(data []byte) (f bmpFile, err error) {
	const fileHeader, core, info = 14, 12, 40
	if len(data) < fileHeader+core {
		return f, truncated(io.ErrUnexpectedEOF)
	}
	le := binary.LittleEndian
	start, size := int64(le.Uint32(data[10:])), int64(le.Uint32(data[14:]))
	if size > int64(len(data))-fileHeader || start > int64(len(data)) {
		return f, truncated(io.ErrUnexpectedEOF)
	}
	h := data[fileHeader : fileHeader+size]
	colours, entry := 0, 4
	switch {
	case size == core:
		f.width, f.height, f.bits, entry = int(le.Uint16(h[4:])), int(le.Uint16(h[6:])), int(le.Uint16(h[10:])), 3
	case size >= info:
		height := int32(le.Uint32(h[8:]))
		f.topDown = height < 0
		f.width, f.height, f.bits = int(int32(le.Uint32(h[4:]))), int(max(height, -height)), int(le.Uint16(h[14:]))
		f.compression, colours = le.Uint32(h[16:]), int(min(le.Uint32(h[32:]), 1<<8))
	default:
		return f, fmt.Errorf("unknown header of %d bytes", size)
	}
	rest := data[fileHeader+size:]
	fields := 0
	switch f.compression {
	case bmpFields:
		fields = 3
	case bmpAlphaFields:
		fields = 4
	}
	if size >= 52 { // later headers contain the masks
		rest = h[40:]
		if size >= 56 && f.compression == bmpFields {
			fields = 4
		}
	}
	if len(rest) < 4*fields {
		return f, truncated(io.ErrUnexpectedEOF)
	}
	for i := range fields {
		f.masks[i] = le.Uint32(rest[4*i:])
	}
	rest = data[fileHeader+size:]
	if size < 52 {
		rest = rest[4*fields:]
	}
	f.pixels = data[start:]
	return f, f.finish(rest, colours, entry)
}

// finish completes the masks, reads the palette and refuses unsupported variants.
func (f *bmpFile) finish(table []byte, colours, entry int) error {
	switch {
	case f.compression == bmpRGB && f.bits == 16:
		f.masks = [4]uint32{0x7c00, 0x3e0, 0x1f}
	case f.compression == bmpRGB && (f.bits == 24 || f.bits == 32):
		f.masks = [4]uint32{0xff0000, 0xff00, 0xff}
	case (f.compression == bmpFields || f.compression == bmpAlphaFields) && (f.bits == 16 || f.bits == 32):
		for i, m := range f.masks {
			if m == 0 && i < 3 || m>>bits.TrailingZeros32(m)&(m>>bits.TrailingZeros32(m)+1) != 0 || bits.OnesCount32(m) > 16 {
				return fmt.Errorf("the colour mask %#x is invalid", m)
			}
		}
	case f.compression == bmpRGB && (f.bits == 1 || f.bits == 2 || f.bits == 4 || f.bits == 8),
		f.compression == bmpRLE8 && f.bits == 8 && !f.topDown, f.compression == bmpRLE4 && f.bits == 4 && !f.topDown:
		if colours == 0 {
			colours = 1 << f.bits
		}
		for i := 0; i < colours && len(table) >= entry; i++ {
			f.palette = append(f.palette, [3]float32{float32(table[2]) / 255, float32(table[1]) / 255, float32(table[0]) / 255})
			table = table[entry:]
		}
		if len(f.palette) == 0 {
			return errors.New("the palette is missing")
		}
	default:
		return fmt.Errorf("%d bits per pixel with compression %d are not supported; save the picture as PNG", f.bits, f.compression)
	}
	return nil
}

// target returns the row of the picture that the stored row k belongs to.
func (f *bmpFile) target(p *Picture, y int) []float32 {
	if f.topDown {
		return p.row(y)
	}
	return p.row(p.Height - 1 - y)
}

// colour writes colour k of the palette; colours beyond its end are black.
func (f *bmpFile) colour(dst []float32, k int) {
	if k < len(f.palette) {
		copy(dst, f.palette[k][:])
	}
}

// rows reads uncompressed pixels; each row is padded to a multiple of four bytes.
func (f *bmpFile) rows(p *Picture) error {
	stride := (int64(f.width)*int64(f.bits) + 31) / 32 * 4
	used := (int64(f.width)*int64(f.bits) + 7) / 8 // the last row's padding may be missing
	if stride*int64(f.height-1)+used > int64(len(f.pixels)) {
		return io.ErrUnexpectedEOF
	}
	for y := range f.height {
		src, dst := f.pixels[int64(y)*stride:], f.target(p, y)
		for x := range f.width {
			pixel := dst[x*p.Channels:][:p.Channels]
			switch f.bits {
			case 16:
				f.unmask(pixel, uint32(binary.LittleEndian.Uint16(src[2*x:])))
			case 24:
				f.unmask(pixel, uint32(src[3*x])|uint32(src[3*x+1])<<8|uint32(src[3*x+2])<<16)
			case 32:
				f.unmask(pixel, binary.LittleEndian.Uint32(src[4*x:]))
			default: // the first pixel is in the high bits
				shift := 8 - f.bits - x*f.bits%8
				f.colour(pixel, int(src[x*f.bits/8]>>shift)&(1<<f.bits-1))
			}
		}
	}
	return nil
}

// unmask extracts the samples of a pixel, each as a fraction of its largest value.
func (f *bmpFile) unmask(dst []float32, v uint32) {
	for c := range dst {
		m := f.masks[c]
		low := bits.TrailingZeros32(m)
		dst[c] = float32(v&m>>low) / float32(m>>low)
	}
}

// runs reads RLE8 and RLE4: pairs of a length and a value, or of 0 and a command. Skipped
// pixels get the first colour of the palette.
func (f *bmpFile) runs(p *Picture) error {
	for i := 0; i < len(p.Pix); i += p.Channels {
		f.colour(p.Pix[i:][:p.Channels], 0)
	}
	x, y, src := 0, 0, f.pixels
	set := func(k int) {
		if x < f.width && y < f.height {
			f.colour(f.target(p, y)[x*p.Channels:][:p.Channels], k)
		}
		x++
	}
	nibble := func(b byte, i int) int {
		if f.bits == 8 {
			return int(b)
		}
		return int(b) >> (4 * (1 - i%2)) & 15
	}
	for len(src) >= 2 {
		n, v := int(src[0]), src[1]
		src = src[2:]
		switch {
		case n > 0:
			for i := range n {
				set(nibble(v, i))
			}
		case v == 0: // end of line
			x, y = 0, y+1
		case v == 1: // end of picture
			return nil
		case v == 2: // move right and up
			if len(src) < 2 {
				return io.ErrUnexpectedEOF
			}
			x, y, src = x+int(src[0]), y+int(src[1]), src[2:]
		default: // v uncompressed pixels, padded to 16 bits
			size := (int(v)*f.bits + 7) / 8
			if len(src) < size {
				return io.ErrUnexpectedEOF
			}
			for i := range int(v) {
				set(nibble(src[i*f.bits/8], i))
			}
			src = src[min(size+size%2, len(src)):]
		}
	}
	if y+1 < f.height { // some programs omit the end marker
		return io.ErrUnexpectedEOF
	}
	return nil
}
