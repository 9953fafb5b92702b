package pytorch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// The values that a pickle can leave on the stack, besides nil, bool, int64, float64, string
// and *big.Int:
type (
	tuple  []any
	list   struct{ items []any }
	entry  struct{ key, value any }
	dict   struct{ entries []entry }
	global struct{ module, name string }
	// object is the result of a call that is not executed.
	object struct{}
	// storage is an array of numbers in the file.
	storage struct {
		key   string
		dtype string // as in package tensors: F32
		size  int64  // in elements
	}
	// tensor is a view of a storage, counted in elements.
	tensor struct {
		storage       storage
		offset        int64
		shape, stride []int64
	}
)

// machine runs one pickle. After the first error it does nothing.
type machine struct {
	text  []byte
	at    int
	stack []any
	marks []int // heights of the stack
	memo  map[uint64]any
	// storages are all storages that the pickle refers to, by key.
	storages map[string]storage
	done     bool
	err      error
}

// pickle is a pickle that has run.
type pickle struct {
	value    any
	storages map[string]storage
	rest     []byte // what follows it
}

// unpickle runs the pickle at the start of text.
func unpickle(text []byte) (pickle, error) {
	m := &machine{text: text, memo: map[uint64]any{}, storages: map[string]storage{}}
	for m.err == nil && !m.done {
		at := m.at
		op := m.byte()
		do := operations[op]
		switch {
		case m.err != nil:
		case do == nil:
			m.fail(fmt.Errorf("unknown opcode %#02x", op))
		default:
			do(m)
		}
		if m.err != nil {
			return pickle{}, fmt.Errorf("pickle, byte %d: %w", at, m.err)
		}
	}
	return pickle{m.pop(), m.storages, text[m.at:]}, m.err
}

func (m *machine) fail(err error) {
	if m.err == nil {
		m.err = err
	}
}

var errCutOff = errors.New("it is truncated, or longer than any list of tensors")

// take returns the next n bytes, or fails.
func (m *machine) take(n uint64) []byte {
	if m.err != nil || n > uint64(len(m.text)-m.at) {
		m.fail(errCutOff)
		return nil
	}
	taken := m.text[m.at:][:n]
	m.at += int(n)
	return taken
}

