package zoo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

// zooFolder has real models of other programs, which are not kept here.
const zooFolder = "../../../../shared/data/zoo"

// Real generators of TensorFlow.js make of a real sketch what a program of NumPy
// alone makes of it (testdata/real/tfjs.py).
func TestRealTensorFlowJS(t *testing.T) {
	t.Parallel()
	sketch, _, err := imgio.Read(filepath.Join(zooFolder, "tfjs", "cat.png"), imgio.ReadOptions{})
	if err != nil {
		t.Skip("real models are not at " + zooFolder)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "real", "cats.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	input := make([]float32, len(sketch.Pix))
	imgio.ToModel(input, sketch)
	for name, values := range want {
		m, err := Import(filepath.Join(zooFolder, "tfjs", name), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := run(t, m, 256, input)
		d := farthest(t, every(16, got, 256, 256, 3), values)
		t.Logf("%s, %s: off by %.2g", name, m.Network, d)
		if !near.Within(d, tolerance) {
			t.Errorf("%s: off by %g", name, d)
		}
	}
}
