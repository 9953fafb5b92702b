package tensorflow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/s2"
)

// The index of a checkpoint is a sorted table in LevelDB's format: blocks of entries, an
// index block with their places, and a footer with the place of the index block.
const (
	footerBytes = 48
	tableMagic  = 0xdb4775248b80fb57
	// Limits of the unpacked size. A checkpoint has some hundred entries of at most a few
	// hundred bytes.
	tableLimit = 64 << 20
	entryLimit = 1 << 16
	keyLimit   = 1 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is a checksum as TensorFlow stores it: a checksum of data that contain checksums
// must differ from them.
func masked(crc uint32) uint32 { return (crc>>15 | crc<<17) + 0xa282ead8 }

// pair is one entry of a table.
type pair struct {
	key   string
	value []byte
}

// table reads a table from its bytes.
type table struct {
	data     []byte
	unfolded int // bytes unpacked so far
}

var errCutOff = errors.New("it is truncated")

// readTable returns all entries in order.
func readTable(data []byte) ([]pair, error) {
	if len(data) < footerBytes || binary.LittleEndian.Uint64(data[len(data)-8:]) != tableMagic {
		return nil, errors.New("it does not end like a table")
	}
	t := &table{data: data}
	footer := data[len(data)-footerBytes:]
	_, rest, err := handle(footer) // of the meta block, which is empty
	if err != nil {
		return nil, err
	}
	index, _, err := handle(rest)
	if err != nil {
		return nil, err
	}
	blocks, err := t.block(index)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var all []pair
	for _, b := range blocks {
		place, _, err := handle(b.value)
		if err != nil {
			return nil, err
		}
		entries, err := t.block(place)
		if err != nil {
			return nil, err
		}
		if all = append(all, entries...); len(all) > entryLimit {
			return nil, fmt.Errorf("it has more than %d entries", entryLimit)
		}
	}
	return all, nil
}

// place is where a block is.
type place struct{ offset, size uint64 }

func handle(b []byte) (place, []byte, error) {
	offset, n := binary.Uvarint(b)
	if n <= 0 {
		return place{}, nil, errCutOff
	}
	size, m := binary.Uvarint(b[n:])
	if m <= 0 {
		return place{}, nil, errCutOff
	}
	return place{offset, size}, b[n+m:], nil
}

// block returns the entries of a block. Its bytes are followed by its type, 1 for snappy,
// and a checksum of both.
func (t *table) block(p place) ([]pair, error) {
	const trailer = 5
	size := uint64(len(t.data))
	if p.size > size || p.offset > size || p.offset+p.size+trailer > size {
		return nil, errCutOff
	}
	body, end := t.data[p.offset:][:p.size], t.data[p.offset+p.size:][:trailer]
	crc := crc32.Update(crc32.Checksum(body, castagnoli), castagnoli, end[:1])
	if masked(crc) != binary.LittleEndian.Uint32(end[1:]) {
		return nil, errors.New("the checksum of a block is wrong: the file is damaged")
	}
	unfolded := len(body)
	if end[0] == 1 {
		var err error
		if unfolded, err = s2.DecodedLen(body); err != nil {
			return nil, err
		}
	}
	if t.unfolded += unfolded; t.unfolded > tableLimit {
		return nil, fmt.Errorf("it unpacks to more than %d bytes", tableLimit)
	}
	switch end[0] {
	case 0:
	case 1:
		var err error
		if body, err = s2.Decode(nil, body); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("unknown block type %d", end[0])
	}
	return entries(body)
}

// entries reads a block, in which a key has only the part that differs from the key before.
// The restart points at the end are for searching, and not needed here.
func entries(b []byte) ([]pair, error) {
	if len(b) < 4 {
		return nil, errCutOff
	}
	restarts := uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))
	if restarts > uint64(len(b)-4)/4 {
		return nil, errCutOff
	}
	b = b[:len(b)-4-4*int(restarts)]
	var (
		list []pair
		key  []byte
	)
	for len(b) > 0 {
		var lengths [3]uint64 // shared, unshared, value
		for i := range lengths {
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return nil, errCutOff
			}
			lengths[i], b = v, b[n:]
		}
		shared, unshared, value := lengths[0], lengths[1], lengths[2]
		if shared > uint64(len(key)) || unshared > keyLimit || shared+unshared > keyLimit ||
			value > uint64(len(b)) || unshared+value > uint64(len(b)) || len(list) == entryLimit {
			return nil, errCutOff
		}
		key = append(key[:shared:shared], b[:unshared]...)
		list = append(list, pair{string(key), b[unshared:][:value]})
		b = b[unshared+value:]
	}
	return list, nil
}
