package zoo

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// python runs a script of testdata with the Python that EASEL_TEST_PYTHON names,
// and decodes what it prints.
func python(t *testing.T, into any, script string, args ...string) {
	t.Helper()
	program := os.Getenv("EASEL_TEST_PYTHON")
	if program == "" {
		t.Skip("EASEL_TEST_PYTHON names no Python with PyTorch, ONNX and ONNX Runtime")
	}
	cmd := exec.Command(program, append([]string{script}, args...)...)
	cmd.Dir = "testdata"
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// The port's own networks load what is exported and make the same pictures.
func TestPyTorchLoads(t *testing.T) {
	t.Parallel()
	resnet := small()
	resnet.Generator, resnet.Blocks, resnet.Dropout = pix2pix.ResNet, 6, pix2pix.DropoutOff
	dropout := resnet
	dropout.Dropout = pix2pix.DropoutPyTorch
	for name, c := range map[string]struct {
		config pix2pix.Config
		args   []string
	}{
		"unet": {small(), []string{"unet", "5", "2", "batch"}}, "resnet": {resnet, []string{"resnet", "6", "2", "batch"}},
		"resnet with dropout": {dropout, []string{"resnet", "6", "2", "batch", "dropout"}},
	} {
		m := random(t, c.config)
		path := filepath.Join(t.TempDir(), "latest_net_G.pth")
		if _, err := PyTorch(m, path, ExportOptions{}); err != nil {
			t.Fatal(err)
		}
		var want []float64
		python(t, &want, "load.py", append([]string{path}, c.args...)...)
		got, _ := run(t, &Imported{Config: m.Config, Tensors: tensorsOf(t, m)}, 32, wave(32, 32, 3))
		if d := farthest(t, got, want); d > tolerance {
			t.Errorf("%s: off by %g", name, d)
		}
	}
}

// Networks of a style in ONNX paint the same, whatever their borders.
func TestStyleONNXRuns(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"style.pth", "johnson_instance.t7", "johnson_eccv16.t7", "lengstrom"} {
		t.Run(file, func(t *testing.T) {
			m, err := Import(filepath.Join("testdata", file), ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			saved := filepath.Join(t.TempDir(), "s.safetensors")
			if err := m.Write(saved); err != nil {
				t.Fatal(err)
			}
			style, err := stored.OpenStyle(saved)
			if err != nil {
				t.Fatal(err)
			}
			defer style.Close()
			path := filepath.Join(t.TempDir(), "s.onnx")
			if err := StyleONNX(style, path, ExportOptions{}); err != nil {
				t.Fatal(err)
			}
			var out struct{ Pictures [][]float64 }
			python(t, &out, "onnxrun.py", path, "0", "48", "64")
			for i, size := range []int{48, 64} {
				if d := farthest(t, painted(t, m, size, size, wave(size, size, 3)), out.Pictures[i]); d > tolerance {
					t.Errorf("%d×%d: off by %g", size, size, d)
				}
			}
		})
	}
}

// ONNX's checker passes what is exported, and ONNX Runtime makes of it what easel
// does, at two sizes and in a batch: with the same noise, and with what float16 or 8
// bits leave of the weights, which easel reads back from the file.
func TestONNXRuns(t *testing.T) {
	t.Parallel()
	const seed = 7<<33 + 5
	for name, c := range exportable() {
		m := random(t, c)
		for _, o := range []ExportOptions{{}, {Half: true}, {Int8: true}, {Noise: true}} {
			path := filepath.Join(t.TempDir(), "m.onnx")
			if err := ONNX(m, path, o); err != nil {
				t.Fatal(err)
			}
			var out struct {
				Pictures [][]float64
				Metadata map[string]string
			}
			python(t, &out, "onnxrun.py", path, fmt.Sprint(seed), "32", "64")
			back, err := Import(path, ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var key []float32
			if o.Noise {
				packed := graph.Key(seed, 0)
				key = packed[:]
			}
			for i, size := range []int{32, 64} {
				got, _ := runWith(t, back, size, wave(size, size, c.InputChannels), key)
				if d := farthest(t, got, out.Pictures[i]); d > tolerance {
					t.Errorf("%s, %d×%d, %+v: off by %g", name, size, size, o, d)
				}
			}
			if out.Metadata["easel.multiple"] == "" || out.Metadata["easel.sha256"] == "" {
				t.Errorf("metadata %v", out.Metadata)
			}
		}
	}
}
