package safetensors

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/file/tensors"
)

// FuzzReader: whatever the bytes, the reader errs or gives tensors that can be
// written and read back as they were. The seeds are golden files and the
// damaged ones of testdata/fuzz/FuzzReader.
func FuzzReader(f *testing.F) {
	reference, err := os.ReadFile("testdata/reference.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(golden))
	f.Add(reference)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := NewReader("fuzz", bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		first := &File{Metadata: r.Metadata()}
		for _, name := range r.Names() {
			shape, data, err := r.Tensor(name)
			if err != nil {
				if tensors.Check(r.Type(name)) == nil {
					t.Fatal(err)
				}
				continue
			}
			first.Tensors = append(first.Tensors, Tensor{name, shape, data})
		}
		path := filepath.Join(t.TempDir(), "again.safetensors")
		if err := Write(path, first.Metadata, first.Tensors); err != nil {
			t.Fatal(err)
		}
		second, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compareFiles(first, second); diff != "" {
			t.Fatal(diff)
		}
	})
}
