package imgio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// golang.org/x/image/tiff reads only the first page and at most four samples per pixel.
// Scientific and medical pictures have many of both. This reader covers what they use (TIFF
// 6.0, Adobe 1992, and BigTIFF): integers of 1 to 32 bits, signed or not, and floating
// point; any number of samples, interleaved or planar, in strips or tiles, uncompressed or
// with LZW, Deflate, PackBits or JPEG. Fax compression is refused.

// Tags of TIFF 6.0, and those of ICC.1 and of the Deflate supplement.
const (
	tagSubfileType     = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagProfile         = 34675
)

var errNotTIFF = errors.New("not a TIFF file")

// maxPages limits the number of pages; no stack of channels is that deep.
const maxPages = 1 << 16

// tiffFile is a TIFF file in memory or on disk, or an EXIF block.
type tiffFile struct {
	content stored
	order   binary.ByteOrder
	big     bool // BigTIFF: offsets and counts have 64 bits
}

// stored is the content of a file: data, or r if that is not nil.
type stored struct {
	data []byte
	r    io.ReaderAt
	size uint64
}

func inMemory(data []byte) stored { return stored{data: data, size: uint64(len(data))} }

// at returns n bytes from offset on, which must not be changed.
func (s stored) at(offset, n uint64) ([]byte, error) {
	if offset > s.size || n > s.size-offset {
		return nil, io.ErrUnexpectedEOF
	}
	if s.r == nil {
		return s.data[offset : offset+n], nil
	}
	if n > math.MaxInt {
		return nil, fmt.Errorf("%d bytes, too many for this machine", n)
	}
	b := make([]byte, n)
	if got, err := s.r.ReadAt(b, int64(offset)); got < len(b) {
		return nil, err
	}
	return b, nil
}

// section reads n bytes from offset on.
func (s stored) section(offset, n uint64) (io.Reader, error) {
	if offset > s.size || n > s.size-offset {
		return nil, io.ErrUnexpectedEOF
	}
	if s.r == nil {
		return bytes.NewReader(s.data[offset : offset+n]), nil
	}
	return bufio.NewReaderSize(io.NewSectionReader(s.r, int64(offset), int64(n)), 1<<16), nil
}

// parseTIFFHeader returns the file and the offset of its first directory.
func parseTIFFHeader(data []byte) (tiffFile, uint64, error) { return tiffHeader(inMemory(data)) }

func tiffHeader(content stored) (tiffFile, uint64, error) {
	const longest = 16
	data, err := content.at(0, min(content.size, longest))
	if err != nil || len(data) < 8 {
		return tiffFile{}, 0, errNotTIFF
	}
	f := tiffFile{content: content}
	switch string(data[:2]) {
	case "II":
		f.order = binary.LittleEndian
	case "MM":
		f.order = binary.BigEndian
	default:
		return tiffFile{}, 0, errNotTIFF
	}
	switch version := f.order.Uint16(data[2:]); {
	case version == 42:
		return f, uint64(f.order.Uint32(data[4:])), nil
	case version == 43 && len(data) >= 16 && f.order.Uint16(data[4:]) == 8:
		f.big = true
		return f, f.order.Uint64(data[8:]), nil
	default:
		return tiffFile{}, 0, errNotTIFF
	}
}

// tiffDirectory holds the tags of one page.
type tiffDirectory struct {
	file    tiffFile
	entries []byte
	next    uint64 // offset of the next directory, 0 at the last
}

// word reads an offset or a count: 32 bits, or 64 in BigTIFF.
func (f tiffFile) word(b []byte) uint64 {
	if f.big {
		return f.order.Uint64(b)
	}
	return uint64(f.order.Uint32(b))
}

// sizes returns the bytes of a word, of an entry and of the number of entries.
func (f tiffFile) sizes() (word, entry, count uint64) {
	if f.big {
		return 8, 20, 8
	}
	return 4, 12, 2
}

