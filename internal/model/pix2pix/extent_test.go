package pix2pix

import (
	"fmt"
	"math"
	"testing"
)

// TestExtentIsThePicturesSize: a picture at the top left of something larger,
// with anything beside it, comes out as on its own, dropout and noise included.
func TestExtentIsThePicturesSize(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		tiny(),
		tiny(func(c *Config) { c.Norm, c.NoiseChannels, c.Dropout = NormBatch, 2, DropoutPyTorch }),
		tiny(func(c *Config) { c.Norm, c.Generator = NormNone, EncoderDecoder }),
		tiny(func(c *Config) { c.Upsample = Nearest }),
		tiny(func(c *Config) { c.PictureUpsample, c.ActivatedSkips = Nearest, true }),
	} {
		const height, width = 96, 128
		for _, size := range [][2]int{{32, 32}, {64, 32}, {32, 96}, {96, 128}} {
			alone := infer(t, c, 1, size[0], size[1], InferenceOptions{})
			held := infer(t, c, 1, height, width, InferenceOptions{Extent: true})
			params := initial(alone.Parameters, 1)
			in := inputsOf(alone.Graph, 1)
			want := run(t, alone.Graph, in, clone(params)).Output("fake")
			around := inputsOf(held.Graph, 2)
			around["key"], around["extent"] = in["key"], []float64{float64(size[0]), float64(size[1])}
			for i := range around["a"] {
				if row, column := i/3/width, i/3%width; row < size[0] && column < size[1] {
					around["a"][i] = in["a"][(row*size[1]+column)*3+i%3]
				} else {
					around["a"][i] *= 1e3
				}
			}
			got := run(t, held.Graph, around, clone(params)).Output("fake")
			for i, v := range want {
				row, column := i/3/size[1], i/3%size[1]
				if off := math.Abs(got[(row*width+column)*3+i%3] - v); !(off < 1e-12) {
					t.Fatalf("%s: %d×%d in %d×%d: row %d, column %d off by %g", fmt.Sprint(c.Generator, c.Norm), size[0], size[1], height, width, row, column, off)
				}
			}
		}
	}
}
