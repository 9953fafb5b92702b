package imgio

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// golang.org/x/image/tiff reads the first page and at most four samples a
// pixel. Scientific and medical pictures have many of both, so this is a reader
// of our own for what they use (TIFF 6.0, Adobe 1992): 1 to 16 bits, any number
// of samples, interleaved or planar, strips or tiles, uncompressed, LZW, Deflate
// or PackBits. Fax codes, JPEG within TIFF and floating point are refused.

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
	tagProfile         = 34675
)

var (
	errNotTIFF = errors.New("not a TIFF file")
	errBigTIFF = errors.New("BigTIFF is not supported; save the picture as ordinary TIFF")
)

// maxPages bounds the walk through pages; no stack of channels is that deep.
const maxPages = 1 << 16

// tiffFile is the bytes of a TIFF file or of an EXIF block.
type tiffFile struct {
	data  []byte
	order binary.ByteOrder
}

// parseTIFFHeader returns the file and the offset of its first directory.
func parseTIFFHeader(data []byte) (tiffFile, uint32, error) {
	if len(data) < 8 {
		return tiffFile{}, 0, errNotTIFF
	}
	f := tiffFile{data: data}
	switch string(data[:2]) {
	case "II":
		f.order = binary.LittleEndian
	case "MM":
		f.order = binary.BigEndian
	default:
		return tiffFile{}, 0, errNotTIFF
	}
	switch f.order.Uint16(data[2:]) {
	case 42:
		return f, f.order.Uint32(data[4:]), nil
	case 43:
		return tiffFile{}, 0, errBigTIFF
	default:
		return tiffFile{}, 0, errNotTIFF
	}
}

// tiffDirectory is the tags of one page; entries are 12 bytes each.
type tiffDirectory struct {
	file    tiffFile
	entries []byte
	next    uint32 // offset of the next directory, 0 at the last
}

func (f tiffFile) directory(offset uint32) (tiffDirectory, error) {
	d := tiffDirectory{file: f}
	start := int64(offset) + 2
	if start > int64(len(f.data)) {
		return d, fmt.Errorf("a page at byte %d of %d: the file is truncated", offset, len(f.data))
	}
	end := start + 12*int64(f.order.Uint16(f.data[offset:]))
	if end > int64(len(f.data)) {
		return d, fmt.Errorf("the tags of the page at byte %d: the file is truncated", offset)
	}
	d.entries = f.data[start:end]
	if end+4 <= int64(len(f.data)) { // EXIF blocks may end without it
		d.next = f.order.Uint32(f.data[end:])
	}
	return d, nil
}

// directories returns all pages.
func (f tiffFile) directories(first uint32) ([]tiffDirectory, error) {
	var all []tiffDirectory
	seen := map[uint32]bool{}
	for offset := first; offset != 0; {
		if seen[offset] {
			return nil, fmt.Errorf("page %d is an earlier page again", len(all)+1)
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

// values returns the unsigned integers of a tag, nil if there is no such tag.
func (d tiffDirectory) values(tag uint16) ([]uint32, error) {
	order := d.file.order
	for e := d.entries; len(e) > 0; e = e[12:] {
		if order.Uint16(e) != tag {
			continue
		}
		size := int64(0)
		switch order.Uint16(e[2:]) {
		case 1: // BYTE
			size = 1
		case 3: // SHORT
			size = 2
		case 4: // LONG
			size = 4
		default:
			return nil, fmt.Errorf("tag %d is not a number", tag)
		}
		n := int64(order.Uint32(e[4:]))
		content := e[8:12]
		if n*size > 4 {
			at := int64(order.Uint32(e[8:]))
			if at+n*size > int64(len(d.file.data)) {
				return nil, fmt.Errorf("tag %d: the file is truncated", tag)
			}
			content = d.file.data[at : at+n*size]
		}
		return d.integers(content[:n*size], size), nil
	}
	return nil, nil
}

func (d tiffDirectory) integers(content []byte, size int64) []uint32 {
	out := make([]uint32, 0, int64(len(content))/size)
	for ; len(content) > 0; content = content[size:] {
		switch size {
		case 1:
			out = append(out, uint32(content[0]))
		case 2:
			out = append(out, uint32(d.file.order.Uint16(content)))
		default:
			out = append(out, d.file.order.Uint32(content))
		}
	}
	return out
}

// value returns the first integer of a tag, or what stands in for a missing one.
func (d tiffDirectory) value(tag uint16, missing uint32) (uint32, error) {
	v, err := d.values(tag)
	if err != nil || len(v) == 0 {
		return missing, err
	}
	return v[0], nil
}

// has reports whether there is a tag, of whatever type.
func (d tiffDirectory) has(tag uint16) bool {
	for e := d.entries; len(e) > 0; e = e[12:] {
		if d.file.order.Uint16(e) == tag {
			return true
		}
	}
	return false
}

// orientation returns the tag that EXIF and TIFF share, 0 if it is not there.
func (d tiffDirectory) orientation() orientation {
	v, err := d.value(tagOrientation, 0)
	if err != nil || v > uint32(orientCounter) {
		return 0
	}
	return orientation(v)
}
