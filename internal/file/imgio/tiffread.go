package imgio

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// decodeTIFF reads all pages of a TIFF file and concatenates them as channels.
// Thumbnails and masks are left out.
func decodeTIFF(data []byte, limit int64) (*Picture, metadata, error) {
	f, first, err := parseTIFFHeader(data)
	if err != nil {
		return nil, metadata{}, err
	}
	dirs, err := f.directories(first)
	if err != nil {
		return nil, metadata{}, err
	}
	pages, err := tiffPages(dirs, limit)
	if err != nil {
		return nil, metadata{}, err
	}
	meta := metadata{orientation: pages[0].dir.orientation()}
	pics := make([]*Picture, len(pages))
	for i, p := range pages {
		meta.profile = meta.profile || p.dir.has(tagProfile)
		if pics[i], err = p.decode(); err != nil {
			return nil, metadata{}, fmt.Errorf("page %d: pixels: %w", i+1, truncated(err))
		}
	}
	if len(pics) == 1 {
		pics[0].Alpha = pages[0].alpha
		return pics[0], meta, nil
	}
	whole, err := Concat(pics...)
	return whole, meta, err
}

// tiffPages reads the tags of the pages that are channels and checks that they
// fit together and into the limit, before any pixel is read.
func tiffPages(dirs []tiffDirectory, limit int64) ([]*tiffPage, error) {
	const thumbnail, mask = 1, 4
	var pages []*tiffPage
	left := limit
	for i, d := range dirs {
		kind, err := d.value(tagSubfileType, 0)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		if i > 0 && kind&(thumbnail|mask) != 0 {
			continue
		}
		p, err := d.page(left)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		if first := append(pages, p)[0]; p.width != first.width || p.height != first.height {
			return nil, fmt.Errorf("page %d is %d×%d, the first is %d×%d: pages are channels of one picture, "+
				"so they must have one size", i+1, p.width, p.height, first.width, first.height)
		}
		left -= int64(p.width) * int64(p.height) * int64(p.channels())
		pages = append(pages, p)
	}
	return pages, nil
}

// decode reads the pixels of one page.
func (p *tiffPage) decode() (*Picture, error) {
	raw, err := p.rawSamples()
	if err != nil {
		return nil, err
	}
	return p.colours(raw), nil
}

// rawSamples returns the stored numbers as fractions of the largest, with as
// many channels as there are samples a pixel.
func (p *tiffPage) rawSamples() (*Picture, error) {
	offsets, counts, err := p.blocks()
	if err != nil {
		return nil, err
	}
	across := (p.width + p.blockWidth - 1) / p.blockWidth
	down := (p.height + p.blockRows - 1) / p.blockRows
	planes, interleaved := 1, p.samples
	if p.planar {
		planes, interleaved = p.samples, 1
	}
	if need := int64(across) * int64(down) * int64(planes); int64(len(offsets)) < need {
		return nil, fmt.Errorf("%d tiles or strips of %d", len(offsets), need)
	}
	raw := New(p.width, p.height, p.samples)
	if p.bits == 16 {
		raw.Depth = 16
	}
	i := 0
	for plane := range planes {
		for y := 0; y < p.height; y += p.blockRows {
			for x := 0; x < p.width; x += p.blockWidth {
				block, err := p.block(offsets[i], counts[i], y, interleaved)
				if err != nil {
					return nil, fmt.Errorf("tile or strip %d: %w", i+1, err)
				}
				p.place(raw, block, x, y, plane, interleaved)
				i++
			}
		}
	}
	return raw, nil
}

// blocks returns where the tiles or strips are.
func (p *tiffPage) blocks() (offsets, counts []uint32, err error) {
	r := tagReader{dir: p.dir}
	if p.tiled {
		offsets, counts = r.list(tagTileOffsets), r.list(tagTileByteCounts)
	} else {
		offsets, counts = r.list(tagStripOffsets), r.list(tagStripByteCounts)
	}
	if r.err == nil && len(offsets) != len(counts) {
		r.err = fmt.Errorf("%d offsets and %d lengths of tiles or strips", len(offsets), len(counts))
	}
	return offsets, counts, r.err
}

// block returns the uncompressed bytes of the tile or strip that begins in row y.
func (p *tiffPage) block(offset, count uint32, y, interleaved int) ([]byte, error) {
	data, end := p.dir.file.data, int64(offset)+int64(count)
	if end > int64(len(data)) {
		return nil, io.ErrUnexpectedEOF
	}
	rows := p.blockRows
	if !p.tiled {
		rows = min(rows, p.height-y)
	}
	size := rows * p.rowBytes(interleaved)
	block, err := decompress(p.compression, data[offset:end], size)
	if err != nil {
		return nil, err
	}
	if p.predicted {
		p.undoPredictor(block, interleaved)
	}
	return block, nil
}

// rowBytes is the length of a row of a block; rows begin at whole bytes.
func (p *tiffPage) rowBytes(interleaved int) int {
	return (p.blockWidth*interleaved*p.bits + 7) / 8
}

