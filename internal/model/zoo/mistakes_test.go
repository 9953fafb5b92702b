package zoo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
)

// The mistakes that are easily made with other people's models show in the comparisons
// of TestParity: whoever makes one of them on purpose is far beyond the tolerance.
func TestMistakesShow(t *testing.T) {
	t.Parallel()
	swap := func(n *network) {
		for i := range n.places {
			p := &n.places[i]
			if decoder := strings.HasPrefix(p.own, "generator/decoder"); decoder && p.layout != vector && !strings.HasPrefix(p.own, "generator/decoder1/") {
				p.skipFirst = !p.skipFirst
			}
		}
	}
	stored := func(n *network) {
		n.config.Network.NormStatistics = pix2pix.StoredStatistics
		for _, p := range n.places {
			if own, ok := strings.CutSuffix(p.own, "/norm/scale"); ok {
				n.places = append(n.places, place{own: own + "/norm/mean"}, place{own: own + "/norm/variance", value: 1})
			}
		}
	}
	rgb := func(n *network) {
		for i := range n.places {
			n.places[i].reverseIn, n.places[i].reverseOut = false, false
		}
	}
	for _, c := range []struct {
		mistake, file string
		make          func(n *network)
	}{
		{"skip and decoder change places", "affinelayer", swap},
		{"skip and decoder change places", "unet_batch.pth", swap},
		{"skip and decoder change places", "unet.t7", swap},
		{"skip and decoder change places", "huggan.bin", swap},
		{"statistics that were never updated", "affinelayer", stored},
		{"statistics that were never updated", "affinelayer_old", stored},
		{"BGR is taken for RGB", "unet.t7", rgb},
		{"BGR is taken for RGB", "johnson_instance.t7", rgb},
		{"another ε", "lengstrom", func(n *network) { n.style.Network.NormEpsilon = 1e-5 }},
		{"zeros at the wrong end", "lengstrom", func(n *network) {
			for i := range n.places {
				n.places[i].from = 0
			}
		}},
		{"zeros at the wrong end", "affinelayer_separable", func(n *network) {
			for i := range n.places {
				n.places[i].from = 0
			}
		}},
		{"the mean colour stays on", "johnson_instance.t7", func(n *network) { n.style.Network.InputMean = feedforward.Colour{} }},
		{"rectified skips", "huggan.bin", func(n *network) { n.config.Network.ActivatedSkips = false }},
	} {
		t.Run(c.mistake+" of "+c.file, func(t *testing.T) {
			t.Parallel()
			if off := mistaken(t, c.file, c.make); near.Within(off, 20*tolerance) {
				t.Errorf("off by only %g", off)
			}
		})
	}
}

// mistaken is how far off a file's network is after a change to it.
func mistaken(t *testing.T, file string, change func(n *network)) float64 {
	t.Helper()
	s, err := open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := s.recognise(ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	change(n)
	parameters, err := n.parameters()
	if err != nil {
		t.Fatal(err)
	}
	m := &Imported{Config: n.config, Style: n.style}
	if m.Tensors, err = s.readAll(n, parameters); err != nil {
		t.Fatal(err)
	}
	return recordedCase(t, file).off(t, m)
}

// recordedCase is a file's case of TestParity.
func recordedCase(t *testing.T, file string) parityCase {
	t.Helper()
	lists, _ := filepath.Glob(filepath.Join("testdata", "*.json"))
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		var cases []parityCase
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if c.File == file {
				return c
			}
		}
	}
	t.Fatalf("there is no case of %s", file)
	return parityCase{}
}

// Samples are rounded: cutting them off would darken every picture by half a level.
func TestPicturesAreNotDarker(t *testing.T) {
	t.Parallel()
	out := wave(40, 40, 3)
	picture := imgio.Quantise(imgio.FromModel(out, 40, 40, 3, 8))
	sum := 0.0
	for i, v := range out {
		sum += 255*float64(picture.Pix[i]) - 127.5*float64(v+1)
	}
	if mean := sum / float64(len(out)); !near.Within(max(mean, -mean), 0.05) {
		t.Errorf("darker by %g of 255", -mean)
	}
}
