package imgio

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"easel/internal/file/jpeg"

	"golang.org/x/image/tiff/lzw"
)

// blocks returns the positions of the tiles or strips, plane by plane, each from left to
// right and from top to bottom.
func (p *tiffPage) blocks() (offsets, counts []uint64, err error) {
	r := tagReader{dir: p.dir}
	if p.tiled {
		offsets, counts = r.list(tagTileOffsets), r.list(tagTileByteCounts)
	} else {
		offsets, counts = r.list(tagStripOffsets), r.list(tagStripByteCounts)
	}
	if r.err == nil && len(offsets) != len(counts) {
		r.err = fmt.Errorf("%d tiles or strips have offsets, but %d have lengths", len(offsets), len(counts))
	}
	across := (p.width + p.blockWidth - 1) / p.blockWidth
	down := (p.height + p.blockRows - 1) / p.blockRows
	need := int64(across) * int64(down)
	if p.planar {
		need *= int64(p.samples)
	}
	if r.err == nil && int64(len(offsets)) < need {
		r.err = fmt.Errorf("found %d tiles or strips, expected %d", len(offsets), need)
	}
	return offsets, counts, r.err
}

// interleaved returns how many samples of a pixel are stored together.
func (p *tiffPage) interleaved() int {
	if p.planar {
		return 1
	}
	return p.samples
}

