package imgio

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"
)

// stripBytes is the approximate size of the strips that RowWriter writes.
const stripBytes = 1 << 20

// tiffWriter writes strips as rows arrive, and the directories at the end.
type tiffWriter struct {
	w       io.WriteSeeker
	like    *Picture
	big     bool
	offset  int64 // where the next strip goes
	each    int   // channels per page
	pages   []*tiffPageStrips
	perRows int // rows per strip
}

// tiffPageStrips are the strips of one page, written and pending.
type tiffPageStrips struct {
	offsets, counts []int64
	packed          bytes.Buffer
	zlib            *zlib.Writer
	rows            int // in packed
	line            []byte
}

// needsBig reports whether a file for a picture like p may exceed offsets of 32 bits.
// Deflate stores incompressible data as they are, with a few bytes more per block.
func needsBig(p *Picture) bool {
	const slack = 1 << 20
	raw := int64(p.Width) * int64(p.Height) * int64(p.Channels) * int64(p.Depth/8)
	return raw+raw/1000+slack > math.MaxUint32
}

func newTIFFWriter(w io.WriteSeeker, p *Picture, big bool) (*tiffWriter, error) {
	t := &tiffWriter{w: w, like: p, big: big, each: p.channelsOfPage()}
	rowBytes := p.Width * t.each * p.Depth / 8
	t.perRows = min(max(1, stripBytes/rowBytes), p.Height)
	for range p.Channels / t.each {
		s := &tiffPageStrips{}
		s.zlib = zlib.NewWriter(&s.packed)
		t.pages = append(t.pages, s)
	}
	header := []byte{'I', 'I', 42, 0, 0, 0, 0, 0}
	if t.big {
		header = []byte{'I', 'I', 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	}
	return t, t.append(header)
}

func (t *tiffWriter) append(b []byte) error {
	n, err := t.w.Write(b)
	t.offset += int64(n)
	return err
}

func (t *tiffWriter) write(p *Picture) error {
	for y := range p.Height {
		for i, s := range t.pages {
			s.line = p.appendRow(s.line[:0], y, i*t.each, t.each)
			if _, err := s.zlib.Write(s.line); err != nil {
				return err
			}
			if s.rows++; s.rows == t.perRows {
				if err := t.strip(s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// strip writes a strip of a page.
func (t *tiffWriter) strip(s *tiffPageStrips) error {
	if err := s.zlib.Close(); err != nil {
		return err
	}
	s.offsets, s.counts = append(s.offsets, t.offset), append(s.counts, int64(s.packed.Len()))
	s.packed.Write(make([]byte, s.packed.Len()%2))
	if err := t.append(s.packed.Bytes()); err != nil {
		return err
	}
	s.rows = 0
	s.packed.Reset()
	s.zlib.Reset(&s.packed)
	return nil
}

func (t *tiffWriter) finish() error {
	for _, s := range t.pages {
		if s.rows > 0 {
			if err := t.strip(s); err != nil {
				return err
			}
		}
	}
	first := t.offset
	for i, s := range t.pages {
		entries := t.entries(s)
		if i == 0 {
			entries = append(entries, t.like.Place.tags...)
		}
		next := int64(0)
		if i+1 < len(t.pages) {
			next = t.offset + directorySize(entries, t.big)
		}
		if err := t.append(appendDirectory(nil, entries, t.offset, next, t.big)); err != nil {
			return err
		}
	}
	at, pointer := int64(4), binary.LittleEndian.AppendUint32(nil, uint32(first))
	if t.big {
		at, pointer = 8, binary.LittleEndian.AppendUint64(nil, uint64(first))
	}
	if _, err := t.w.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := t.w.Write(pointer)
	return err
}

// entries returns the tags of a page.
func (t *tiffWriter) entries(s *tiffPageStrips) []tiffEntry {
	entries := t.like.tiffEntries(t.each, 0)
	for i, e := range entries {
		switch e.tag {
		case tagStripOffsets:
			entries[i] = t.words(e.tag, s.offsets)
		case tagStripByteCounts:
			entries[i] = t.words(e.tag, s.counts)
		case tagRowsPerStrip:
			entries[i] = longEntry(e.tag, int64(t.perRows))
		}
	}
	return entries
}

// words returns a tag of offsets or lengths.
func (t *tiffWriter) words(tag uint16, values []int64) tiffEntry {
	const long8 = 16
	e := tiffEntry{tag: tag, kind: tiffLong, count: uint32(len(values))}
	if t.big {
		e.kind = long8
	}
	for _, v := range values {
		if t.big {
			e.content = binary.LittleEndian.AppendUint64(e.content, uint64(v))
		} else {
			e.content = binary.LittleEndian.AppendUint32(e.content, uint32(v))
		}
	}
	return e
}
