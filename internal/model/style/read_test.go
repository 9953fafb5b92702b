package style_test

import (
	"errors"
	"math"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

var errLost = errors.New("the connection to the device is lost")

// unreadable is a device with an output that cannot be read.
type unreadable struct {
	device.Device
	output string
}

func (d unreadable) Compile(g *graph.Graph) (device.Program, error) {
	p, err := d.Device.Compile(g)
	return unreadableProgram{p, d.output}, err
}

type unreadableProgram struct {
	device.Program
	output string
}

func (p unreadableProgram) Read(name string) ([]float32, error) {
	if name == p.output {
		return nil, errLost
	}
	return p.Output(name), nil
}

func (p unreadableProgram) Output(name string) []float32 {
	value := p.Program.Output(name)
	if name == p.output {
		for i := range value {
			value[i] = float32(math.NaN())
		}
	}
	return value
}

// What a device fails to give back is its error, not a loss that is not a number.
func TestFailedReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, output string
		layout       style.Layout
	}{
		{"content", "content/" + style.Gatys().ContentLayers()[0], style.Whole()},
		{"gradient", "gradient", style.Whole()},
		{"gradient of a tile", "gradient", style.Layout{Rows: 2, Columns: 1}},
	} {
		d := unreadable{processor(t, 1), ""}
		whole := network(t, d, 4, vgg.Default())
		o := style.Gatys()
		p := problem(t, whole, 64, 64, o, false)
		d.output = c.output
		e, err := network(t, d, 4, vgg.Default()).Evaluator(p, c.layout)
		if err != nil {
			t.Fatal(err)
		}
		x := picture(64, 64, 9).Pixels
		if _, err = e.Evaluate(x, make([]float32, len(x))); !errors.Is(err, errLost) {
			t.Errorf("%s: %v", c.name, err)
		}
		_ = e.Close()
	}
}