// decompress returns exactly size bytes.
func decompress(compression uint32, packed []byte, size int) ([]byte, error) {
	var r io.ReadCloser
	var err error
	switch compression {
	case compressionNone:
		r = io.NopCloser(bytes.NewReader(packed))
	case compressionPackBits:
		r = io.NopCloser(bytes.NewReader(unpackBits(packed, size)))
	case compressionLZW:
		r = lzw.NewReader(bytes.NewReader(packed), lzw.MSB, 8)
	default:
		r, err = zlib.NewReader(bytes.NewReader(packed))
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// ReadAll grows with what is there, so that a false size costs nothing.
	out, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if len(out) == size {
		return out, nil
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return nil, err
}

// unpackBits undoes the run-length code of TIFF 6.0 §9, up to size bytes.
func unpackBits(packed []byte, size int) []byte {
	var out []byte
	for len(packed) > 1 && len(out) < size {
		n := int(int8(packed[0]))
		packed = packed[1:]
		switch {
		case n >= 0:
			n = min(n+1, len(packed))
			out = append(out, packed[:n]...)
			packed = packed[n:]
		case n > -128:
			out = append(out, bytes.Repeat(packed[:1], 1-n)...)
			packed = packed[1:]
		}
	}
	return out
}

// undoPredictor adds to every sample the one of the pixel to its left, in place.
func (p *tiffPage) undoPredictor(block []byte, interleaved int) {
	order, bytesEach := p.dir.file.order, p.bits/8
	step := interleaved * bytesEach
	rowBytes := p.rowBytes(interleaved)
	for row := block; len(row) >= rowBytes; row = row[rowBytes:] {
		for i := step; i < rowBytes; i += bytesEach {
			if bytesEach == 1 {
				row[i] += row[i-step]
			} else {
				order.PutUint16(row[i:], order.Uint16(row[i:])+order.Uint16(row[i-step:]))
			}
		}
	}
}

// place copies a block into the picture; what lies beyond its edge is padding.
func (p *tiffPage) place(raw *Picture, block []byte, x, y, plane, interleaved int) {
	rowBytes := p.rowBytes(interleaved)
	for i := 0; i < p.blockRows && y+i < p.height; i++ {
		src, dst := block[i*rowBytes:][:rowBytes], raw.row(y + i)[x*p.samples:]
		for j := range min(p.blockWidth, p.width-x) {
			for c := range interleaved {
				dst[j*p.samples+plane+c] = p.sample(src, j*interleaved+c)
			}
		}
	}
}

// sample returns number k of a row as a fraction of the largest.
func (p *tiffPage) sample(row []byte, k int) float32 {
	switch p.bits {
	case 8:
		return float32(row[k]) / 255
	case 16:
		return float32(p.dir.file.order.Uint16(row[2*k:])) / 65535
	default: // the first sample is in the high bits
		largest := 1<<p.bits - 1
		shift := 8 - p.bits - k*p.bits%8
		return float32(int(row[k*p.bits/8])>>shift&largest) / float32(largest)
	}
}

// colours turns stored numbers into grey, RGB or whatever the channels are.
func (p *tiffPage) colours(raw *Picture) *Picture {
	switch {
	case p.photometric == photometricPalette:
		return p.lookUp(raw)
	case p.photometric == photometricCMYK:
		return fromCMYK(raw)
	}
	if p.photometric == photometricWhiteIsZero {
		for i := range raw.Pix {
			if alpha := p.premultiplied && i%p.samples == p.samples-1; !alpha {
				raw.Pix[i] = 1 - raw.Pix[i]
			}
		}
	}
	if p.premultiplied {
		for i := 0; i < len(raw.Pix); i += p.samples {
			unmultiply(raw.Pix[i:][:p.samples])
		}
	}
	return raw
}

// lookUp replaces indices by colours. The palette has all reds first, 16 bits.
func (p *tiffPage) lookUp(raw *Picture) *Picture {
	n := len(p.palette) / 3
	q := New(p.width, p.height, 3)
	for i, v := range raw.Pix {
		index := int(quantise(v, float64(n-1)))
		for c := range 3 {
			// Palettes of 8-bit pictures hold v·257 or v·256; the high byte is v.
			q.Pix[3*i+c] = float32(p.palette[c*n+index]>>8) / 255
		}
	}
	return q
}

// fromCMYK turns cyan, magenta, yellow and black into RGB without a profile.
func fromCMYK(raw *Picture) *Picture {
	q := raw.like(raw.Width, raw.Height, 3)
	for i := range raw.Width * raw.Height {
		for c := range 3 {
			q.Pix[3*i+c] = (1 - raw.Pix[4*i+c]) * (1 - raw.Pix[4*i+3])
		}
	}
	return q
}

// unmultiply divides the colours of a pixel by its last sample, the alpha.
func unmultiply(pixel []float32) {
	alpha := pixel[len(pixel)-1]
	for c := range pixel[:len(pixel)-1] {
		if alpha > 0 {
			pixel[c] = min(pixel[c]/alpha, 1)
		} else {
			pixel[c] = 0
		}
	}
}
