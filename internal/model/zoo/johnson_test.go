package zoo

import (
	"path/filepath"
	"testing"

	"easel/internal/base/near"
	"easel/internal/data/metric"
	"easel/internal/engine/cpu"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
)

// painted is what an imported style makes of a picture, from a file.
func painted(t *testing.T, m *Imported, height, width int, input []float32) []float32 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "style.safetensors")
	if err := m.Write(path); err != nil {
		t.Fatal(err)
	}
	style, err := stored.OpenStyle(path)
	if err != nil {
		t.Fatal(err)
	}
	defer style.Close()
	const strength = 0.5 // of the case of AdaIN
	network, err := feedforward.Inference(style.Network, 1, height, width, strength)
	if err != nil {
		t.Fatal(err)
	}
	d, err := cpu.New(cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := style.Store(d, network.Parameters, nil); err != nil {
		t.Fatal(err)
	}
	var mean, deviation []float32
	if style.Network.Any() {
		mean, deviation = measured(t, d, style)
	}
	program, err := d.Compile(network.Graph)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	copy(program.Input("a"), input)
	if style.Network.Any() {
		copy(program.Input("mean"), mean)
		copy(program.Input("deviation"), deviation)
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	return append([]float32{}, program.Output("fake")...)
}

// measured are the moments of a style of 27×35 pixels: odd sides, as pools of
// their own see them.
func measured(t *testing.T, d *cpu.Device, style *stored.Style) (mean, deviation []float32) {
	t.Helper()
	encoder, err := feedforward.Encoder(style.Network, 27, 35)
	if err != nil {
		t.Fatal(err)
	}
	if err := style.Store(d, encoder.Parameters, nil); err != nil {
		t.Fatal(err)
	}
	program, err := d.Compile(encoder.Graph)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	copy(program.Input("a"), wave(27, 35, 3))
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	return feedforward.Moments(program.Output("features"), 8*style.Network.Width)
}

func modelled(p *imgio.Picture) []float32 {
	input := make([]float32, len(p.Pix))
	imgio.ToModel(input, p)
	return input
}

func readZoo(t *testing.T, name string) *imgio.Picture {
	t.Helper()
	p, _, err := imgio.Read(filepath.Join(zooFolder, "johnson", name), imgio.ReadOptions{})
	if err != nil {
		t.Skip("real models are not at " + zooFolder)
	}
	return p
}

// The published pictures of published models come out, but for what JPEG has cost them:
// 25.6 and 30.3 dB, where JPEG alone costs 27.4 and 30.8.
func TestRealStyle(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole picture of 1080×1080 is painted")
	}
	t.Parallel()
	amber := readZoo(t, "amber.jpg")
	for file, least := range map[string]float64{"mosaic_nc8": 25.5, "candy_nc8": 30.2} {
		m, err := Import(filepath.Join(zooFolder, "johnson", file+".model"), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out := painted(t, m, amber.Height, amber.Width, modelled(amber))
		want := readZoo(t, "amber-"+file+".jpg")
		got := imgio.FromModel(out, amber.Width, amber.Height, 3, 8)
		psnr := metric.PSNR(got.Pix, want.Pix, 1)
		t.Logf("%s: %.1f dB", file, psnr)
		if psnr < least {
			t.Errorf("%s: %.2f dB to its published picture, want %g", file, psnr, least)
		}
	}
}

// A model and what its authors made of it in ONNX are the same network.
func TestRealStyleInONNX(t *testing.T) {
	t.Parallel()
	amber := readZoo(t, "amber.jpg")
	amber = imgio.Crop(amber, 400, 400, 256, 256)
	var pictures [2][]float32
	for i, file := range []string{"mosaic_nc8.model", "mosaic_nc8_256x256.onnx"} {
		m, err := Import(filepath.Join(zooFolder, "johnson", file), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		pictures[i] = painted(t, m, amber.Height, amber.Width, modelled(amber))
	}
	want := make([]float64, len(pictures[0]))
	for i, v := range pictures[0] {
		want[i] = float64(v)
	}
	if d := farthest(t, pictures[1], want); !near.Within(d, 4e-3/127.5) {
		t.Errorf("off by %g of 255", 127.5*d)
	}
}
