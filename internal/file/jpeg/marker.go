package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Markers (T.81 table B.1): the byte after one of 0xff.
const (
	startBaseline    = 0xc0
	startExtended    = 0xc1
	startProgressive = 0xc2
	huffmanTables    = 0xc4
	extensions       = 0xc8
	arithmetic       = 0xcc
	firstRestart     = 0xd0
	lastRestart      = 0xd7
	startOfImage     = 0xd8
	endOfImage       = 0xd9
	startOfScan      = 0xda
	quantTables      = 0xdb
	restartInterval  = 0xdd
	app0             = 0xe0
	app14            = 0xee
)

// run reads segments up to the frame header, or to the end of the picture.
func (d *decoder) run(header bool) error {
	if !bytes.HasPrefix(d.data, []byte{0xff, startOfImage}) {
		return errors.New("it does not begin like a JPEG file")
	}
	d.pos = 2
	for !header || d.components == nil {
		marker, err := d.marker()
		if err != nil {
			return err
		}
		if marker == endOfImage {
			if d.components == nil {
				return errors.New("there is no picture in the file")
			}
			return nil
		}
		content, err := d.content()
		if err != nil {
			return err
		}
		if err := d.segment(marker, content); err != nil {
			return err
		}
	}
	return nil
}

// marker skips to the next marker that has a meaning. Bytes between segments are skipped,
// as in libjpeg.
func (d *decoder) marker() (byte, error) {
	for {
		at := bytes.IndexByte(d.data[d.pos:], 0xff)
		if at < 0 || d.pos+at+1 >= len(d.data) {
			return 0, io.ErrUnexpectedEOF
		}
		d.pos += at + 1
		switch m := d.data[d.pos]; {
		case m == 0xff: // a fill byte
		case m <= 1 || m >= firstRestart && m <= startOfImage: // without content
			d.pos++
		default:
			d.pos++
			return m, nil
		}
	}
}

// content returns what a segment holds after its length.
func (d *decoder) content() ([]byte, error) {
	if d.pos+2 > len(d.data) {
		return nil, io.ErrUnexpectedEOF
	}
	n := int(d.data[d.pos])<<8 | int(d.data[d.pos+1])
	if n < 2 {
		return nil, errors.New("a segment has a length below 2")
	}
	if d.pos+n > len(d.data) {
		return nil, io.ErrUnexpectedEOF
	}
	b := d.data[d.pos+2 : d.pos+n]
	d.pos += n
	return b, nil
}

func (d *decoder) segment(marker byte, b []byte) error {
	switch marker {
	case startBaseline, startExtended, startProgressive:
		return d.frame(b, marker)
	case huffmanTables:
		return d.huffmanTables(b)
	case quantTables:
		return d.quantTables(b)
	case restartInterval:
		if len(b) != 2 {
			return errors.New("the restart interval has the wrong length")
		}
		d.restart = int(b[0])<<8 | int(b[1])
	case startOfScan:
		return d.scan(b)
	case app0:
		d.jfif = d.jfif || bytes.HasPrefix(b, []byte("JFIF\x00"))
	case app14:
		if len(b) >= 12 && bytes.HasPrefix(b, []byte("Adobe")) {
			d.adobe = int(b[11])
		}
	case arithmetic:
		return errors.New("arithmetic coding is not supported")
	default:
		if marker > startProgressive && marker <= 0xcf && marker != extensions {
			return fmt.Errorf("it is %s, which is not supported", kindOf(marker))
		}
	}
	return nil
}

// kindOf names the unsupported kinds of JPEG.
func kindOf(startOfFrame byte) string {
	switch {
	case startOfFrame == 0xc3:
		return "lossless JPEG"
	case startOfFrame < extensions:
		return "hierarchical JPEG"
	}
	return "JPEG with arithmetic coding"
}

// quantTables reads quantisation tables (T.81 B.2.4.1).
func (d *decoder) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, n := int(b[0]>>4), int(b[0]&15)
		b = b[1:]
		if wide > 1 || n > 3 {
			return fmt.Errorf("quantisation table %d with %d bytes per entry is not supported", n, wide+1)
		}
		if len(b) < 64<<wide {
			return errors.New("a quantisation table is too short")
		}
		t := new([64]uint16)
		for i := range t {
			if wide == 0 {
				t[natural[i]] = uint16(b[i])
			} else {
				t[natural[i]] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
			}
		}
		d.quant[n], b = t, b[64<<wide:]
	}
	return nil
}

// natural maps the index of a coefficient in a file to its place in a block (T.81 figure
// A.6).
var natural = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}
