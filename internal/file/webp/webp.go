// Package webp writes lossless WebP pictures of 8 bits: the pixels that are read back are
// those that were given, also the colours of transparent ones. golang.org/x/image/webp
// reads them.
//
// [Encode] is all there is. It writes the bitstream of RFC 9649 §3, "VP8L": transforms that
// leave little information in a pixel (transform.go), copies of what came before (match.go),
// and prefix codes for what is left (prefix.go). Photographs are 1 to 10 % larger than
// libwebp's, which also removes what colours have in common and changes its codes within
// the picture; drawings are about as large.
package webp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
)

// MaxSide is the largest width and height. The format has room for one more, which libwebp
// does not read.
const MaxSide = 1<<14 - 1

// bitmap is a picture whose pixels are 0xAARRGGBB.
type bitmap struct {
	width, height int
	pix           []uint32
}

// Encode writes m, which must have pixels and at most MaxSide rows and columns.
func Encode(w io.Writer, m *image.NRGBA) error {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	if width < 1 || height < 1 {
		return errors.New("the picture has no pixels")
	}
	if width > MaxSide || height > MaxSide {
		return fmt.Errorf("%d×%d: WebP has room for %d×%d pixels", width, height, MaxSide, MaxSide)
	}
	p, opaque := pixels(m)
	colours, few := coloursOf(p)
	forms := []func(*bitWriter, bitmap){predicted, plain}
	if few {
		forms[1] = func(b *bitWriter, p bitmap) { indexed(b, p, colours) }
	}
	var best []byte
	for _, form := range forms {
		var b bitWriter
		header(&b, width, height, opaque)
		form(&b, p)
		if bits := b.bytes(); best == nil || len(bits) < len(best) {
			best = bits
		}
	}
	_, err := w.Write(container(best))
	return err
}

// pixels converts m, and says whether all of it is opaque.
func pixels(m *image.NRGBA) (p bitmap, opaque bool) {
	p = bitmap{m.Rect.Dx(), m.Rect.Dy(), make([]uint32, 0, m.Rect.Dx()*m.Rect.Dy())}
	all := uint32(0xff000000)
	for y := range p.height {
		row := m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y+y):][:4*p.width]
		for ; len(row) > 0; row = row[4:] {
			v := uint32(row[3])<<24 | uint32(row[0])<<16 | uint32(row[1])<<8 | uint32(row[2])
			all &= v
			p.pix = append(p.pix, v)
		}
	}
	return p, all == 0xff000000
}

// container puts a bitstream into a RIFF file (RFC 9649 §2.3), whose chunks have even sizes.
func container(bits []byte) []byte {
	padded := len(bits) + len(bits)%2
	file := append(make([]byte, 0, 20+padded), "RIFF"...)
	file = binary.LittleEndian.AppendUint32(file, uint32(12+padded))
	file = append(file, "WEBPVP8L"...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(bits)))
	file = append(file, bits...)
	return append(file, make([]byte, len(bits)%2)...)
}

// header begins the bitstream (RFC 9649 §3.4).
func header(b *bitWriter, width, height int, opaque bool) {
	b.write(0x2f, 8)
	b.write(uint32(width-1), 14)
	b.write(uint32(height-1), 14)
	b.flag(!opaque)
	b.write(0, 3) // version
}

// bitWriter collects bits, the lowest of a number first.
type bitWriter struct {
	out  []byte
	held uint64
	n    int
}

func (b *bitWriter) write(v uint32, n int) {
	b.held |= uint64(v) << b.n
	for b.n += n; b.n >= 8; b.n -= 8 {
		b.out = append(b.out, byte(b.held))
		b.held >>= 8
	}
}

func (b *bitWriter) flag(v bool) {
	if v {
		b.write(1, 1)
	} else {
		b.write(0, 1)
	}
}

// bytes returns what was written, filled up to whole bytes.
func (b *bitWriter) bytes() []byte {
	if b.n > 0 {
		b.write(0, 8-b.n)
	}
	return b.out
}
