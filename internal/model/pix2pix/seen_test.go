package pix2pix

import (
	"math"
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// A picture of classes becomes a channel for each and one of edges, which a loop over
// pixels finds too.
func TestClassesForInput(t *testing.T) {
	t.Parallel()
	const height, width, classes = 6, 7, 5
	value := func(y, x int) int { return (x/3 + y/2) % classes }
	g, err := graph.Build(func(g *graph.Graph) {
		g.Output("seen", Config{Classes: classes, ClassEdges: true}.seen(g.Input("a", 1, height, width, 1)))
	})
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
		program, err := open(t).Compile(g)
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		for i := range height * width {
			program.Input("a")[i] = float32(value(i/width, i%width))/127.5 - 1
		}
		if err := program.Run(); err != nil {
			t.Fatal(err)
		}
		got := program.Output("seen")
		for y := range height {
			for x := range width {
				want := make([]float64, classes+1)
				want[value(y, x)] = 1
				for _, step := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
					ny, nx := y+step[0], x+step[1]
					if ny >= 0 && ny < height && nx >= 0 && nx < width && value(ny, nx) != value(y, x) {
						want[classes] = 1
					}
				}
				for c, v := range got[(y*width+x)*(classes+1):][:classes+1] {
					if math.Abs(float64(v)-want[c]) > 1e-4 {
						t.Fatalf("row %d, column %d, channel %d: %g, want %g", y, x, c, v, want[c])
					}
				}
			}
		}
	})
}
