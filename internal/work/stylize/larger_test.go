package stylize

import (
	"slices"
	"testing"

	"easel/internal/file/imgio"
)

// TestLargerSizes: what rounds to a pixel more than the painted picture is that picture, unless
// nothing larger is asked for.
func TestLargerSizes(t *testing.T) {
	t.Parallel()
	p := &pictures{painted: imgio.New(149, 100, 3)}
	for _, c := range []struct{ sizes, want [][2]int }{
		{[][2]int{{75, 50}, {150, 100}, {299, 200}}, [][2]int{{299, 200}}},
		{[][2]int{{106, 71}, {211, 142}, {299, 200}}, [][2]int{{211, 142}, {299, 200}}},
		{[][2]int{{75, 50}, {150, 100}}, [][2]int{{150, 100}}},
		{[][2]int{{75, 50}, {149, 100}}, nil},
	} {
		if got, err := p.larger(Options{}, c.sizes); !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("of %v: %v, %v", c.sizes, got, err)
		}
	}
}
