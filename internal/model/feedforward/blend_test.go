package feedforward

import (
	"math"
	"strings"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
)

// TestBlend: a network of two styles paints in each as one of that style alone does,
// and between the two by their mixed scales and shifts.
func TestBlend(t *testing.T) {
	t.Parallel()
	two := Config{Kind: Johnson, Width: 2, Blocks: 1, Styles: 2}
	one := two
	one.Styles = 0
	// value is a parameter of the network of two styles; row is of one style, or of both
	// in equal parts for −1.
	value := func(name string, size, row int) []float32 {
		both := make([]float32, 2*size)
		for i := range both {
			both[i] = float32(math.Sin(float64(len(name)*7+int(name[len(name)-3])*13+i) * 1.7))
		}
		switch row {
		case 0, 1:
			return both[row*size:][:size]
		}
		mixed := make([]float32, size)
		for i := range mixed {
			mixed[i] = (both[i] + both[size+i]) / 2
		}
		return mixed
	}
	paint := func(c Config, row int, blend []float32) []float32 {
		network, err := Inference(c, 1, 16, 16, 1)
		if err != nil {
			t.Fatal(err)
		}
		d, err := cpu.New(cpu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for _, p := range network.Parameters {
			v := p.Initialise(1)
			switch size := p.Shape.Channels(); {
			case !strings.Contains(p.Name, "/norm/"):
			case c.Styles > 1:
				v = append(append([]float32{}, value(p.Name, size, 0)...), value(p.Name, size, 1)...)
			default:
				v = value(p.Name, size, row)
			}
			if err := d.SetParameter(p.Name, p.Shape, v); err != nil {
				t.Fatal(err)
			}
		}
		program, err := d.Compile(network.Graph)
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		for i := range program.Input("a") {
			program.Input("a")[i] = float32(math.Sin(float64(i) / 9))
		}
		if blend != nil {
			copy(program.Input("blend"), blend)
		}
		if err := program.Run(); err != nil {
			t.Fatal(err)
		}
		fake, err := device.Read(program, "fake")
		if err != nil {
			t.Fatal(err)
		}
		return append([]float32{}, fake...)
	}
	for row, blend := range map[int][]float32{0: {1, 0}, 1: {0, 1}, -1: {0.5, 0.5}} {
		got, want := paint(two, 0, blend), paint(one, row, nil)
		if off := distance(got, want); off > 1e-4*length(want) {
			t.Errorf("blend %v is %g from the style alone, whose length is %g", blend, off, length(want))
		}
	}
	if _, err := Inference(Config{Kind: AdaIN, Width: 2, Styles: 2}, 1, 16, 16, 1); err == nil {
		t.Error("a network of any style has learned two")
	}
}
