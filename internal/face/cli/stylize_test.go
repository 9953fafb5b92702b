package cli

import (
	"strings"
	"testing"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
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
			o := stylize.Options{Content: content}
			err := o.Declared().Apply(option.Given{"size": {size}, "style-layers": {layers}})
			if err == nil {
				continue
			}
			if text := option.Word(err, option.AsFlag); !strings.Contains(text, "--size") && !strings.Contains(text, "--style-layers") {
				t.Errorf("error %v does not name the flag", text)
			}
		}
	})
}
