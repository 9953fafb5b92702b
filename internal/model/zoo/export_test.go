package zoo

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/data/palette"
	"easel/internal/file/onnx"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// openImported writes a file of testdata as easel's and opens it.
func openImported(t *testing.T, file string, o ImportOptions) *stored.Model {
	t.Helper()
	m, err := Import(filepath.Join("testdata", file), o)
	if err != nil {
		t.Fatal(err)
	}
	return reopened(t, m)
}

func reopened(t *testing.T, m *Imported) *stored.Model {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Write(path); err != nil {
		t.Fatal(err)
	}
	model, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = model.Close() })
	return model
}

// random is a model of a configuration with weights of a seed.
func random(t *testing.T, c pix2pix.Config) *stored.Model {
	t.Helper()
	network, err := pix2pix.Inference(c, 1, c.ImageSize, c.ImageSize, pix2pix.InferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := &Imported{Config: stored.Config{Network: c, Images: stored.Images{Range: stored.Range, Direction: "AtoB"}}}
	if c.Classifies() {
		m.Config.Labels = &palette.Labels{Classes: make([]palette.Class, c.OutputChannels)}
	}
	for _, p := range network.Parameters {
		data := p.Initialise(5)
		if strings.HasSuffix(p.Name, "/norm/variance") {
			for i := range data {
				data[i] = 0.5 + 0.1*float32(i)
			}
		}
		m.Tensors = append(m.Tensors, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: data})
	}
	return reopened(t, m)
}

func small() pix2pix.Config {
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 2, 2, 1
	return c
}

// What is exported and imported again has the same bits.
func TestPyTorchRoundTrip(t *testing.T) {
	t.Parallel()
	resnet := small()
	resnet.Generator, resnet.Blocks = pix2pix.ResNet, 2
	models := map[string]*stored.Model{"trained U-Net": random(t, small()), "trained ResNet": random(t, resnet)}
	for _, file := range []string{"unet_batch.pth", "unet_batch_old.pth", "unet_instance.pth", "unet_none.pth", "resnet_6.pth", "resnet_9_dropout.pth", "hd_global.pth", "unet.t7"} {
		models[file] = openImported(t, file, ImportOptions{})
	}
	models["stored statistics"] = openImported(t, "unet_batch.pth", ImportOptions{NormStatistics: pix2pix.StoredStatistics})
	for name, m := range models {
		path := filepath.Join(t.TempDir(), "latest_net_G.pth")
		_, err := PyTorch(m, path, ExportOptions{})
		if name == "unet.t7" {
			if err == nil || !strings.Contains(err.Error(), "no biases with batch norms") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := Import(path, ImportOptions{NormStatistics: m.Config.Network.NormStatistics, Dropout: m.Config.Network.Dropout})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, tensor := range back.Tensors {
			_, want, err := m.Tensor(tensor.Name)
			if err != nil || !slices.Equal(tensor.Data, want) {
				t.Errorf("%s: %s is not what it was: %v", name, tensor.Name, err)
			}
		}
		if n := len(m.Names()); len(back.Tensors) != n {
			t.Errorf("%s: %d tensors came back of %d", name, len(back.Tensors), n)
		}
	}
}

// What the port has no place for is refused, and nothing is left.
func TestPyTorchRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*pix2pix.Config){
		"no encoder-decoder": func(c *pix2pix.Config) { c.Generator = pix2pix.EncoderDecoder },
		"resizes its maps":   func(c *pix2pix.Config) { c.Upsample = pix2pix.Resize },
		"at the bottleneck":  func(c *pix2pix.Config) { c.BottleneckNorm = true },
		"channels of noise":  func(c *pix2pix.Config) { c.NoiseChannels = 1 },
	} {
		c := small()
		change(&c)
		path := filepath.Join(t.TempDir(), "x.pth")
		if _, err := PyTorch(random(t, c), path, ExportOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file is left", want)
		}
	}
}

// tensorsOf are a model's.
func tensorsOf(t *testing.T, m *stored.Model) []safetensors.Tensor {
	t.Helper()
	var list []safetensors.Tensor
	for _, name := range m.Names() {
		shape, data, err := m.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, safetensors.Tensor{Name: name, Shape: shape, Data: data})
	}
	return list
}

// An ONNX file has every weight once, sides by name, the norms of the picture, and
// says what it was made of.
func TestONNX(t *testing.T) {
	t.Parallel()
	m := random(t, small())
	sizes := map[bool]int64{}
	for _, half := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "m.onnx")
		if err := ONNX(m, path, ExportOptions{Half: half}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes[half] = info.Size()
		model, err := onnx.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		g, ops := model.Graph, map[string]int{}
		for _, n := range g.Nodes {
			ops[n.Op]++
		}
		if ops["Conv"] != 5 || ops["ConvTranspose"] != 5 || ops["InstanceNormalization"] != 7 || ops["Concat"] != 4 || ops["Tanh"] != 1 {
			t.Errorf("operations %v", ops)
		}
		if len(g.Initializers) != len(m.Names()) {
			t.Errorf("%d initialisers of %d weights", len(g.Initializers), len(m.Names()))
		}
		if in := g.Inputs[0]; len(g.Inputs) != 1 || in.Dims[2].Name != "height" || in.Dims[1].Size != 3 {
			t.Errorf("inputs %v", g.Inputs)
		}
		if model.Opset != 17 || model.IRVersion != 8 || model.Metadata[0].Key != "easel.config" {
			t.Errorf("opset %d, IR %d, %v", model.Opset, model.IRVersion, model.Metadata)
		}
	}
	if sizes[true] > sizes[false]*2/3 {
		t.Errorf("%d bytes with float16 of %d", sizes[true], sizes[false])
	}
}

// Half precision is half the size, and off by half a unit of its last place.
func TestHalf(t *testing.T) {
	t.Parallel()
	m := random(t, small())
	path := filepath.Join(t.TempDir(), "half.safetensors")
	if err := Model(m, path, ExportOptions{Half: true}); err != nil {
		t.Fatal(err)
	}
	half, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	for _, tensor := range tensorsOf(t, half) {
		_, want, err := m.Tensor(tensor.Name)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range tensor.Data {
			if d := math.Abs(float64(v - want[i])); d > math.Abs(float64(want[i]))/2048+1e-7 {
				t.Fatalf("%s: %v became %v", tensor.Name, want[i], v)
			}
		}
	}
}
