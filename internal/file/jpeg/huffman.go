package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// lookBits is the longest code that a single table lookup decodes.
const lookBits = 9

// huffman is a code table (T.81 annex C).
type huffman struct {
	look    [1 << lookBits]uint16 // length in the high byte, symbol in the low one; 0 means a longer code
	limit   [18]uint32            // above all codes of a length, left-aligned in 16 bits
	offset  [17]int32             // index of a length's first symbol, minus its first code
	symbols []uint8
}

var errCode = errors.New("a code is missing from its Huffman table")

// huffmanTables reads tables (T.81 B.2.4.2).
func (d *decoder) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return errors.New("a Huffman table is too short")
		}
		class, n := int(b[0]>>4), int(b[0]&15)
		if class > 1 || n > 3 {
			return fmt.Errorf("Huffman table %d of class %d does not exist", n, class)
		}
		total := 0
		for _, count := range b[1:17] {
			total += int(count)
		}
		if total > 256 || len(b) < 17+total {
			return errors.New("a Huffman table is too short")
		}
		t, err := newHuffman(b[1:17], b[17:17+total])
		if err != nil {
			return err
		}
		if class == 0 {
			for _, size := range t.symbols {
				if size > 15 {
					return errors.New("a Huffman table has differences of more than 15 bits")
				}
			}
			d.dc[n] = t
		} else {
			d.ac[n] = t
		}
		b = b[17+total:]
	}
	return nil
}

func newHuffman(counts, symbols []byte) (*huffman, error) {
	t := &huffman{symbols: symbols}
	code, k := uint32(0), 0
	for length := 1; length <= 16; length++ {
		count := int(counts[length-1])
		t.offset[length] = int32(k) - int32(code)
		if code+uint32(count) > 1<<length {
			return nil, errors.New("a Huffman table has too many codes")
		}
		for range count {
			if length <= lookBits {
				first := code << (lookBits - length)
				for i := range uint32(1) << (lookBits - length) {
					t.look[first+i] = uint16(length)<<8 | uint16(symbols[k])
				}
			}
			code++
			k++
		}
		t.limit[length] = code << (16 - length)
		code <<= 1
	}
	t.limit[17] = 1 << 16
	return t, nil
}

// bits reads the entropy-coded data of a scan, where a 0 follows every 0xff.
type bits struct {
	data  []byte
	pos   int
	ahead uint64 // the next bits, from the highest on
	count int    // how many of them there are
	// padding is how many zero bits were appended after the end of the data. If fewer bits
	// than that remain, some of them were used.
	padding int
}

// fill raises count above 56, with zeros after the end of the data.
func (b *bits) fill() {
	if b.pos+8 <= len(b.data) {
		next := binary.BigEndian.Uint64(b.data[b.pos:])
		const ones, highs = 0x0101010101010101, 0x8080808080808080
		if (^next-ones)&next&highs == 0 { // no byte is 0xff
			// Bits beyond whole bytes are read again later; they are the same then.
			b.ahead |= next >> (b.count & 63)
			n := (63 - b.count) >> 3
			b.pos += n
			b.count += 8 * n
			return
		}
	}
	for b.count <= 56 {
		if b.pos == len(b.data) {
			b.pad()
			return
		}
		v := b.data[b.pos]
		if v == 0xff {
			if b.pos+1 == len(b.data) || b.data[b.pos+1] != 0 {
				b.pad() // a marker
				return
			}
			b.pos++
		}
		b.pos++
		b.ahead |= uint64(v) << (56 - b.count)
		b.count += 8
	}
}

func (b *bits) pad() {
	b.padding += 64 - b.count
	b.count = 64
}

// spent reports whether more bits were read than the data have.
func (b *bits) spent() bool { return b.padding > b.count }

// skip continues at the next byte of the data.
func (b *bits) skip(pos int) { b.pos, b.ahead, b.count, b.padding = pos, 0, 0, 0 }

// read returns the next n bits, from 0 to 16.
func (b *bits) read(n int) int32 {
	if b.count < 16 {
		b.fill()
	}
	v := int32(b.ahead >> 1 >> (63 - n))
	b.ahead <<= n
	b.count -= n
	return v
}

// symbol decodes a symbol and leaves at least 16 bits ahead for the number that may follow.
// A code that is missing from the table is an error.
func (b *bits) symbol(t *huffman) (int, error) {
	if b.count < 32 {
		b.fill()
	}
	e := t.look[b.ahead>>(64-lookBits)]
	if e == 0 {
		return b.long(t)
	}
	b.ahead <<= e >> 8 & 63
	b.count -= int(e >> 8)
	return int(e & 0xff), nil
}

// long is symbol for codes longer than lookBits.
func (b *bits) long(t *huffman) (int, error) {
	next := uint32(b.ahead >> 48)
	n := lookBits + 1
	for next >= t.limit[n] {
		n++
	}
	if n > 16 {
		return 0, errCode
	}
	b.ahead <<= n
	b.count -= n
	return int(t.symbols[t.offset[n]+int32(next>>(16-n))]), nil
}

// signed decodes the number of n bits after a symbol, n from 1 to 15 (T.81 F.2.2.1).
// Numbers that begin with a 0 are negative.
func (b *bits) signed(n int) int32 {
	negative := ^int32(int64(b.ahead) >> 63)
	v := int32(b.ahead>>(64-n&63)) + negative&(1-1<<(n&31))
	b.ahead <<= n & 63
	b.count -= n
	return v
}
