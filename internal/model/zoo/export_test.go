package zoo

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/hint"
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
	for _, file := range []string{"unet_batch.pth", "unet_batch_old.pth", "unet_instance.pth", "unet_none.pth", "resnet_6.pth", "resnet_9_dropout.pth", "hd_global.pth", "hd_local.pth", "hd_local_labels.pth", "unet_training.onnx", "unet_instance.onnx", "unet.t7"} {
		models[file] = openImported(t, file, ImportOptions{})
	}
	models["folded"] = openImported(t, "unet_eval.onnx", ImportOptions{})
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
		"after it":           func(c *pix2pix.Config) { c.ActivatedSkips = true },
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

// exportable are networks with everything that an ONNX file can have.
func exportable() map[string]pix2pix.Config {
	resnet, resize, given, bottleneck, classes, z := small(), small(), small(), small(), small(), small()
	resnet.Generator, resnet.Blocks = pix2pix.ResNet, 3
	resize.Upsample = pix2pix.Resize
	resize.Norm = pix2pix.NormNone
	given.NormStatistics = pix2pix.StoredStatistics
	bottleneck.BottleneckNorm, bottleneck.EdgeBiases = true, true
	classes.Objective = pix2pix.ClassEntropy.Alone()
	z.NoiseChannels, z.Dropout = 2, pix2pix.DropoutOff
	encoder, local, skips := small(), small(), small()
	encoder.Generator = pix2pix.EncoderDecoder
	local.Generator, local.Blocks, local.EnhancerBlocks = pix2pix.ResNet, 2, 2
	local.InputChannels, local.Classes, local.ClassEdges = 2, 5, true
	skips.Upsample, skips.PictureUpsample, skips.ActivatedSkips = pix2pix.Nearest, pix2pix.Resize, true
	return map[string]pix2pix.Config{
		"unet": small(), "encoder-decoder": encoder, "resnet": resnet, "resize": resize, "stored": given, "bottleneck": bottleneck, "classes": classes, "z": z,
		"local": local, "skips": skips,
	}
}

// What easel wrote as ONNX it reads again: the same bits, or what float16 and 8 bits
// leave of them. Taps that training never reached are not in the file.
func TestONNXRoundTrip(t *testing.T) {
	t.Parallel()
	for name, c := range exportable() {
		m := random(t, c)
		for _, o := range []ExportOptions{{}, {Noise: true}, {Half: true}, {Int8: true}} {
			path := filepath.Join(t.TempDir(), "m.onnx")
			if err := ONNX(m, path, o); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			back, err := Import(path, ImportOptions{})
			if err != nil {
				t.Fatalf("%s %+v: %v", name, o, err)
			}
			if !cmp.Equal(back.Config, m.Config) {
				t.Errorf("%s: %s", name, cmp.Diff(m.Config, back.Config))
			}
			if len(back.Tensors) != len(m.Names()) {
				t.Errorf("%s: %d tensors came back of %d", name, len(back.Tensors), len(m.Names()))
			}
			for i, want := range reached(c, tensorsOf(t, m)) {
				if got := find(back.Tensors, want.Name); !close(got, want, o) {
					t.Errorf("%s %+v: %s (%d) is not what it was", name, o, want.Name, i)
				}
			}
		}
	}
}

// reached are weights without those that training never reached.
func reached(c pix2pix.Config, list []safetensors.Tensor) []safetensors.Tensor {
	for _, u := range pix2pix.UntouchedTaps(c) {
		u.Zero(find(list, u.Parameter).Data)
	}
	return list
}

func find(list []safetensors.Tensor, name string) safetensors.Tensor {
	i := slices.IndexFunc(list, func(t safetensors.Tensor) bool { return t.Name == name })
	if i < 0 {
		return safetensors.Tensor{}
	}
	return list[i]
}

// close reports whether weights are as exact as the options make them.
func close(got, want safetensors.Tensor, o ExportOptions) bool {
	if len(got.Data) != len(want.Data) {
		return false
	}
	largest := float64(slices.Max(want.Data))
	largest = max(largest, -float64(slices.Min(want.Data)))
	for i, v := range want.Data {
		limit := 0.0
		switch {
		case o.Half:
			limit = math.Abs(float64(v))/2048 + 1e-7
		case o.Int8 && len(want.Shape) == 4:
			limit = largest / 254 * 1.001
		}
		if math.Abs(float64(got.Data[i]-v)) > limit {
			return false
		}
	}
	return true
}

// A description that is not one of easel's, or not of these weights, is refused.
func TestONNXRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.onnx")
	e, err := ToONNX(random(t, small()), ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	right := e.Model.Metadata[0].Value
	for text, want := range map[string]string{
		"{": "cannot be used", `{"later": 1}`: "cannot be used", `{"images": {}}`: "cannot be used",
		strings.Replace(right, `"width":2`, `"width":4`, 1): "it has",
	} {
		e.Model.Metadata[0].Value = text
		if err := onnx.Write(path, e.Model); err != nil {
			t.Fatal(err)
		}
		if _, err := Import(path, ImportOptions{}); err == nil || !strings.Contains(err.Error()+hint.On(err), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
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

// Styles come back from ONNX with the same bits.
func TestStyleONNXRoundTrip(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"style.pth", "johnson_instance.t7", "johnson_eccv16.t7", "lengstrom"} {
		m, err := Import(filepath.Join("testdata", file), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		saved, path := filepath.Join(t.TempDir(), "s.safetensors"), filepath.Join(t.TempDir(), "s.onnx")
		if err := m.Write(saved); err != nil {
			t.Fatal(err)
		}
		style, err := stored.OpenStyle(saved)
		if err != nil {
			t.Fatal(err)
		}
		defer style.Close()
		if err := StyleONNX(style, path, ExportOptions{}); err != nil {
			t.Fatal(err)
		}
		back, err := Import(path, ImportOptions{})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !cmp.Equal(back.Style, m.Style) || len(back.Tensors) != len(m.Tensors) {
			t.Errorf("%s: %d tensors of %d, %s", file, len(back.Tensors), len(m.Tensors), cmp.Diff(m.Style, back.Style))
		}
		for _, want := range m.Tensors {
			if got := find(back.Tensors, want.Name); !slices.Equal(got.Data, want.Data) {
				t.Errorf("%s: %s is not what it was", file, want.Name)
			}
		}
	}
}
