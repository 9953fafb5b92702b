package pytorch

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is read, in both precisions.
func TestWrite(t *testing.T) {
	t.Parallel()
	list := []Tensor{
		{"b.weight", []int{2, 3}, []float32{1, 2, 3, -4, 0.5, 1e-3}},
		{"a", []int{1}, []float32{math.MaxFloat32}}, {"scalar", nil, []float32{7}}, {"empty", []int{0, 2}, []float32{}},
	}
	path := filepath.Join(t.TempDir(), "x.pth")
	for _, half := range []bool{false, true} {
		if err := Write(path, list, WriteOptions{Half: half}); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range list {
			shape, got, err := f.Tensor(want.Name)
			if err != nil || len(shape) != len(want.Shape) || len(got) != len(want.Data) {
				t.Fatalf("half %v, %s: %v %v: %v", half, want.Name, shape, got, err)
			}
			if !half && !cmp.Equal(got, want.Data) {
				t.Errorf("%s is %v", want.Name, got)
			}
			for i := range got {
				if d := math.Abs(float64(got[i] - want.Data[i])); want.Name != "a" && d > 1e-3*math.Abs(float64(want.Data[i])) {
					t.Errorf("half %v, %s is %v", half, want.Name, got)
				}
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(path, []Tensor{{"a", []int{3}, []float32{1}}}, WriteOptions{}); err == nil {
		t.Error("a shape of other numbers passes")
	}
	if err := Write(path, append(list, list[0]), WriteOptions{}); err == nil {
		t.Error("a name twice passes")
	}
}
