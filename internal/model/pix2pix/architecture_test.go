package pix2pix

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// The names are those of stored models: they cannot change.
func TestNames(t *testing.T) {
	t.Parallel()
	got := step(t, tiny(), 1, 32, StepOptions{}).Parameters.Trainable().Names()
	want := strings.Fields(`
		generator/encoder1/kernel
		generator/encoder2/kernel generator/encoder2/norm/scale generator/encoder2/norm/shift
		generator/encoder3/kernel generator/encoder3/norm/scale generator/encoder3/norm/shift
		generator/encoder4/kernel generator/encoder4/norm/scale generator/encoder4/norm/shift
		generator/encoder5/kernel
		generator/decoder1/kernel generator/decoder1/norm/scale generator/decoder1/norm/shift
		generator/decoder2/kernel generator/decoder2/norm/scale generator/decoder2/norm/shift
		generator/decoder3/kernel generator/decoder3/norm/scale generator/decoder3/norm/shift
		generator/decoder4/kernel generator/decoder4/norm/scale generator/decoder4/norm/shift
		generator/decoder5/kernel generator/decoder5/bias
		discriminator/layer1/kernel discriminator/layer1/bias
		discriminator/layer2/kernel discriminator/layer2/norm/scale discriminator/layer2/norm/shift
		discriminator/layer3/kernel discriminator/layer3/bias`)
	if !slices.Equal(got, want) {
		t.Errorf("parameters are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWithoutNormsEveryConvolutionHasBias(t *testing.T) {
	t.Parallel()
	for _, kind := range []DiscriminatorKind{Patch, Pixel} {
		ps := step(t, tiny(func(c *Config) { c.Norm, c.Discriminator = NormNone, kind }), 1, 32, StepOptions{}).Parameters.Trainable()
		for _, name := range ps.Names() {
			if layer, ok := strings.CutSuffix(name, "/kernel"); ok {
				if _, ok := ps.Find(layer + "/bias"); !ok {
					t.Errorf("%s discriminator: %s has no bias", kind, layer)
				}
			}
			if strings.Contains(name, "norm") {
				t.Errorf("there is %s", name)
			}
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	ps := step(t, tiny(), 1, 32, StepOptions{}).Parameters
	for _, p := range ps.Trainable() {
		for _, moment := range []string{"/adam/m", "/adam/v"} {
			m, ok := ps.Find(p.Name + moment)
			if !ok || !m.Shape.Equal(p.Shape) || m.Trainable {
				t.Errorf("%s%s is %v", p.Name, moment, m)
			}
		}
	}
	if len(ps) != 3*len(ps.Trainable()) {
		t.Errorf("%d parameters for %d weights", len(ps), len(ps.Trainable()))
	}
}

func outputShape(g *graph.Graph, name string) graph.Shape {
	for _, o := range g.Outputs() {
		if o.Name == name {
			return o.Node.Shape()
		}
	}
	return nil
}

func TestDiscriminatorMaps(t *testing.T) {
	t.Parallel()
	for layers, want := range []int{256, 126, 62, 30, 14, 6, 2} {
		c := with(func(c *Config) {
			c.Width, c.DiscriminatorWidth, c.PatchLayers = 1, 1, max(layers, 1)
			if layers == 0 {
				c.Discriminator = Pixel
			}
		})
		s := step(t, c, 1, 256, StepOptions{Gradients: true})
		if got := outputShape(s.Graph, "logits/real"); !got.Equal(graph.Shape{1, want, want, 1}) {
			t.Errorf("%d layers: map %v, want %d×%d", layers, got, want, want)
		}
	}
}

// TestReceptiveFields changes single pixels: those at the corners of the field
// of one logit change it, those just outside do not.
func TestReceptiveFields(t *testing.T) {
	t.Parallel()
	for layers, want := range []int{1, 16, 34, 70, 142, 286, 574} {
		t.Run(fmt.Sprint(layers), func(t *testing.T) {
			t.Parallel()
			if got := ReceptiveField(layers); got != want {
				t.Fatalf("receptive field of %d layers is %d, want %d", layers, got, want)
			}
			perturb(t, layers, want)
		})
	}
}

func perturb(t *testing.T, layers, field int) {
	c := tiny(func(c *Config) {
		c.DiscriminatorWidth, c.OutputChannels, c.Norm, c.Objective, c.PatchLayers = 1, 1, NormNone, GAN.Alone(), max(layers, 1)
		if layers == 0 {
			c.Discriminator = Pixel
		}
	})
	stride := 1 << layers
	size := (field/stride + 3) * stride
	g := graph.New()
	scope := nn.NewScope(g)
	g.Output("map", Discriminator(scope.Sub("discriminator"), c, nil, g.Input("b", 1, size, size, 1), Mode{}))
	params := initial(scope.Parameters(), 3)
	for name, value := range params { // far from 0, so that no path vanishes
		for i := range value {
			params[name][i] = 50 * (value[i] + 0.001)
		}
	}
	edge := outputShape(g, "map")[1]
	at := edge / 2
	// One stride-2 layer of padding 1 after the other, then two at stride 1.
	start := at
	for i := len(c.discriminator()) - 1; i >= 0; i-- {
		layer := c.discriminator()[i]
		start = start*layer.stride - layer.padding
	}
	picture := uniform(size*size, 5)
	logit := func(row, column int) float64 {
		changed := slices.Clone(picture)
		if row >= 0 {
			changed[row*size+column] += 1
		}
		return run(t, g, values{"b": changed}, params).Output("map")[at*edge+at]
	}
	base, end := logit(-1, 0), start+field
	if start < 1 || end >= size {
		t.Fatalf("field %d…%d is not inside the picture of %d", start, end, size)
	}
	for _, p := range []struct {
		row, column int
		inside      bool
	}{
		{start, start, true}, {end - 1, end - 1, true},
		{start - 1, start, false}, {start, start - 1, false}, {end, end - 1, false}, {end - 1, end, false},
	} {
		if got := logit(p.row, p.column) != base; got != p.inside {
			t.Errorf("pixel %d, %d of field %d…%d changes the logit: %v", p.row, p.column, start, end-1, got)
		}
	}
}

func TestDropoutPlacement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		placement DropoutPlacement
		size      int
		want      []string
	}{
		{DropoutPaper, 256, []string{"mask/decoder1", "mask/decoder2", "mask/decoder3"}},
		{DropoutPyTorch, 256, []string{"mask/decoder2", "mask/decoder3", "mask/decoder4"}},
		{DropoutPyTorch, 128, []string{"mask/decoder2", "mask/decoder3"}},
		{DropoutPaper, 32, []string{"mask/decoder1", "mask/decoder2", "mask/decoder3"}},
		{DropoutOff, 256, nil},
	} {
		s := step(t, with(func(d *Config) { d.Dropout, d.ImageSize, d.Width = c.placement, c.size, 1 }), 1, c.size, StepOptions{GivenMasks: true})
		var got []string
		for _, n := range s.Graph.Nodes() {
			if op, ok := n.Op().(graph.Input); ok && strings.HasPrefix(op.Label, "mask/") {
				got = append(got, op.Label)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("dropout %s at %d: %v, want %v", c.placement, c.size, got, c.want)
		}
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	for _, kind := range []GeneratorKind{UNet, EncoderDecoder} {
		c := tiny(func(c *Config) { c.Generator, c.InputChannels, c.OutputChannels, c.NoiseChannels = kind, 1, 2, 3 })
		s := step(t, c, 2, 32, StepOptions{})
		if got := outputShape(s.Graph, "fake"); !got.Equal(graph.Shape{2, 32, 32, 2}) {
			t.Errorf("%s makes %v", kind, got)
		}
		kernel, _ := s.Parameters.Find("generator/encoder1/kernel")
		judge, _ := s.Parameters.Find("discriminator/layer1/kernel")
		if kernel.Shape[2] != 4 || judge.Shape[2] != 3 {
			t.Errorf("%s: kernels %v and %v", kind, kernel.Shape, judge.Shape)
		}
	}
}
