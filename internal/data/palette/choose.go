package palette

import (
	"fmt"
	"strconv"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Without returns the palette without some classes, each given by its name, its
// index or its colour as #rrggbb, and for every class of p its position in the
// result, or −1. A class that does not exist is an error with a hint.
func (p *Palette) Without(classes []string) (*Palette, []int, error) {
	out := make([]bool, len(p.Classes))
	for _, text := range classes {
		k := p.find(text)
		if k < 0 {
			var all []string
			for _, c := range p.Classes {
				all = append(all, fmt.Sprintf("%d (%v)", c.Index, c))
			}
			return nil, nil, hint.New(fmt.Errorf("palette: there is no class %q", text), "there are "+strings.Join(all, ", "))
		}
		out[k] = true
	}
	rest, places := &Palette{}, make([]int, len(p.Classes))
	for k, c := range p.Classes {
		if places[k] = -1; !out[k] {
			places[k] = len(rest.Classes)
			rest.Classes = append(rest.Classes, c)
		}
	}
	return rest, places, nil
}

// find returns the position of the class that a text names, or −1.
func (p *Palette) find(text string) int {
	index, err := strconv.Atoi(text)
	for k, c := range p.Classes {
		colour := fmt.Sprintf("#%02x%02x%02x", c.Colour[0], c.Colour[1], c.Colour[2])
		if text == c.Name || strings.EqualFold(text, colour) || err == nil && index == c.Index {
			return k
		}
	}
	return -1
}

// fitRadius is the largest distance in RGB at which a colour still counts as one
// of the palette's, moved by compression or smoothing: a quarter of the way from
// black to pure green.
const fitRadius = 64

// Fit returns the fraction of a picture's pixels whose colour is near one of the
// palette's, 0..1: near 1 for label pictures of this palette, JPEG included, and
// low for those of another. Pictures of more than four channels are an error.
func (p *Palette) Fit(pic *imgio.Picture) (float64, error) {
	rgb, err := pic.Convert(3)
	if err != nil {
		return 0, err
	}
	near, n := 0, rgb.Width*rgb.Height
	for i := range n {
		c := colourOf(rgb.Pix[3*i:])
		if distance(c, p.Classes[p.Nearest(c)].Colour) <= fitRadius*fitRadius {
			near++
		}
	}
	return float64(near) / float64(n), nil
}
