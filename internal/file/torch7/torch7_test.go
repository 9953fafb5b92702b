package torch7

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const real = "../../../../shared/data/zoo/torch7"

func open(t *testing.T, name string) *File {
	t.Helper()
	if _, err := os.Stat(real); err != nil {
		t.Skip("real files are not at " + real)
	}
	f, err := Open(filepath.Join(real, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// Files that Torch itself wrote come out as what they are.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(real, "*.t7"))
	if err != nil || len(files) == 0 {
		t.Skip("real files are not at " + real)
	}
	for _, path := range files {
		f, err := Open(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		t.Logf("%s: %T", filepath.Base(path), f.Root)
		_ = f.Close()
	}
}

func TestRealModule(t *testing.T) {
	t.Parallel()
	f := open(t, "gmodule_with_linear_identity.t7")
	model, ok := f.Root.(*Object)
	if !ok || model.Class != "nn.gModule" {
		t.Fatalf("the root is %T", f.Root)
	}
	var classes []string
	modules, _ := model.Fields().Get("modules").(*Table)
	for _, m := range modules.List() {
		o := m.(*Object)
		classes = append(classes, o.Class)
		if w, ok := o.Fields().Get("weight").(*Tensor); ok {
			data, err := f.Floats(w)
			if err != nil || len(data) == 0 {
				t.Errorf("weight %v: %v", w.Shape, err)
			}
		}
	}
	if !slices.Contains(classes, "nn.Linear") || !slices.Contains(classes, "nn.Identity") {
		t.Errorf("modules %v", classes)
	}
}

// A tensor's elements by its strides; 1-based offsets; a storage that two share.
func TestTensors(t *testing.T) {
	t.Parallel()
	for _, long := range []int{8, 4} {
		w := &writer{long: long}
		w.int32(typeTable, 1, 2)
		w.number(1)
		w.tensor(2, []int64{2, 3}, []int64{1, 2}, 1, 3, []float32{1, 2, 3, 4, 5, 6})
		w.number(2)
		w.tensor(4, []int64{2}, []int64{1}, 5, 3, nil)
		f, err := NewFile("x.t7", bytes.NewReader(w.b.Bytes()), int64(w.b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		list := f.Root.(*Table).List()
		for i, want := range [][]float32{{1, 3, 5, 2, 4, 6}, {5, 6}} {
			if got, err := f.Floats(list[i].(*Tensor)); err != nil || !slices.Equal(got, want) {
				t.Errorf("long of %d bytes, tensor %d: %v, %v", long, i, got, err)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	beyond := &writer{long: 8}
	beyond.tensor(1, []int64{7}, []int64{1}, 1, 2, []float32{1, 2})
	deep := &writer{long: 8}
	for i := range int32(depthLimit + 2) {
		deep.int32(typeTable, i, 1)
		deep.number(1)
	}
	short := &writer{long: 8}
	short.int32(typeString, 1<<30)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":    {nil, "truncated"},
		"unknown":  {[]byte("99\x00\x00"), "unknown type"},
		"beyond":   {beyond.b.Bytes(), "does not fit"},
		"deep":     {deep.b.Bytes(), "nested more than"},
		"long":     {short.b.Bytes(), "truncated"},
		"trailing": {[]byte{0, 0, 0, 0, 1}, "follow its end"},
	} {
		_, err := NewFile("x.t7", bytes.NewReader(c.data), int64(len(c.data)))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.t7") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzFile(f *testing.F) {
	w := &writer{long: 8}
	w.tensor(1, []int64{2, 3}, []int64{1, 2}, 1, 2, []float32{1, 2, 3, 4, 5, 6})
	f.Add(w.b.Bytes())
	f.Add([]byte("\x06\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00xx\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := NewFile("x.t7", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if tensor, ok := file.Root.(*Tensor); ok {
			_, _ = file.Floats(tensor)
		}
	})
}
