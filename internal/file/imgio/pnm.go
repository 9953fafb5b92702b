package imgio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The formats of Netpbm: a header of words, and samples as text or as bytes.

func isPNM(data []byte) bool {
	return len(data) > 2 && data[0] == 'P' && data[1] >= '1' && data[1] <= '7' && strings.ContainsRune(" \t\r\n#", rune(data[2]))
}

// pnmFile is what a header says, with the data that follow it.
type pnmFile struct {
	kind                    byte
	width, height, channels int
	largest                 int
	alpha                   bool
	rest                    []byte
}

func parsePNM(data []byte) (f pnmFile, err error) {
	f = pnmFile{kind: data[1], rest: data[2:], largest: 1, channels: 1}
	if f.kind == '7' {
		return f, f.parsePAM()
	}
	if f.kind == '3' || f.kind == '6' {
		f.channels = 3
	}
	fields := []*int{&f.width, &f.height, &f.largest}
	if f.kind == '1' || f.kind == '4' {
		fields = fields[:2]
	}
	for _, field := range fields {
		if *field, err = f.number(); err != nil {
			return f, err
		}
	}
	if len(f.rest) > 0 && f.kind >= '4' {
		f.rest = f.rest[1:] // exactly one white-space character
	}
	return f, f.check()
}

func (f *pnmFile) check() error {
	if f.largest < 1 || f.largest > 65535 {
		return fmt.Errorf("the largest sample is %d, expected 1 to 65535", f.largest)
	}
	return nil
}

// word returns the next word, skipping white space and comments.
func (f *pnmFile) word() string {
	for {
		f.rest = bytes.TrimLeft(f.rest, " \t\r\n\v\f")
		if len(f.rest) == 0 || f.rest[0] != '#' {
			break
		}
		end := bytes.IndexByte(f.rest, '\n')
		if end < 0 {
			end = len(f.rest) - 1
		}
		f.rest = f.rest[end+1:]
	}
	n := bytes.IndexAny(f.rest, " \t\r\n\v\f#")
	if n < 0 {
		n = len(f.rest)
	}
	w := string(f.rest[:min(n, 32)])
	f.rest = f.rest[n:]
	return w
}

func (f *pnmFile) number() (int, error) {
	w := f.word()
	if w == "" {
		return 0, truncated(io.ErrUnexpectedEOF)
	}
	n, err := strconv.ParseUint(w, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", w)
	}
	return int(n), nil
}

// parsePAM reads the header of a portable arbitrary map, whose lines are a name and a value
// each.
func (f *pnmFile) parsePAM() error {
	for {
		w := f.word()
		var field *int
		switch w {
		case "WIDTH":
			field = &f.width
		case "HEIGHT":
			field = &f.height
		case "DEPTH":
			field = &f.channels
		case "MAXVAL":
			field = &f.largest
		case "TUPLTYPE":
			f.alpha = strings.HasSuffix(f.word(), "_ALPHA")
			continue
		case "ENDHDR":
			if len(f.rest) == 0 || f.rest[0] != '\n' {
				return errors.New("no samples after the header")
			}
			f.rest = f.rest[1:]
			return f.check()
		case "":
			return truncated(io.ErrUnexpectedEOF)
		default:
			return fmt.Errorf("unknown line %q", w)
		}
		var err error
		if *field, err = f.number(); err != nil {
			return err
		}
	}
}

func measurePNM(data []byte) (Extent, error) {
	f, err := parsePNM(data)
	if err != nil {
		return Extent{}, fmt.Errorf("header: %w", err)
	}
	return Extent{f.width, f.height, f.channels}, nil
}

func decodePNM(data []byte, o ReadOptions) (decoded, error) {
	f, err := parsePNM(data)
	if err != nil {
		return decoded{}, fmt.Errorf("header: %w", err)
	}
	if err := checkSize(f.width, f.height, f.channels, o.maxSamples()); err != nil {
		return decoded{}, err
	}
	p := New(f.width, f.height, f.channels)
	p.Alpha = f.alpha && f.channels > 1
	if f.largest > 255 {
		p.Depth = 16
	}
	switch {
	case f.kind == '1' || f.kind == '2' || f.kind == '3':
		err = f.text(p)
	case f.kind == '4':
		err = f.bits(p)
	default:
		err = f.bytes(p)
	}
	if err != nil {
		return decoded{}, fmt.Errorf("pixels: %w", truncated(err))
	}
	return decoded{picture: p}, nil
}

// text reads samples written as numbers. Those of a bitmap need no space between them, and
// 1 is black.
func (f *pnmFile) text(p *Picture) error {
	for i := range p.Pix {
		if f.kind == '1' {
			f.rest = bytes.TrimLeft(f.rest, " \t\r\n\v\f")
			if len(f.rest) == 0 {
				return io.ErrUnexpectedEOF
			}
			if f.rest[0] == '0' {
				p.Pix[i] = 1
			}
			f.rest = f.rest[1:]
			continue
		}
		n, err := f.number()
		if err != nil {
			return err
		}
		p.Pix[i] = float32(min(n, f.largest)) / float32(f.largest)
	}
	return nil
}

// bits reads a bitmap, whose rows begin at whole bytes; 1 is black.
func (f *pnmFile) bits(p *Picture) error {
	stride := (f.width + 7) / 8
	if len(f.rest)/stride < f.height {
		return io.ErrUnexpectedEOF
	}
	for y := range f.height {
		row := p.row(y)
		for x := range row {
			if f.rest[y*stride+x/8]>>(7-x%8)&1 == 0 {
				row[x] = 1
			}
		}
	}
	return nil
}

func (f *pnmFile) bytes(p *Picture) error {
	each := 1
	if p.Depth == 16 {
		each = 2
	}
	if len(f.rest)/each < len(p.Pix) {
		return io.ErrUnexpectedEOF
	}
	for i := range p.Pix {
		n := int(f.rest[i*each])
		if each == 2 {
			n = int(binary.BigEndian.Uint16(f.rest[2*i:]))
		}
		p.Pix[i] = float32(min(n, f.largest)) / float32(f.largest)
	}
	return nil
}
