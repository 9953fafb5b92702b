package torch7

import (
	"bytes"
	"encoding/binary"
)

// writer makes small files as Torch does.
type writer struct {
	b    bytes.Buffer
	long int
}

func (w *writer) int32(values ...int32) {
	for _, v := range values {
		_ = binary.Write(&w.b, binary.LittleEndian, v)
	}
}

func (w *writer) integers(values ...int64) {
	for _, v := range values {
		if w.long == 4 {
			w.int32(int32(v))
		} else {
			_ = binary.Write(&w.b, binary.LittleEndian, v)
		}
	}
}

func (w *writer) number(v float64) {
	w.int32(typeNumber)
	_ = binary.Write(&w.b, binary.LittleEndian, v)
}

func (w *writer) text(s string) {
	w.int32(int32(len(s)))
	w.b.WriteString(s)
}

func (w *writer) object(number int32, class string) {
	w.int32(typeTorch, number)
	w.text("V 1")
	w.text(class)
}

// tensor writes a tensor; data nil refers to a storage that is there.
func (w *writer) tensor(number int32, shape, stride []int64, offset int64, storage int32, data []float32) {
	w.object(number, "torch.FloatTensor")
	w.int32(int32(len(shape)))
	w.integers(shape...)
	w.integers(stride...)
	w.integers(offset)
	if data == nil {
		w.int32(typeTorch, storage)
		return
	}
	w.object(storage, "torch.FloatStorage")
	w.integers(int64(len(data)))
	_ = binary.Write(&w.b, binary.LittleEndian, data)
}
