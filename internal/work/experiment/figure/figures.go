package figure

import (
	"fmt"

	"easel/internal/work/stylize"
)

// Figure is a figure of the paper.
type Figure struct {
	Name   string
	Source string
	About  string
	// content and styles say which pictures it needs; most take any number of styles.
	content bool
	styles  int
	many    bool
	cells   func(o Options) [][]Cell
}

// Figures returns all figures.
func Figures() []Figure {
	return []Figure{
		{Name: "style-fig1", Source: "Figure 1", About: "content from one layer, style from the first layers up", content: true, styles: 1, cells: reconstructions},
		{Name: "style-fig3", Source: "Figure 3", About: "one content in several styles", content: true, styles: 1, many: true, cells: severalStyles},
		{Name: "style-fig4", Source: "Figure 4", About: "more content or more style", content: true, styles: 1, cells: weightSweep},
		{Name: "style-fig5", Source: "Figure 5", About: "content from a low or a high layer", content: true, styles: 1, cells: contentLayers},
		{Name: "style-fig6", Source: "Figure 6", About: "what the picture begins with", content: true, styles: 1, cells: beginnings},
		{Name: "style-fig7", Source: "Figure 7", About: "a photograph in the style of another", content: true, styles: 1, cells: photographs},
	}
}

// Find returns the figure with a name.
func Find(name string) (Figure, error) {
	var names []string
	for _, f := range Figures() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Figure{}, fmt.Errorf("unknown figure %q: choose from %v", name, names)
}

// reconstructions are Figure 1: noise that gets the content's features at one
// layer, conv1_2 to conv5_2 (which in the paper are behind the rectifier), and
// noise that gets the style's moments at conv1_1, conv1_1 and conv2_1, and so
// on.
func reconstructions(o Options) [][]Cell {
	content, styles := []Cell{shown("content", o.Content)}, []Cell{shown("style", o.Styles[0])}
	var layers []stylize.LayerWeight
	for block := 1; block <= 5; block++ {
		c := o.run(fmt.Sprintf("content at relu%d_2", block))
		c.Options.Init, c.Options.Styles = stylize.FromNoise, nil
		c.Options.Objective.StyleWeight, c.Options.Objective.ContentWeight, c.Options.Objective.VariationWeight = 0, 1, 0
		c.Options.Objective.Content = []stylize.LayerWeight{{Layer: fmt.Sprintf("relu%d_2", block), Weight: 1}}
		content = append(content, c)

		layers = append(layers, stylize.LayerWeight{Layer: fmt.Sprintf("relu%d_1", block), Weight: 0.2})
		s := o.run(fmt.Sprintf("style up to relu%d_1", block))
		s.Options.Init = stylize.FromNoise
		s.Options.Objective.ContentWeight, s.Options.Objective.StyleWeight, s.Options.Objective.VariationWeight = 0, 1, 0
		s.Options.Objective.Style = append([]stylize.LayerWeight(nil), layers...)
		styles = append(styles, s)
	}
	return [][]Cell{content, styles}
}

// severalStyles are Figure 3.
func severalStyles(o Options) [][]Cell {
	pictures, results := []Cell{shown("content", o.Content)}, []Cell{{Label: ""}}
	for i, path := range o.Styles {
		pictures = append(pictures, shown(fmt.Sprintf("style %d", i+1), path))
		c := o.run(fmt.Sprintf("in style %d", i+1))
		c.Options.Styles = []stylize.Style{{Path: path, Weight: 1}}
		results = append(results, c)
	}
	return [][]Cell{pictures, results}
}

// sweep are the factors of Figure 4's α/β, 10⁻⁴ to 10⁻¹, relative to the 10⁻³ of
// most of the paper's other figures: other formulas have other units.
var sweep = []float64{0.1, 1, 10, 100}

// weightSweep is Figure 4.
func weightSweep(o Options) [][]Cell {
	row := []Cell{shown("content", o.Content), shown("style", o.Styles[0])}
	for _, factor := range sweep {
		q := o.Base.Objective
		c := o.run(fmt.Sprintf("α/β = %.3g", q.ContentWeight*factor/q.StyleWeight))
		c.Options.Objective.ContentWeight *= factor
		row = append(row, c)
	}
	return [][]Cell{row}
}

// contentLayers are Figure 5: conv2_2 keeps pixels, conv4_2 what is seen.
func contentLayers(o Options) [][]Cell {
	row := []Cell{shown("content", o.Content), shown("style", o.Styles[0])}
	for _, layer := range []string{"relu2_2", "relu4_2"} {
		c := o.run("content at " + layer)
		c.Options.Objective.Content = []stylize.LayerWeight{{Layer: layer, Weight: 1}}
		row = append(row, c)
	}
	return [][]Cell{row}
}

// beginnings are Figure 6: the content, the style, and four samples of noise.
func beginnings(o Options) [][]Cell {
	var rows [][]Cell
	first := []Cell{}
	for _, init := range []string{stylize.FromContent, stylize.FromStyle} {
		c := o.run("from " + init)
		c.Options.Init = init
		first = append(first, c)
	}
	rows = append(rows, append([]Cell{shown("content", o.Content), shown("style", o.Styles[0])}, first...))
	noise := []Cell{}
	for i := range uint64(4) {
		c := o.run(fmt.Sprintf("from noise %d", i+1))
		c.Options.Init, c.Options.InitSeed = stylize.FromNoise, i
		noise = append(noise, c)
	}
	return append(rows, noise)
}

// photorealism is Figure 7's α/β relative to the other figures'.
const photorealism = 10

// photographs are Figure 7: started from the content, which keeps more of it.
func photographs(o Options) [][]Cell {
	c := o.run("content in the style")
	c.Options.Init = stylize.FromContent
	c.Options.Objective.ContentWeight *= photorealism
	return [][]Cell{{shown("content", o.Content), shown("style", o.Styles[0]), c}}
}