func (m *machine) byte() byte {
	if b := m.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a little-endian number of up to eight bytes.
func (m *machine) number(bytes uint64) uint64 {
	var b [8]byte
	copy(b[:], m.take(bytes))
	return binary.LittleEndian.Uint64(b[:])
}

func (m *machine) line() string {
	rest := m.text[m.at:]
	n := slices.Index(rest, '\n')
	if n < 0 {
		m.fail(errCutOff)
		return ""
	}
	m.at += n + 1
	return string(rest[:n])
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// floor is the lowest height of the stack that pops may reach.
func (m *machine) floor() int {
	if n := len(m.marks); n > 0 {
		return m.marks[n-1]
	}
	return 0
}

var errStack = errors.New("it takes more from its stack than there is")

func (m *machine) pop() any {
	v := m.top()
	if m.err == nil {
		m.stack = m.stack[:len(m.stack)-1]
	}
	return v
}

func (m *machine) top() any {
	if m.err != nil || len(m.stack) <= m.floor() {
		m.fail(errStack)
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// popMark returns the values above the last mark, and removes the mark.
func (m *machine) popMark() []any {
	if m.err != nil || len(m.marks) == 0 {
		m.fail(errStack)
		return nil
	}
	from := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	items := slices.Clone(m.stack[from:])
	m.stack = m.stack[:from]
	return items
}

// popTuple pops n values and returns them as a tuple.
func (m *machine) popTuple(n int) {
	t := make(tuple, n)
	for i := range t {
		t[n-1-i] = m.pop()
	}
	m.push(t)
}

// integer decodes a little-endian two's complement number of any length.
func integer(b []byte) any {
	if len(b) > 8 {
		reversed := slices.Clone(b)
		slices.Reverse(reversed)
		v := new(big.Int).SetBytes(reversed)
		if b[len(b)-1]&0x80 != 0 {
			v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		return v
	}
	if len(b) == 0 {
		return int64(0)
	}
	fill := byte(0)
	if b[len(b)-1]&0x80 != 0 {
		fill = 0xff
	}
	whole := [8]byte{fill, fill, fill, fill, fill, fill, fill, fill}
	copy(whole[:], b)
	return int64(binary.LittleEndian.Uint64(whole[:]))
}

// remember stores the top of the stack in the memo.
func (m *machine) remember(key uint64) { m.memo[key] = m.top() }

// recall pushes a value from the memo.
func (m *machine) recall(key uint64) {
	v, ok := m.memo[key]
	if !ok {
		m.fail(fmt.Errorf("its memo has no entry %d", key))
	}
	m.push(v)
}

// appendTo adds items to the list on top of the stack.
func (m *machine) appendTo(items ...any) {
	switch to := m.top().(type) {
	case *list:
		to.items = append(to.items, items...)
	case object:
	default:
		m.fail(errors.New("it appends to a value that is not a list"))
	}
}

// setIn adds alternating keys and values to the dict on top of the stack.
func (m *machine) setIn(items ...any) {
	if len(items)%2 != 0 {
		m.fail(errors.New("a key has no value"))
		return
	}
	switch to := m.top().(type) {
	case *dict:
		for i := 0; i < len(items); i += 2 {
			to.entries = append(to.entries, entry{items[i], items[i+1]})
		}
	case object:
	default:
		m.fail(errors.New("it sets entries of a value that is not a dict"))
	}
}

// operations are the opcodes that torch.save writes in protocols 2 to 5.
var operations = map[byte]func(*machine){
	0x80: func(m *machine) { // PROTO
		if v := m.byte(); v > 5 {
			m.fail(fmt.Errorf("unsupported protocol %d", v))
		}
	},
	0x95: func(m *machine) { m.take(8) }, // FRAME
	'.':  func(m *machine) { m.done = true },
	'(':  func(m *machine) { m.marks = append(m.marks, len(m.stack)) },
	'0':  func(m *machine) { m.pop() },
	'1':  func(m *machine) { m.popMark() },
	'2':  func(m *machine) { m.push(m.top()) },

	'N':  func(m *machine) { m.push(nil) },
	0x88: func(m *machine) { m.push(true) },
	0x89: func(m *machine) { m.push(false) },
	'K':  func(m *machine) { m.push(int64(m.byte())) },
	'M':  func(m *machine) { m.push(int64(m.number(2))) },
	'J':  func(m *machine) { m.push(integer(m.take(4))) },
	0x8a: func(m *machine) { m.push(integer(m.take(m.number(1)))) },
	'G': func(m *machine) { // BINFLOAT
		var b [8]byte
		copy(b[:], m.take(8))
		m.push(math.Float64frombits(binary.BigEndian.Uint64(b[:])))
	},
	'U':  func(m *machine) { m.push(string(m.take(m.number(1)))) }, // texts and bytes, with lengths of various sizes
	0x8c: func(m *machine) { m.push(string(m.take(m.number(1)))) },
	'C':  func(m *machine) { m.push(string(m.take(m.number(1)))) },
	'T':  func(m *machine) { m.push(string(m.take(m.number(4)))) },
	'X':  func(m *machine) { m.push(string(m.take(m.number(4)))) },
	'B':  func(m *machine) { m.push(string(m.take(m.number(4)))) },
	0x8d: func(m *machine) { m.push(string(m.take(m.number(8)))) },
	0x8e: func(m *machine) { m.push(string(m.take(m.number(8)))) },

	')':  func(m *machine) { m.push(tuple{}) },
	't':  func(m *machine) { m.push(tuple(m.popMark())) },
	0x85: func(m *machine) { m.popTuple(1) },
	0x86: func(m *machine) { m.popTuple(2) },
	0x87: func(m *machine) { m.popTuple(3) },
	']':  func(m *machine) { m.push(&list{}) },
	'l':  func(m *machine) { m.push(&list{m.popMark()}) },
	'a':  func(m *machine) { m.appendTo(m.pop()) },
	'e':  func(m *machine) { m.appendTo(m.popMark()...) },
	'}':  func(m *machine) { m.push(&dict{}) },
	'd':  func(m *machine) { items := m.popMark(); m.push(&dict{}); m.setIn(items...) },
	's':  func(m *machine) { v := m.pop(); m.setIn(m.pop(), v) },
	'u':  func(m *machine) { m.setIn(m.popMark()...) },
	0x8f: func(m *machine) { m.push(object{}) }, // a set
	0x90: func(m *machine) { m.popMark() },

	'q':  func(m *machine) { m.remember(m.number(1)) },
	'r':  func(m *machine) { m.remember(m.number(4)) },
	0x94: func(m *machine) { m.remember(uint64(len(m.memo))) },
	'h':  func(m *machine) { m.recall(m.number(1)) },
	'j':  func(m *machine) { m.recall(m.number(4)) },

	'c':  func(m *machine) { module := m.line(); m.push(global{module, m.line()}) },
	0x93: func(m *machine) { m.stackGlobal() },
	'R':  func(m *machine) { arguments := m.pop(); m.reduce(m.pop(), arguments) },
	0x81: func(m *machine) { m.pop(); m.pop(); m.push(object{}) }, // NEWOBJ
	'b':  func(m *machine) { m.pop(); m.top() },                   // BUILD: attributes; those of a state dict do not matter
	'Q':  func(m *machine) { m.push(m.persistent(m.pop())) },
}

func (m *machine) stackGlobal() {
	name, ok := m.pop().(string)
	module, ok2 := m.pop().(string)
	if !ok || !ok2 {
		m.fail(errors.New("a global has no name"))
	}
	m.push(global{module, name})
}
