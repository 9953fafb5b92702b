package stored_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/reference"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

func config() stored.Config {
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 2, 2, 1
	return stored.Config{Network: c, Images: stored.Images{Range: stored.Range, Direction: "BtoA", LoadSize: 36, InputFilter: "nearest", TargetFilter: "bilinear"}}
}

func tensors(t *testing.T, c stored.Config) ([]safetensors.Tensor, nn.Parameters) {
	t.Helper()
	n, err := pix2pix.Inference(c.Network, 1, c.Network.ImageSize, c.Network.ImageSize, pix2pix.InferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var list []safetensors.Tensor
	for _, p := range n.Parameters {
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Initialise(7)})
	}
	return list, n.Parameters
}

func write(t *testing.T, path string, step int) []safetensors.Tensor {
	t.Helper()
	list, _ := tensors(t, config())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := stored.Write(path, stored.KindModel, config(), stored.Training{Step: step}, list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestARunFolderStandsForItsBestModelThenForItsLatestCheckpoint(t *testing.T) {
	t.Parallel()
	run := t.TempDir()
	if _, err := stored.Open(run); err == nil || hint(err) == "" {
		t.Fatalf("an empty folder: %v", err)
	}
	write(t, stored.StepPath(filepath.Join(run, stored.CheckpointsFolder), 3), 3)
	write(t, stored.StepPath(filepath.Join(run, stored.CheckpointsFolder), 12), 12)
	open := func(path string) *stored.Model {
		m, err := stored.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return m
	}
	if m := open(run); m.Training.Step != 12 {
		t.Errorf("got step %d", m.Training.Step)
	}
	if m := open(filepath.Join(run, stored.CheckpointsFolder, "step-00000003.safetensors")); m.Training.Step != 3 {
		t.Errorf("a file stands for itself, got step %d", m.Training.Step)
	}
	list := write(t, filepath.Join(run, stored.BestFile), 7)
	m := open(run)
	if m.Training.Step != 12 {
		t.Errorf("the best model stood for the run: got step %d", m.Training.Step)
	}
	if err := os.RemoveAll(filepath.Join(run, stored.CheckpointsFolder)); err != nil {
		t.Fatal(err)
	}
	m = open(run)
	if m.Training.Step != 7 || !reflect.DeepEqual(m.Config, config()) || len(m.Names()) != len(list) {
		t.Errorf("got step %d, %+v, %d tensors", m.Training.Step, m.Config, len(m.Names()))
	}
}

func TestStorePutsEditedWeightsOnADevice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	list := write(t, path, 1)
	m, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, parameters := tensors(t, config())
	d := reference.New()
	err = m.Store(d, parameters, func(name string, value []float32) {
		if name == list[0].Name {
			clear(value)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, first, _ := d.Parameter(list[0].Name)
	_, second, _ := d.Parameter(list[1].Name)
	if first[0] != 0 || second[0] != list[1].Data[0] {
		t.Errorf("got %v and %v", first[0], second[0])
	}
}

// The weights of a mapped model lie in the file's memory on a device that can
// compute on them there: edited and updated ones do not reach the file.
func TestMappedModelLeavesItsFileAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	list := write(t, path, 1)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stored.OpenMapped(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, parameters := tensors(t, config())
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := m.Store(d, parameters, func(name string, value []float32) { value[0]++ }); err != nil {
		t.Fatal(err)
	}
	for _, tensor := range list {
		if _, ok := parameters.Find(tensor.Name); !ok {
			continue
		}
		_, value, err := d.Parameter(tensor.Name)
		if err != nil || value[0] != tensor.Data[0]+1 || len(value) > 1 && value[1] != tensor.Data[1] {
			t.Errorf("%s: %v, %v", tensor.Name, value[:1], err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed, %v", err)
	}
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(c *stored.Config, list []safetensors.Tensor) []safetensors.Tensor
		want  string
	}{
		"missing weight": {func(_ *stored.Config, l []safetensors.Tensor) []safetensors.Tensor { return l[1:] }, "is missing"},
		"other width":    {func(c *stored.Config, l []safetensors.Tensor) []safetensors.Tensor { c.Network.Width = 3; return l }, "has shape"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "m.safetensors")
			c := config()
			list, _ := tensors(t, c)
			list = test.spoil(&c, list)
			if err := stored.Write(path, stored.KindModel, c, stored.Training{}, list); err != nil {
				t.Fatal(err)
			}
			if _, err := stored.Open(path); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWeightsThatAreNotFiniteAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	list, parameters := tensors(t, config())
	list[0].Data[1] = float32(math.NaN())
	if err := stored.Write(path, stored.KindModel, config(), stored.Training{}, list); err != nil {
		t.Fatal(err)
	}
	m, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Store(reference.New(), parameters, nil); err == nil || !strings.Contains(err.Error(), list[0].Name) {
		t.Errorf("got %v", err)
	}
}

func hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
