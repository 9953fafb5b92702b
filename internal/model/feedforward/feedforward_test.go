package feedforward

import (
	"math"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/device"
	"easel/internal/engine/reference"
)

// variants are a small network with each of the options.
func variants() map[string]Config {
	plain := Config{Width: 2, Blocks: 2}
	with := func(change func(c *Config)) Config {
		c := plain
		change(&c)
		return c
	}
	return map[string]Config{
		"plain":         plain,
		"zeros":         with(func(c *Config) { c.Border = Zeros }),
		"mirrored once": with(func(c *Config) { c.Border = MirroredOnce }),
		"strided":       with(func(c *Config) { c.Strided = true }),
		"means":         with(func(c *Config) { c.InputMean, c.OutputMean = Colour{120, 110, 100}, Colour{30, 20, 10} }),
		"tanh":          with(func(c *Config) { c.Tanh = 150 }),
		"picture norm":  with(func(c *Config) { c.PictureNorm = true }),
		"epsilon":       with(func(c *Config) { c.NormEpsilon = 0.5 }),
		"stored":        with(func(c *Config) { c.StoredStatistics = true }),
	}
}

// Every option makes another picture, and every backend the same.
func TestOptionsOnEveryBackend(t *testing.T) {
	t.Parallel()
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
		seen := map[float32]string{}
		for name, c := range variants() {
			got := agreed(t, open(t), c)
			if other, ok := seen[got[100]]; ok {
				t.Errorf("%s paints what %s does", name, other)
			}
			seen[got[100]] = name
		}
	})
}

// agreed runs a network on a device and holds it against the reference.
func agreed(t *testing.T, d device.Device, c Config) []float32 {
	t.Helper()
	const side = 24
	n, err := Inference(c, 1, side, side, 1)
	if err != nil {
		t.Fatal(err)
	}
	parameters := map[string][]float64{}
	for _, p := range n.Parameters {
		value := p.Initialise(1)
		for i := range value {
			if strings.HasSuffix(p.Name, "/variance") {
				value[i] = 1e4 * float32(i+1)
			}
		}
		if err := d.SetParameter(p.Name, p.Shape, value); err != nil {
			t.Fatal(err)
		}
		parameters[p.Name] = doubles(value)
	}
	program, err := d.Compile(n.Graph)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	picture := program.Input("a")
	for i := range picture {
		picture[i] = float32(math.Sin(float64(i * i)))
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	want, err := reference.Run(n.Graph, map[string][]float64{"a": doubles(picture)}, parameters)
	if err != nil {
		t.Fatal(err)
	}
	got := append([]float32{}, program.Output("fake")...)
	for i, v := range want.Output("fake") {
		if !near.Within(math.Abs(v-float64(got[i])), 1e-4*max(1, math.Abs(v))) {
			t.Fatalf("%+v: at %d %g, and %g of the reference", c, i, got[i], v)
		}
	}
	return got
}

func doubles(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"the kind":       {Kind: "other", Width: 1, Blocks: 1},
		"a width of 0":   {Blocks: 1},
		"the border":     {Width: 1, Blocks: 1, Border: "torn"},
		"·tanh":          {Width: 1, Blocks: 1, Tanh: math.NaN()},
		"mean colours":   {Width: 1, Blocks: 1, InputMean: Colour{256}},
		"no options but": {Kind: AdaIN, Width: 1, Strided: true},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for name, c := range variants() {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A border that is added once is narrower than the smallest picture.
func TestSmallest(t *testing.T) {
	t.Parallel()
	c := Config{Width: 1, Blocks: 5, Border: MirroredOnce}
	if n := c.Smallest(); n != 44 {
		t.Fatalf("%d, want 44: 40 are mirrored", n)
	}
	if _, err := Inference(c, 1, 44, 44, 1); err != nil {
		t.Error(err)
	}
	if _, err := Inference(c, 1, 40, 44, 1); err == nil {
		t.Error("40 pixels mirror 40")
	}
}
