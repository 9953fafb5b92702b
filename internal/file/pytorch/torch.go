package pytorch

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// dtypes are the element types of PyTorch's storages, with their names in package tensors
// and their sizes in bytes.
var dtypes = map[string]struct {
	name string
	size int64
}{
	"FloatStorage": {"F32", 4}, "DoubleStorage": {"F64", 8}, "HalfStorage": {"F16", 2}, "BFloat16Storage": {"BF16", 2},
	"LongStorage": {"I64", 8}, "IntStorage": {"I32", 4}, "ShortStorage": {"I16", 2}, "CharStorage": {"I8", 1},
	"ByteStorage": {"U8", 1}, "BoolStorage": {"BOOL", 1},
}

// bytes is the size of the storage in the file.
func (s storage) bytes() int64 {
	for _, d := range dtypes {
		if d.name == s.dtype {
			return s.size * d.size
		}
	}
	return 0
}

// reduce executes the calls of a state dict; any other call makes an object.
func (m *machine) reduce(function, arguments any) {
	f, ok := function.(global)
	args, ok2 := arguments.(tuple)
	if !ok || !ok2 {
		if _, ok := function.(object); !ok {
			m.fail(errors.New("it calls a value that is not a function"))
		}
		m.push(object{})
		return
	}
	switch f.module + "." + f.name {
	case "collections.OrderedDict":
		m.push(orderedDict(args))
	case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
		t, err := rebuildTensor(args)
		if err != nil {
			m.fail(fmt.Errorf("invalid tensor: %w", err))
		}
		m.push(t)
	case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
		if len(args) == 0 {
			m.fail(errors.New("a parameter has no tensor"))
			return
		}
		m.push(args[0])
	default:
		m.push(object{})
	}
}

// orderedDict is empty, to be filled later, or (from Python 2) made of a list of pairs.
func orderedDict(args tuple) *dict {
	d := &dict{}
	if len(args) == 0 {
		return d
	}
	pairs, ok := args[0].(*list)
	if !ok {
		return d
	}
	for _, p := range pairs.items {
		pair, ok := p.(*list)
		if ok && len(pair.items) == 2 {
			d.entries = append(d.entries, entry{pair.items[0], pair.items[1]})
		}
	}
	return d
}

// persistent turns ("storage", class, key, location, size[, view]) into a storage.
func (m *machine) persistent(id any) any {
	t, _ := id.(tuple)
	if len(t) < 5 {
		m.fail(errors.New("a reference is not to a storage"))
		return nil
	}
	kind, _ := t[0].(string)
	class, _ := t[1].(global)
	key, ok := t[2].(string)
	size, ok2 := t[4].(int64)
	d, ok3 := dtypes[class.name]
	switch {
	case kind != "storage" || !ok || !ok2 || !strings.HasPrefix(class.module, "torch"):
		m.fail(errors.New("a reference is not to a storage"))
	case !ok3:
		m.fail(fmt.Errorf("a storage has the unknown type %q", class.name))
	case size < 0 || size > math.MaxInt64/16:
		m.fail(fmt.Errorf("a storage has %d elements", size))
	case len(t) > 5 && t[5] != nil:
		m.fail(errors.New("a storage is a part of another one, as written by PyTorch before 0.4"))
	}
	s := storage{key, d.name, size}
	if known, ok := m.storages[key]; ok && known != s {
		m.fail(fmt.Errorf("storage %q is declared twice, differently", key))
	}
	m.storages[key] = s
	return s
}

// rebuildTensor makes a tensor of (storage, offset, shape, stride, …) and checks that it
// fits its storage.
func rebuildTensor(args tuple) (*tensor, error) {
	if len(args) < 4 {
		return nil, errors.New("storage, offset, shape or stride is missing")
	}
	s, ok := args[0].(storage)
	offset, ok2 := args[1].(int64)
	shape, ok3 := integers(args[2])
	stride, ok4 := integers(args[3])
	if !ok || !ok2 || !ok3 || !ok4 || offset < 0 || len(shape) != len(stride) {
		return nil, errors.New("storage, offset, shape or stride is invalid")
	}
	t := &tensor{s, offset, shape, stride}
	return t, t.check()
}

// integers reads a tuple of numbers of at least 0.
func integers(v any) ([]int64, bool) {
	t, ok := v.(tuple)
	if !ok || len(t) > 16 {
		return nil, false
	}
	list := make([]int64, len(t))
	for i, v := range t {
		if list[i], ok = v.(int64); !ok || list[i] < 0 {
			return nil, false
		}
	}
	return list, true
}

// check refuses a tensor that reaches beyond its storage, or has more elements than it (a
// broadcast view could have any size).
func (t *tensor) check() error {
	if t.size() == 0 {
		return nil
	}
	last, count := float64(t.offset), 1.0
	for i, n := range t.shape {
		last += float64(n-1) * float64(t.stride[i])
		count *= float64(n)
	}
	// Floating point cannot overflow here; sizes are far below 2⁵³.
	if size := float64(t.storage.size); last >= size || count > size {
		return fmt.Errorf("shape %v with strides %v does not fit a storage of %d elements", t.shape, t.stride, t.storage.size)
	}
	return nil
}

// size is the number of elements of a checked tensor; it may be 0.
func (t *tensor) size() int64 {
	n := int64(1)
	for _, d := range t.shape {
		if d == 0 {
			return 0
		}
		n *= d
	}
	return n
}

// contiguous reports whether the elements are next to each other, in order.
func (t *tensor) contiguous() bool {
	step := int64(1)
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.stride[i] != step {
			return false
		}
		step *= t.shape[i]
	}
	return true
}
