package pix2pix

import "testing"

// step builds a training step that has to work.
func step(t testing.TB, c Config, batch, size int, o StepOptions) *Step {
	t.Helper()
	s, err := TrainStep(c, batch, size, size, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func with(change func(c *Config)) Config {
	c := Default()
	change(&c)
	return c
}

func TestGeneratorCounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		want   int
	}{
		"unet_256":        {Default(), 54_413_955},
		"unet_128":        {with(func(c *Config) { c.ImageSize = 128 }), 41_828_995},
		"encoder-decoder": {with(func(c *Config) { c.Generator = EncoderDecoder }), 39_075_459},
	} {
		net, err := Inference(c.config, 1, c.config.ImageSize, c.config.ImageSize, InferenceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := net.Parameters.Count(); got != c.want {
			t.Errorf("%s has %d parameters, want %d", name, got, c.want)
		}
	}
}

func TestDiscriminatorCounts(t *testing.T) {
	t.Parallel()
	for layers, want := range []int{9_024, 139_585, 666_433, 2_768_705, 6_964_033, 11_159_361, 15_354_689} {
		c := with(func(c *Config) {
			c.PatchLayers = max(layers, 1)
			if layers == 0 {
				c.Discriminator = Pixel
			}
		})
		s := step(t, c, 1, 256, StepOptions{})
		if got := s.Parameters.Trainable().Under("discriminator").Count(); got != want {
			t.Errorf("%d layers: %d parameters, want %d", layers, got, want)
		}
	}
}
