package imgio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// encodeTIFF writes a little-endian TIFF file: one page for 1, 3 and 4 channels
// and for grey with alpha, else one grey page for each channel. Each page is one strip,
// compressed with Deflate.
func encodeTIFF(w io.Writer, p *Picture) error {
	if _, err := w.Write([]byte{'I', 'I', 42, 0, 8, 0, 0, 0}); err != nil {
		return err
	}
	each := p.Channels // channels of a page
	if p.Channels == 2 && !p.Alpha || p.Channels > 4 {
		each = 1
	}
	offset := int64(8)
	for first := 0; first < p.Channels; first += each {
		strip, err := p.deflate(first, each)
		if err != nil {
			return fmt.Errorf("page %d: %w", first/each+1, err)
		}
		page, err := p.tiffPage(each, strip, offset, first+each < p.Channels)
		if err != nil {
			return fmt.Errorf("page %d: %w", first/each+1, err)
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
		offset += int64(len(page))
	}
	return nil
}

// deflate packs count channels from channel first on.
func (p *Picture) deflate(first, count int) ([]byte, error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	limit := sampleLimit(p.Depth)
	line := make([]byte, 0, p.Width*count*2)
	for y := range p.Height {
		row := p.row(y)
		line = line[:0]
		for x := range p.Width {
			for c := range count {
				v := quantise(row[x*p.Channels+first+c], limit)
				if p.Depth == 16 {
					line = binary.LittleEndian.AppendUint16(line, v)
				} else {
					line = append(line, uint8(v))
				}
			}
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// tiffPage returns the directory, the values that do not fit into it and the
// strip, to be written at offset; the next directory, if any, comes after it.
func (p *Picture) tiffPage(channels int, strip []byte, offset int64, more bool) ([]byte, error) {
	const (
		short, long    = 3, 4
		entries        = 11
		directoryBytes = 2 + 12*(entries+1) + 4
		unspecified    = 0
	)
	depth, photometric := uint32(8), uint32(photometricBlackIsZero)
	if p.Depth == 16 {
		depth = 16
	}
	if channels >= 3 {
		photometric = photometricRGB
	}
	// BitsPerSample has a number for each channel; only two fit.
	bitsAt := offset + directoryBytes
	stripAt := bitsAt + 8
	next := stripAt + int64(len(strip)+len(strip)%2)
	if next > math.MaxUint32 {
		return nil, errors.New("a TIFF file cannot be larger than 4 GiB")
	}
	bits := depth
	switch {
	case channels == 2:
		bits |= depth << 16
	case channels > 2:
		bits = uint32(bitsAt)
	}
	count := uint16(entries)
	if channels%2 == 0 {
		count++
	}
	b := binary.LittleEndian.AppendUint16(make([]byte, 0, next-offset), count)
	entry := func(tag, kind uint16, n, value uint32) {
		b = binary.LittleEndian.AppendUint16(b, tag)
		b = binary.LittleEndian.AppendUint16(b, kind)
		b = binary.LittleEndian.AppendUint32(b, n)
		b = binary.LittleEndian.AppendUint32(b, value)
	}
	entry(tagWidth, long, 1, uint32(p.Width))
	entry(tagHeight, long, 1, uint32(p.Height))
	entry(tagBitsPerSample, short, uint32(channels), bits)
	entry(tagCompression, short, 1, compressionDeflate)
	entry(tagPhotometric, short, 1, photometric)
	entry(tagStripOffsets, long, 1, uint32(stripAt))
	entry(tagOrientation, short, 1, uint32(orientNormal))
	entry(tagSamplesPerPixel, short, 1, uint32(channels))
	entry(tagRowsPerStrip, long, 1, uint32(p.Height))
	entry(tagStripByteCounts, long, 1, uint32(len(strip)))
	entry(tagPlanar, short, 1, 1)
	switch {
	case p.Alpha && channels%2 == 0:
		entry(tagExtraSamples, short, 1, alphaUnassociated)
	case channels == 4:
		entry(tagExtraSamples, short, 1, unspecified)
	}
	if !more {
		next = 0
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(next))
	b = append(b, make([]byte, bitsAt-offset-int64(len(b)))...)
	for range 4 {
		b = binary.LittleEndian.AppendUint16(b, uint16(depth))
	}
	b = append(b, strip...)
	return append(b, make([]byte, len(strip)%2)...), nil
}
