package pix2pix

import (
	"slices"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// The encoder alone computes what the whole generator computes on its way.
func TestEncoder(t *testing.T) {
	t.Parallel()
	c := tiny()
	for layer := 1; layer <= c.Levels(); layer++ {
		e, err := Encoder(c, layer, 2, 32, 64)
		if err != nil {
			t.Fatal(err)
		}
		whole := graph.New()
		scope := nn.NewScope(whole)
		encoded := encode(scope.Sub("generator"), c, whole.Input("a", 2, 32, 64, 3), Mode{Statistics: graph.PerPicture}, c.Levels())
		whole.Output("features", graph.LeakyReLU(encoded[layer-1], leak))
		params := initial(scope.Parameters(), 1)
		in := inputsOf(whole, 1)
		got := run(t, e.Graph, in, params).Output("features")
		wantNear(t, "features", got, run(t, whole, in, params).Output("features"), 1e-12)
		for _, name := range e.Parameters.Names() {
			if _, ok := params[name]; !ok {
				t.Errorf("parameter %s", name)
			}
		}
		if deeper := slices.Contains(e.Parameters.Names(), "generator/encoder5/kernel"); deeper != (layer == 5) {
			t.Errorf("layer %d has the parameters %v", layer, e.Parameters.Names())
		}
	}
	for _, layer := range []int{0, 6} {
		if _, err := Encoder(c, layer, 1, 32, 32); err == nil {
			t.Errorf("there is layer %d", layer)
		}
	}
	if _, err := Encoder(c, 1, 1, 31, 32); err == nil {
		t.Error("31 pixels fit")
	}
}
