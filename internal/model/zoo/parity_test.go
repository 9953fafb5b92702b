package zoo

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// tolerance of an output in [−1, 1].
const tolerance = 1e-4

// wave is the picture that testdata/pytorch.py makes too, [height, width, channels].
func wave(height, width, channels int) []float32 {
	var picture []float32
	for y := range height {
		for x := range width {
			for c := range channels {
				picture = append(picture, float32(math.Sin(0.37*float64(x)+0.61*float64(y)*float64(c+1)+float64(c))))
			}
		}
	}
	return picture
}

// labels is the picture of classes, and of instances, that testdata/pytorch.py makes too.
func labels(size, classes int, instances bool) []float32 {
	var picture []float32
	for y := range size {
		for x := range size {
			picture = append(picture, float32((x/5+y/7)%classes)/127.5-1)
			if instances {
				picture = append(picture, float32(26000+x/3+y/4)/32767.5-1)
			}
		}
	}
	return picture
}

// every takes some rows and columns of a picture.
func every(n int, picture []float32, height, width, channels int) []float32 {
	var some []float32
	for y := 0; y < height; y += n {
		for x := 0; x < width; x += n {
			some = append(some, picture[(y*width+x)*channels:][:channels]...)
		}
	}
	return some
}

// run is what an imported model makes of a picture, as it comes from a file.
func run(t *testing.T, m *Imported, size int, input []float32) ([]float32, pix2pix.Config) {
	t.Helper()
	return runWith(t, m, size, input, nil)
}

// runWith is run with the noise of a key, if there is one.
func runWith(t *testing.T, m *Imported, size int, input, key []float32) ([]float32, pix2pix.Config) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Write(path); err != nil {
		t.Fatal(err)
	}
	model, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	c := model.Config.Network
	network, err := pix2pix.Inference(c, 1, size, size, pix2pix.InferenceOptions{NoNoise: key == nil})
	if err != nil {
		t.Fatal(err)
	}
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := model.Store(d, network.Parameters, nil); err != nil {
		t.Fatal(err)
	}
	program, err := d.Compile(network.Graph)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	copy(program.Input("a"), input)
	if key != nil {
		copy(program.Input("key"), key)
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	return append([]float32{}, program.Output("fake")...), c
}

// farthest is the largest difference.
func farthest(t *testing.T, got []float32, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	most := 0.0
	for i, v := range got {
		most = max(most, math.Abs(float64(v)-want[i]))
	}
	return most
}

// Models of other programs' own making give what those programs make of them:
// every kind of norm, old and new names, all containers, half precision, stored
// statistics. A list of cases stands beside each script in testdata that made it.
func TestParity(t *testing.T) {
	t.Parallel()
	lists, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(lists) == 0 {
		t.Fatal("there are no cases")
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		var cases []parityCase
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.File, func(t *testing.T) {
				t.Parallel()
				c.check(t)
			})
		}
	}
}

// parityCase is a file and what its program makes of the wave, of every so many
// rows and columns.
type parityCase struct {
	File        string
	Size, Every int
	Picture     []float64
	Stored      []float64 // on stored statistics, where there are any
	Instances   bool      // the picture has numbers of instances too
}

func (c parityCase) check(t *testing.T) {
	for statistics, want := range map[pix2pix.NormStatistics][]float64{pix2pix.PictureStatistics: c.Picture, pix2pix.StoredStatistics: c.Stored} {
		if want == nil {
			continue
		}
		m, err := Import(filepath.Join("testdata", c.File), ImportOptions{NormStatistics: statistics, Instances: c.Instances})
		if err != nil {
			t.Fatal(err)
		}
		c.Picture = want
		d := c.off(t, m)
		t.Logf("%s, %s statistics: off by %.2g", m.Network, statistics, d)
		if !near.Within(d, tolerance) {
			t.Errorf("%s statistics: off by %g", statistics, d)
		}
	}
}

// off is how far a model's picture is from its program's.
func (c parityCase) off(t *testing.T, m *Imported) float64 {
	t.Helper()
	if m.Style != nil {
		got := painted(t, m, c.Size, c.Size, wave(c.Size, c.Size, 3))
		return farthest(t, every(c.Every, got, c.Size, c.Size, 3), c.Picture)
	}
	input := wave(c.Size, c.Size, m.Config.Network.InputChannels)
	if n := m.Config.Network.Classes; n > 0 {
		input = labels(c.Size, n, c.Instances)
	}
	got, config := run(t, m, c.Size, input)
	return farthest(t, every(c.Every, got, c.Size, c.Size, config.OutputChannels), c.Picture)
}
