// Package torch7 reads files that Torch 7 has serialised: .t7 files in binary form, of
// 64-bit and 32-bit systems.
//
//	f, err := torch7.Open("facades_label2image.t7")
//	defer f.Close()
//	model, ok := f.Root.(*torch7.Object)       // nn.gModule
//	modules := model.Fields().Get("modules")   // *torch7.Table
//
// A value is nil, bool, float64, string, *Table, *Object, *Tensor or Function. A value that
// a file refers to twice is one value here too, so there may be cycles.
//
// # Guarantees
//
// No code in a file is executed: functions are skipped. Open reads everything but the
// numbers of tensors, checks it against the size of the file, and takes memory in proportion
// to what it has read; File.Floats reads one tensor. Every error names the file.
package torch7

// Function stands for a Lua function, whose code is skipped.
type Function struct{}

// Table is a Lua table, in the order of the file.
type Table struct {
	keys, values []any
	strings      map[string]int
}

// Get returns the value of a text key, or nil. A nil Table is empty.
func (t *Table) Get(key string) any {
	if t == nil {
		return nil
	}
	if i, ok := t.strings[key]; ok {
		return t.values[i]
	}
	return nil
}

// List returns the values of 1, 2, … up to the first that is missing.
func (t *Table) List() []any {
	if t == nil {
		return nil
	}
	byNumber := make(map[float64]any, len(t.keys))
	for i, k := range t.keys {
		if n, ok := k.(float64); ok {
			byNumber[n] = t.values[i]
		}
	}
	var list []any
	for i := 1.0; ; i++ {
		v, ok := byNumber[i]
		if !ok {
			return list
		}
		list = append(list, v)
	}
}

// Number returns the number of a text key, or 0.
func (t *Table) Number(key string) float64 {
	n, _ := t.Get(key).(float64)
	return n
}

func (t *Table) add(key, value any) {
	if s, ok := key.(string); ok {
		if t.strings == nil {
			t.strings = map[string]int{}
		}
		t.strings[s] = len(t.keys)
	}
	t.keys, t.values = append(t.keys, key), append(t.values, value)
}

// Object is an instance of a class other than a tensor.
type Object struct {
	// Class is, for example, nn.SpatialConvolution.
	Class string
	value any
}

// Fields returns the object's fields, or nil.
func (o *Object) Fields() *Table {
	if o == nil {
		return nil
	}
	t, _ := o.value.(*Table)
	return t
}

// Tensor is a view of numbers in the file.
type Tensor struct {
	Shape   []int
	stride  []int64
	offset  int64 // in elements, from 0
	storage *storage
}

// storage is an array of numbers in the file.
type storage struct {
	kind  kind
	at    int64
	count int64
}

// kind is the element type of a storage: its name in package tensors, and its size in
// bytes.
type kind struct {
	name string
	size int64
}
