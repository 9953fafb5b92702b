package pix2pix

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"easel/internal/base/near"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("preset %s: %v", name, err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode(text); err != nil || back != c {
			t.Errorf("preset %s: %v becomes %v, %v", name, c, back, err)
		}
	}
	if c, _ := Preset("paper"); c != Default() {
		t.Error("the default is not the paper")
	}
	if _, err := Preset("papre"); err == nil || !strings.Contains(err.Error(), "paper, pytorch, best, laptop") {
		t.Errorf("unknown preset: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"widht": 64}`:                         `unknown field "widht"`,
		`{"width": "64"}`:                       "width",
		`{"width": 64} {}`:                      "after the JSON value",
		`{"width": 0}`:                          "width is 0",
		`{"image_size": 200}`:                   "power of two",
		`{"image_size": 16}`:                    "power of two",
		`{"norm": "layer"}`:                     "auto, batch, instance or none",
		`{"objective": "cgan+l1"}`:              "l1+cgan",
		`{"generator": "resnext"}`:              "unet, encoder-decoder or resnet",
		`{"classes": 3}`:                        "need",
		`{"generator": "resnet", "classes": 3}`: "one channel, or two with instance numbers, and no noise, not 3",
		`{"generator": "resnet", "input_channels": 1, "class_edges": true}`: "edges between classes need",
		`{"generator": "resnet", "activated_skips": true}`:                  "skips after activations",
		`{"upsample": "cubic"}`:                         "transposed, resize or nearest",
		`{"init": "he"}`:                                "normal, xavier, kaiming or orthogonal",
		`{"blocks": 0}`:                                 "blocks is 0",
		`{"discriminator_scales": 4}`:                   "from 1 to 3",
		`{"discriminator_scales": 3, "image_size": 32}`: "discriminator_scales 3: ",
		`{"feature_matching": -1}`:                      "feature_matching is -1",
		`{"perceptual": 1, "output_channels": 1}`:       "three channels",
		`{"label_smoothing": 0.1, "gan_loss": "hinge"}`: "has no target",
		`{"r1": 1}`:                             "without norms",
		`{"dropout": "on"}`:                     "paper, pytorch or off",
		`{"dropout_rate": 1}`:                   "dropout_rate is 1",
		`{"gan_loss": "wgan"}`:                  "vanilla, lsgan or hinge",
		`{"discriminator": "none"}`:             "needs a discriminator",
		`{"patch_layers": 7}`:                   "from 1 to 6",
		`{"lambda": -1}`:                        "lambda is -1",
		`{"learning_rate": 0}`:                  "learning_rate is 0",
		`{"beta1": 1}`:                          "beta1 is 1",
		`{"decay_from": 2}`:                     "decay_from is 2",
		`{"order": "g"}`:                        "discriminator-first or simultaneous",
		`{"schedule": "sine"}`:                  "constant, linear, cosine, step or plateau",
		`{"input_channels": 0}`:                 "input_channels is 0",
		`{"noise_channels": -1}`:                "noise_channels is -1",
		`{"image_size": 64, "patch_layers": 6}`: "at least 256×256",
		`[]`:                                    "array",
		``:                                      "EOF",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
	}
}

// Without a GAN in the objective the discriminator does not matter.
func TestPixelObjectivesNeedNoDiscriminator(t *testing.T) {
	t.Parallel()
	if c, err := Decode([]byte(`{"objective": "l1", "discriminator": "none"}`)); err != nil || c.Adversarial() {
		t.Errorf("%v, %v", c, err)
	}
}

// NaN cannot come from JSON, but from a command line.
func TestValidateNaN(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		if err := with(func(c *Config) { c.Lambda = v }).Validate(); err == nil {
			t.Errorf("lambda %g passes", v)
		}
		if err := with(func(c *Config) { c.LearningRate = v }).Validate(); err == nil {
			t.Errorf("learning rate %g passes", v)
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	paper, _ := Preset("paper")
	port, _ := Preset("pytorch")
	for _, c := range []struct{ epoch, paper, port float64 }{
		{1, 2e-4, 2e-4}, {100, 2e-4, 2e-4}, {101, 2e-4, 2e-4 * 100 / 101}, {150, 2e-4, 2e-4 * 51 / 101}, {200, 2e-4, 2e-4 / 101},
	} {
		if got := paper.Rate(c.epoch, 200); got != c.paper {
			t.Errorf("paper, epoch %g: %g", c.epoch, got)
		}
		if got := port.Rate(c.epoch, 200); !near.Within(got-c.port, 1e-18) {
			t.Errorf("pytorch, epoch %g: %g, want %g", c.epoch, got, c.port)
		}
	}
	if got := port.Rate(500, 200); got < 0 {
		t.Errorf("a rate of %g after the end", got)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	deep := with(func(c *Config) { c.PatchLayers, c.Width, c.DiscriminatorWidth = 6, 1, 1 })
	for _, c := range []struct {
		config               Config
		batch, height, width int
		want                 string
	}{
		{Default(), 1, 128, 128, "encoder8"},
		{Default(), 1, 256, 300, "multiples of 256"},
		{Default(), 0, 256, 256, "empty batch"},
		{Default(), 1, 0, 256, "multiples of 256"},
		{deep, 1, 256, 256, ""},
		{tiny(func(c *Config) { c.PatchLayers = 4 }), 1, 32, 32, "layer5"},
		{tiny(func(c *Config) { c.PatchLayers = 4 }), 1, 32, 32, "at least 64×64"},
		{tiny(func(c *Config) { c.PatchLayers, c.Norm = 6, NormNone }), 1, 32, 32, "a 32×32 picture has no pixels left at layer6"},
	} {
		_, err := TrainStep(c.config, c.batch, c.height, c.width, StepOptions{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%d×%d×%d: %v, want %q in it", c.batch, c.height, c.width, err, c.want)
		}
	}
	if _, err := Inference(Default(), 1, 512, 768, InferenceOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := Inference(Default(), 1, 128, 128, InferenceOptions{}); err == nil {
		t.Error("128×128 passes a network of 8 levels")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"width": 64, "norm": "batch"}`))
	f.Add([]byte(`{"image_size": 32, "patch_layers": 1}`))
	f.Add([]byte(`{"lambda": 1e400}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Decode(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode(again); err != nil || back != c {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	})
}
