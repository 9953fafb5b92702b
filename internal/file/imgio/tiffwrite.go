package imgio

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Types of TIFF 6.0 §2.
const (
	tiffShort = 3
	tiffLong  = 4
)

// tiffEntry is a tag as it is written: little-endian.
type tiffEntry struct {
	tag, kind uint16
	count     uint32
	content   []byte
}

func shortEntry(tag uint16, values ...int) tiffEntry {
	e := tiffEntry{tag: tag, kind: tiffShort, count: uint32(len(values))}
	for _, v := range values {
		e.content = binary.LittleEndian.AppendUint16(e.content, uint16(v))
	}
	return e
}

func longEntry(tag uint16, value int64) tiffEntry {
	return tiffEntry{tag, tiffLong, 1, binary.LittleEndian.AppendUint32(nil, uint32(value))}
}

// encodeTIFF writes a little-endian TIFF file: one page for 1, 3 and 4 channels and for
// grey with alpha, otherwise a grey page for each channel. Each page is one strip,
// compressed with Deflate. The first page gets the tags of Place.
func encodeTIFF(w io.Writer, p *Picture) error {
	if _, err := w.Write([]byte{'I', 'I', 42, 0, 8, 0, 0, 0}); err != nil {
		return err
	}
	each := p.channelsOfPage()
	offset := int64(8)
	for first := 0; first < p.Channels; first += each {
		strip, err := p.deflate(first, each)
		if err != nil {
			return fmt.Errorf("page %d: %w", first/each+1, err)
		}
		entries := p.tiffEntries(each, int64(len(strip)))
		if first == 0 {
			entries = append(entries, p.Place.tags...)
		}
		page, err := tiffPageBytes(entries, strip, offset, first+each < p.Channels)
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

// channelsOfPage returns how many channels a page holds.
func (p *Picture) channelsOfPage() int {
	if p.Channels == 2 && !p.Alpha || p.Channels > 4 {
		return 1
	}
	return p.Channels
}

// deflate compresses count channels from channel first on.
func (p *Picture) deflate(first, count int) ([]byte, error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	line := make([]byte, 0, p.Width*count*p.Depth/8)
	for y := range p.Height {
		line = p.appendRow(line[:0], y, first, count)
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// appendRow appends count channels of row y from channel first on.
func (p *Picture) appendRow(line []byte, y, first, count int) []byte {
	row := p.row(y)
	for x := range p.Width {
		for c := first; c < first+count; c++ {
			line = p.appendSample(line, row[x*p.Channels+c], p.Alpha && c == p.Channels-1)
		}
	}
	return line
}

// appendSample appends a sample as it is stored; alpha is not subject to Range.
func (p *Picture) appendSample(line []byte, v float32, alpha bool) []byte {
	number := 0.0
	switch {
	case !alpha:
		number = p.stored(v)
	case p.Depth == 32:
		number = float64(v)
	case p.signed():
		number = float64(quantise(v, (typeLimit(p.Depth)-1)/2))
	default:
		number = float64(quantise(v, typeLimit(p.Depth)))
	}
	switch p.Depth {
	case 32:
		return binary.LittleEndian.AppendUint32(line, math.Float32bits(float32(number)))
	case 16:
		return binary.LittleEndian.AppendUint16(line, uint16(int32(number)))
	default:
		return append(line, uint8(int32(number)))
	}
}

// tiffEntries returns the tags of a page of p with one strip, whose position is not known
// yet.
func (p *Picture) tiffEntries(channels int, strip int64) []tiffEntry {
	bits, format, photometric := p.Depth, samplesUnsigned, photometricBlackIsZero
	switch {
	case p.Depth == 32:
		format = samplesFloat
	case p.signed():
		format = samplesSigned
	}
	if bits != 16 && bits != 32 {
		bits = 8
	}
	if channels >= 3 {
		photometric = photometricRGB
	}
	entries := []tiffEntry{
		longEntry(tagWidth, int64(p.Width)), longEntry(tagHeight, int64(p.Height)),
		shortEntry(tagBitsPerSample, slices.Repeat([]int{bits}, channels)...),
		shortEntry(tagCompression, compressionDeflate), shortEntry(tagPhotometric, photometric),
		longEntry(tagStripOffsets, 0), shortEntry(tagOrientation, int(orientNormal)),
		shortEntry(tagSamplesPerPixel, channels), longEntry(tagRowsPerStrip, int64(p.Height)),
		longEntry(tagStripByteCounts, strip), shortEntry(tagPlanar, 1),
	}
	switch {
	case p.Alpha && channels%2 == 0:
		entries = append(entries, shortEntry(tagExtraSamples, alphaUnassociated))
	case channels == 4:
		entries = append(entries, shortEntry(tagExtraSamples, 0)) // unspecified
	}
	if format != samplesUnsigned {
		entries = append(entries, shortEntry(tagSampleFormat, slices.Repeat([]int{format}, channels)...))
	}
	return entries
}

// tiffPageBytes returns the directory, the values that do not fit into it and the
// strip, to be written at offset; the next directory, if any, comes after it.
func tiffPageBytes(entries []tiffEntry, strip []byte, offset int64, more bool) ([]byte, error) {
	stripAt := offset + directorySize(entries, false)
	next := stripAt + int64(len(strip)+len(strip)%2)
	if next > math.MaxUint32 {
		return nil, errors.New("a TIFF file cannot be larger than 4 GiB")
	}
	for i, e := range entries {
		if e.tag == tagStripOffsets {
			entries[i] = longEntry(tagStripOffsets, stripAt)
		}
	}
	b := make([]byte, 0, next-offset)
	if !more {
		next = 0
	}
	b = append(appendDirectory(b, entries, offset, next, false), strip...)
	return append(b, make([]byte, len(strip)%2)...), nil
}

// directorySize returns the length of a directory and of the values that do not fit into
// it, for a BigTIFF or not.
func directorySize(entries []tiffEntry, big bool) int64 {
	word, entry, count := tiffFile{big: big}.sizes()
	size := int64(count + entry*uint64(len(entries)) + word)
	for _, e := range entries {
		if n := int64(len(e.content)); n > int64(word) {
			size += n + n%2
		}
	}
	return size
}

// appendDirectory appends a directory and its values, to be written at an offset; next is
// the offset of the directory after it, 0 if there is none.
func appendDirectory(b []byte, entries []tiffEntry, offset, next int64, big bool) []byte {
	slices.SortStableFunc(entries, func(a, b tiffEntry) int { return cmp.Compare(a.tag, b.tag) })
	word, entry, count := tiffFile{big: big}.sizes()
	appendWord := func(b []byte, v int64) []byte {
		if big {
			return binary.LittleEndian.AppendUint64(b, uint64(v))
		}
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	if big {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(entries)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	}
	valuesAt := offset + int64(count+entry*uint64(len(entries))+word)
	var values []byte
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, e.tag)
		b = binary.LittleEndian.AppendUint16(b, e.kind)
		b = appendWord(b, int64(e.count))
		if len(e.content) <= int(word) {
			b = append(append(b, e.content...), make([]byte, int(word)-len(e.content))...)
			continue
		}
		b = appendWord(b, valuesAt+int64(len(values)))
		values = append(values, e.content...)
		values = append(values, make([]byte, len(e.content)%2)...)
	}
	return append(appendWord(b, next), values...)
}