func (f tiffFile) directory(offset uint64) (tiffDirectory, error) {
	d := tiffDirectory{file: f}
	length := f.content.size
	word, entry, counted := f.sizes()
	number, err := f.content.at(offset, counted)
	if err != nil {
		return d, fmt.Errorf("%w: a page begins at byte %d of %d", ErrTruncated, offset, length)
	}
	count := uint64(f.order.Uint16(number))
	if f.big {
		count = f.order.Uint64(number)
	}
	start := offset + counted
	if count > (length-start)/entry {
		return d, fmt.Errorf("%w in the tags of the page at byte %d", ErrTruncated, offset)
	}
	end := start + count*entry
	if d.entries, err = f.content.at(start, count*entry); err != nil {
		return d, fmt.Errorf("the tags of the page at byte %d: %w", offset, err)
	}
	if next, err := f.content.at(end, word); err == nil { // EXIF blocks may end without it
		d.next = f.word(next)
	}
	return d, nil
}

// directories returns all pages.
func (f tiffFile) directories(first uint64) ([]tiffDirectory, error) {
	var all []tiffDirectory
	seen := map[uint64]bool{}
	for offset := first; offset != 0; {
		if seen[offset] {
			return nil, fmt.Errorf("page %d repeats an earlier page", len(all)+1)
		}
		if len(all) == maxPages {
			return nil, fmt.Errorf("more than %d pages", maxPages)
		}
		seen[offset] = true
		d, err := f.directory(offset)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", len(all)+1, err)
		}
		all = append(all, d)
		offset = d.next
	}
	if len(all) == 0 {
		return nil, errors.New("no pages")
	}
	return all, nil
}

// tiffTypeSizes are the sizes in bytes of the types of TIFF 6.0 and BigTIFF; 0 for
// undefined types.
var tiffTypeSizes = [...]uint64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8}

// content returns the bytes of a tag and their type; nil if there is no such tag.
func (d tiffDirectory) content(tag uint16) (content []byte, kind uint16, err error) {
	order := d.file.order
	word, entry, _ := d.file.sizes()
	for e := d.entries; len(e) > 0; e = e[entry:] {
		if order.Uint16(e) != tag {
			continue
		}
		kind = order.Uint16(e[2:])
		if int(kind) >= len(tiffTypeSizes) || tiffTypeSizes[kind] == 0 {
			return nil, 0, fmt.Errorf("tag %d has an unknown type", tag)
		}
		n, size := d.file.word(e[4:]), tiffTypeSizes[kind]
		value, length := e[4+word:4+2*word], d.file.content.size
		if n > length/size {
			return nil, 0, fmt.Errorf("tag %d: %w", tag, ErrTruncated)
		}
		if n*size <= word {
			return value[:n*size], kind, nil
		}
		if content, err = d.file.content.at(d.file.word(value), n*size); err != nil {
			return nil, 0, fmt.Errorf("tag %d: %w", tag, ErrTruncated)
		}
		return content, kind, nil
	}
	return nil, 0, nil
}

// values returns the unsigned integers of a tag, nil if there is no such tag.
func (d tiffDirectory) values(tag uint16) ([]uint64, error) {
	content, kind, err := d.content(tag)
	if err != nil || content == nil {
		return nil, err
	}
	const ifd8, long8, long, ifd, short, bytes = 18, 16, 4, 13, 3, 1
	size := tiffTypeSizes[kind]
	out := make([]uint64, 0, uint64(len(content))/size)
	for ; len(content) > 0; content = content[size:] {
		switch kind {
		case bytes:
			out = append(out, uint64(content[0]))
		case short:
			out = append(out, uint64(d.file.order.Uint16(content)))
		case long, ifd:
			out = append(out, uint64(d.file.order.Uint32(content)))
		case long8, ifd8:
			out = append(out, d.file.order.Uint64(content))
		default:
			return nil, fmt.Errorf("tag %d is not a number", tag)
		}
	}
	return out, nil
}

// value returns the first integer of a tag, or missing if there is no such tag.
func (d tiffDirectory) value(tag uint16, missing uint64) (uint64, error) {
	v, err := d.values(tag)
	if err != nil || len(v) == 0 {
		return missing, err
	}
	return v[0], nil
}

// has reports whether a tag is present, of whatever type.
func (d tiffDirectory) has(tag uint16) bool {
	_, entry, _ := d.file.sizes()
	for e := d.entries; len(e) > 0; e = e[entry:] {
		if d.file.order.Uint16(e) == tag {
			return true
		}
	}
	return false
}

// orientation returns the tag that EXIF and TIFF share, 0 if it is missing.
func (d tiffDirectory) orientation() orientation {
	v, err := d.value(tagOrientation, 0)
	if err != nil || v > uint64(orientCounter) {
		return 0
	}
	return orientation(v)
}