// block returns the uncompressed bytes of the tile or strip that begins in row y.
func (p *tiffPage) block(offset, count uint64, y int) ([]byte, error) {
	rows := p.blockRows
	if !p.tiled {
		rows = min(rows, p.height-y)
	}
	if p.compression == compressionJPEG {
		packed, err := p.dir.file.content.at(offset, count)
		if err != nil {
			return nil, err
		}
		return p.jpegBlock(packed, rows)
	}
	// Use 64 bits: within the limit, samples of several bytes can exceed 2 GiB.
	size := int64(rows) * p.rowBytes()
	if size > math.MaxInt {
		return nil, fmt.Errorf("%d bytes, too many for this machine", size)
	}
	r, err := p.open(offset, count)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// ReadAll allocates only as data arrive, so a false size costs nothing.
	block, err := io.ReadAll(io.LimitReader(r, size))
	if int64(len(block)) < size {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	p.undoPredictor(block)
	return block, nil
}

// undoPredictor restores the numbers of whole rows, in place.
func (p *tiffPage) undoPredictor(rows []byte) {
	switch p.predictor {
	case 2:
		p.undoDifferences(rows)
	case 3:
		p.undoFloatPredictor(rows)
	}
}

// rowBytes is the length of a row of a block; rows begin at whole bytes.
func (p *tiffPage) rowBytes() int64 {
	return (int64(p.blockWidth)*int64(p.interleaved())*int64(p.bits) + 7) / 8
}

// open returns a reader of the uncompressed tile or strip.
func (p *tiffPage) open(offset, count uint64) (io.ReadCloser, error) {
	packed, err := p.dir.file.content.section(offset, count)
	if err != nil {
		return nil, err
	}
	switch p.compression {
	case compressionNone:
		return io.NopCloser(packed), nil
	case compressionPackBits:
		return io.NopCloser(&packBits{packed: asByteReader(packed)}), nil
	case compressionLZW:
		return lzw.NewReader(packed, lzw.MSB, 8), nil
	default:
		return zlib.NewReader(packed)
	}
}

// packBits undoes the run-length coding of TIFF 6.0 §9.
type packBits struct {
	packed   io.ByteReader
	left     int // bytes left in the current run
	repeated bool
	value    byte
}

func asByteReader(r io.Reader) io.ByteReader {
	if b, ok := r.(io.ByteReader); ok {
		return b
	}
	return bufio.NewReader(r)
}

func (b *packBits) Read(dst []byte) (n int, err error) {
	for n < len(dst) {
		if b.left == 0 {
			if err := b.begin(); err != nil {
				return n, err
			}
			continue
		}
		if !b.repeated {
			if b.value, err = b.packed.ReadByte(); err != nil {
				return n, err
			}
		}
		dst[n] = b.value
		n++
		b.left--
	}
	return n, nil
}

// begin reads the length of the next run; −128 is skipped.
func (b *packBits) begin() error {
	length, err := b.packed.ReadByte()
	if err != nil {
		return err
	}
	switch n := int(int8(length)); {
	case n >= 0:
		b.left, b.repeated = n+1, false
	case n > -128:
		b.left, b.repeated = 1-n, true
		b.value, err = b.packed.ReadByte()
	}
	return err
}

// undoDifferences adds to every sample the one of the pixel to its left, in place.
func (p *tiffPage) undoDifferences(block []byte) {
	order, each := p.dir.file.order, p.bits/8
	step, rowBytes := p.interleaved()*each, int(p.rowBytes())
	for row := block; len(row) >= rowBytes; row = row[rowBytes:] {
		for i := step; i < rowBytes; i += each {
			switch here, left := row[i:], row[i-step:]; each {
			case 1:
				here[0] += left[0]
			case 2:
				order.PutUint16(here, order.Uint16(here)+order.Uint16(left))
			case 4:
				order.PutUint32(here, order.Uint32(here)+order.Uint32(left))
			default:
				order.PutUint64(here, order.Uint64(here)+order.Uint64(left))
			}
		}
	}
}

// undoFloatPredictor undoes predictor 3 (Adobe Photoshop TIFF Technical Note 3):
// rows hold differences of bytes, the highest bytes of all samples first.
func (p *tiffPage) undoFloatPredictor(block []byte) {
	each, step, rowBytes := p.bits/8, p.interleaved(), int(p.rowBytes())
	plain := make([]byte, rowBytes)
	for row := block; len(row) >= rowBytes; row = row[rowBytes:] {
		for i := step; i < rowBytes; i++ {
			row[i] += row[i-step]
		}
		for i := range rowBytes / each {
			for b := range each { // b counts from the highest byte
				at := b
				if p.dir.file.order == binary.LittleEndian {
					at = each - 1 - b
				}
				plain[i*each+at] = row[b*(rowBytes/each)+i]
			}
		}
		copy(row, plain)
	}
}

// number returns number k of a row.
func (p *tiffPage) number(row []byte, k int) float64 {
	order := p.dir.file.order
	switch p.bits {
	case 8:
		if p.format == samplesSigned {
			return float64(int8(row[k]))
		}
		return float64(row[k])
	case 16:
		v := order.Uint16(row[2*k:])
		if p.format == samplesSigned {
			return float64(int16(v))
		}
		return float64(v)
	case 32:
		v := order.Uint32(row[4*k:])
		switch p.format {
		case samplesFloat:
			return float64(math.Float32frombits(v))
		case samplesSigned:
			return float64(int32(v))
		}
		return float64(v)
	case 64:
		return math.Float64frombits(order.Uint64(row[8*k:]))
	}
	v := 0 // the first sample is in the high bits
	for i := k * p.bits; i < (k+1)*p.bits; i++ {
		v = v<<1 | int(row[i/8]>>(7-i%8))&1
	}
	return float64(v)
}

// depth is the Depth of the page's pictures.
func (p *tiffPage) depth() int {
	switch {
	case p.bits > 16:
		return 32
	case p.bits > 8:
		return 16
	}
	return 8
}

// natural is the range of the page's type.
func (p *tiffPage) natural() Range {
	switch {
	case p.format == samplesFloat:
		return Range{0, 1}
	case p.format == samplesSigned:
		half := math.Ldexp(1, p.bits-1)
		return Range{-half, half - 1}
	}
	return Range{0, math.Ldexp(1, p.bits) - 1}
}

// jpegBlock decodes a tile or strip that is a JPEG file without its tables, which a tag
// holds, into the bytes of an uncompressed one.
func (p *tiffPage) jpegBlock(packed []byte, rows int) ([]byte, error) {
	tables, _, err := p.dir.content(tagJPEGTables)
	if err != nil {
		return nil, err
	}
	const marker = 2 // length of the start and of the end marker
	if len(packed) < marker {
		return nil, io.ErrUnexpectedEOF
	}
	if len(tables) > 2*marker {
		packed = append(bytes.Clone(tables[:len(tables)-marker]), packed[marker:]...)
	}
	h, err := jpeg.ReadHeader(packed)
	if err != nil {
		return nil, err
	}
	if h.Width < p.blockWidth || h.Height < rows || h.Width > p.blockWidth+64 || h.Height > p.blockRows+64 {
		return nil, fmt.Errorf("the JPEG has %d×%d pixels, expected %d×%d", h.Width, h.Height, p.blockWidth, rows)
	}
	if h.Components != p.samples {
		return nil, errors.New("the JPEG has the wrong number of channels")
	}
	m, err := jpeg.Decode(packed)
	if err != nil {
		return nil, err
	}
	if p.photometric == photometricRGB && m.Planes[0].Across == m.Planes[1].Across {
		m.Space = jpeg.RGB // only the TIFF file says so
	}
	out := make([]byte, 0, rows*p.blockWidth*p.samples)
	m.EachRow(func(y int, row []byte) {
		if y < rows {
			out = append(out, row[:p.blockWidth*p.samples]...)
		}
	})
	return out, nil
}
