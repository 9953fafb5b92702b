package tensorflow

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/klauspost/compress/s2"
)

// FuzzIndex is FuzzTable past the checksums: the entries of one block, folded or not,
// in a table that is otherwise right.
func FuzzIndex(f *testing.F) {
	header := "\x00\x00\x02\x08\x01"                                                      // "" → one data file
	tensor := "\x00\x01\x0fw\x08\x01\x12\x04\x12\x02\x08\x02\x28\x08\x35\x00\x00\x00\x00" // w → 2 of float32
	restarts := "\x00\x00\x00\x00\x01\x00\x00\x00"
	f.Add([]byte(header+tensor+restarts), false)
	f.Add([]byte(header+tensor+restarts), true)
	whole := &Bundle{name: "x.index"}
	if _, err := whole.readIndex(wholeTable([]byte(header+tensor+restarts), true)); err != nil || len(whole.names) != 1 {
		f.Fatalf("the seed: %v, %v", whole.names, err)
	}
	f.Fuzz(func(t *testing.T, block []byte, folded bool) {
		b := &Bundle{name: "x.index"}
		shards, err := b.readIndex(wholeTable(block, folded))
		if err != nil {
			return
		}
		if shards < 1 || shards > shardLimit {
			t.Fatalf("%d data files", shards)
		}
		for _, name := range b.Names() {
			if e := b.tensors[name]; e.size != e.elements*types[e.dtype].size || e.shard >= uint64(shards) {
				t.Fatalf("%s: %+v", name, e)
			}
		}
	})
}

// wholeTable is a table with one block of entries.
func wholeTable(block []byte, folded bool) []byte {
	var table []byte
	add := func(body []byte, kind byte) []byte {
		where := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(table))), uint64(len(body)))
		table = append(append(table, body...), kind)
		crc := crc32.Checksum(table[len(table)-1-len(body):], castagnoli)
		table = binary.LittleEndian.AppendUint32(table, masked(crc))
		return where
	}
	kind := byte(0)
	if folded {
		block, kind = s2.EncodeSnappy(nil, block), 1
	}
	where := add(block, kind)
	index := append([]byte{0, 1, byte(len(where)), 'x'}, where...)
	at := add(append(index, 0, 0, 0, 0, 1, 0, 0, 0), 0)
	footer := make([]byte, footerBytes)
	copy(footer[copy(footer, "\x00\x00"):], at)
	binary.LittleEndian.PutUint64(footer[footerBytes-8:], tableMagic)
	return append(table, footer...)
}
