package zoo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
)

// The port's discriminators judge pairs as PyTorch says they do, the input first.
func TestDiscriminators(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "discriminator", "maps.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		File string
		Map  []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		generator := "unet_batch.pth"
		if strings.HasPrefix(c.File, "none") {
			generator = "unet_none.pth"
		}
		m, err := Import(filepath.Join("testdata", generator), ImportOptions{Discriminator: filepath.Join("testdata", "discriminator", c.File)})
		if err != nil {
			t.Fatal(err)
		}
		if d := farthest(t, judged(t, m, 64), c.Map); d > tolerance {
			t.Errorf("%s: off by %g", c.File, d)
		}
	}
	_, err = Import(filepath.Join("testdata", "unet_none.pth"), ImportOptions{Discriminator: filepath.Join("testdata", "discriminator", "batch_net_D.pth")})
	if err == nil || !strings.Contains(err.Error(), "not trained together") {
		t.Errorf("a discriminator with norms beside a generator without: %v", err)
	}
	_, err = Import(filepath.Join("testdata", "unet_none.pth"), ImportOptions{Discriminator: filepath.Join("testdata", "unet_none.pth")})
	if err == nil || !strings.Contains(err.Error(), "not a patch discriminator") {
		t.Errorf("a generator for a discriminator: %v", err)
	}
}

// judged is the imported discriminator's map for the wave and the wave mirrored.
func judged(t *testing.T, m *Imported, size int) []float32 {
	t.Helper()
	model := reopened(t, m)
	var parameters nn.Parameters
	g, err := graph.Build(func(g *graph.Graph) {
		s := nn.NewScope(g)
		a, b := g.Input("a", 1, size, size, 3), g.Input("b", 1, size, size, 3)
		g.Output("map", pix2pix.Discriminator(s.Sub("discriminator"), model.Config.Network, a, b, pix2pix.Mode{Statistics: graph.PerPicture}))
		parameters = s.Parameters()
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := model.Store(d, parameters, nil); err != nil {
		t.Fatal(err)
	}
	program, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	a, b := wave(size, size, 3), program.Input("b")
	copy(program.Input("a"), a)
	for y := range size {
		for x := range size {
			copy(b[(y*size+x)*3:][:3], a[(y*size+size-1-x)*3:][:3])
		}
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	return append([]float32{}, program.Output("map")...)
}
