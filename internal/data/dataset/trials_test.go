package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

// beside returns a folder of the files that stand beside the project, or skips.
func beside(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the files beside the project are not here:", err)
	}
	return dir
}

// TestTrials: faulty data sets of the kind that people have are told rightly.
func TestTrials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		change   func(*Options)
		err      string   // or
		channels [2]int   // and
		labels   Labels   // and
		say      []string // in the report
	}{
		{name: "12bit-in-16bit-target-becomes-18-greys-and-labels", channels: [2]int{3, 1}, labels: LabelsNone, say: []string{"B uses 1 to 4091 of 0:65535, 6.2 %"}},
		{name: "16bit-target-is-written-with-8-bits", channels: [2]int{3, 1}, labels: LabelsNone},
		{name: "cities-inside-train-combine-makes-what-train-refuses", channels: [2]int{3, 3}},
		{name: "heic-and-jfif-are-left-out-without-a-word", channels: [2]int{3, 3}, say: []string{"4 .heic"}},
		{name: "mask-values-0-and-1-nobody-warns", err: "all samples of B are 0 or 1"},
		{name: "opaque-rgba-png-trains-4-channels-out", channels: [2]int{3, 3}, say: []string{"alpha that is opaque"}},
		{name: "rgb-nir-tiff-4th-band-taken-for-alpha", err: "which cannot become"},
		{name: "square-single-pictures-train-as-half-pairs", err: "single pictures"},
		{name: "square-single-pictures-train-as-half-pairs", change: func(o *Options) { o.Pairs = SideBySide }, channels: [2]int{3, 3}},
		{name: "triples-are-cut-through-the-middle-picture", err: "three or more pictures in a row"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, r, err := tryOpen(beside(t, "trials/"+c.name), c.change)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || hintOf(err) == "" {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if in, out := d.Channels(); [2]int{in, out} != c.channels {
				t.Errorf("%d to %d channels", in, out)
			}
			if c.labels != LabelsAuto && r.Labels != c.labels {
				t.Errorf("labels are %s", r.Labels)
			}
			for _, text := range c.say {
				if !strings.Contains(r.String(), text) {
					t.Errorf("no word of %q in %s", text, r)
				}
			}
		})
	}
}

// TestSeamsOfRealPictures: pairs of photographs and labels are pairs, photographs
// are not.
func TestSeamsOfRealPictures(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]seam{"data/facades/test": apart, "data/photos": continued} {
		files, err := imgio.Find(beside(t, folder))
		if err != nil {
			t.Fatal(err)
		}
		found := map[seam]int{}
		for _, f := range files[:min(len(files), 40)] {
			p, _, err := imgio.Read(f, imgio.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			found[seamOf(p)]++
		}
		if 10*found[want] < 8*(found[apart]+found[continued]) || 2*found[unclear] > len(files) {
			t.Errorf("%s: %v unclear, %v apart, %v continued", folder, found[unclear], found[apart], found[continued])
		} else {
			t.Logf("%s: %v unclear, %v apart, %v continued", folder, found[unclear], found[apart], found[continued])
		}
	}
}
