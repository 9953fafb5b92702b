package pix2pix

import (
	"math"
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// A picture of classes becomes a channel for each and one of edges, between classes or
// instances, which a loop over pixels finds too.
func TestClassesForInput(t *testing.T) {
	t.Parallel()
	class := func(y, x int) int { return (x/3 + y/2) % classes }
	t.Run("classes", func(t *testing.T) {
		t.Parallel()
		testSeen(t, 1, class, class)
	})
	t.Run("instances", func(t *testing.T) {
		t.Parallel()
		testSeen(t, 2, class, func(y, x int) int { return 26001 + x/2 + y/4 })
	})
}

const classes = 5

func testSeen(t *testing.T, channels int, class, instance func(y, x int) int) {
	const height, width = 6, 7
	g, err := graph.Build(func(g *graph.Graph) {
		c := Config{InputChannels: channels, Classes: classes, ClassEdges: true}
		g.Output("seen", c.seen(g.Input("a", 1, height, width, channels)))
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
			program.Input("a")[channels*i] = float32(class(i/width, i%width))/127.5 - 1
			if channels == 2 {
				program.Input("a")[2*i+1] = float32(instance(i/width, i%width))/65535*2 - 1
			}
		}
		if err := program.Run(); err != nil {
			t.Fatal(err)
		}
		got := program.Output("seen")
		for y := range height {
			for x := range width {
				want := make([]float64, classes+1)
				want[class(y, x)] = 1
				for _, step := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
					ny, nx := y+step[0], x+step[1]
					if ny >= 0 && ny < height && nx >= 0 && nx < width && instance(ny, nx) != instance(y, x) {
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
