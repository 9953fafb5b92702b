package cli

import (
	"strings"
	"testing"

	"easel"
)

// FuzzStylizeWords: sizes and layers are read or refused by name of their flag,
// never with a panic.
func FuzzStylizeWords(f *testing.F) {
	f.Add("512", "relu4_2:0.5,relu2_2")
	f.Add("512x", ":")
	f.Add("x", "relu4_2:nan")
	f.Add("99999999999999999999x1", "")
	f.Fuzz(func(t *testing.T, size, layers string) {
		for _, content := range []string{"", "a.png"} {
			o := easel.StylizeOptions{Content: content}
			if err := setSize(&o, size); err != nil && !strings.Contains(err.Error(), "--size") {
				t.Errorf("error %v does not name the flag", err)
			}
		}
		if _, err := layerWeights("style-layers", strings.Split(layers, ",")); err != nil && !strings.Contains(err.Error(), "--style-layers") {
			t.Errorf("error %v does not name the flag", err)
		}
	})
}
