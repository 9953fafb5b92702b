package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
)

// Chart is a line chart with a common horizontal axis.
type Chart struct {
	Title string
	X     string // what the horizontal axis shows
	Zero  bool   // the vertical axis begins at 0 or below
	Lines []Line
}

// Line is a named series. X increases; values of Y that are not finite are gaps.
type Line struct {
	Name string
	X, Y []float64
}

// HTML returns the chart as a figure for a page that [Parse] made.
func (c Chart) HTML() (template.HTML, error) {
	type line struct {
		Name string     `json:"name"`
		X    []float64  `json:"x"`
		Y    []*float64 `json:"y"`
	}
	data := struct {
		Title string `json:"title"`
		X     string `json:"x"`
		Zero  bool   `json:"zero"`
		Lines []line `json:"lines"`
	}{c.Title, c.X, c.Zero, make([]line, len(c.Lines))}
	for i, l := range c.Lines {
		if len(l.X) != len(l.Y) {
			return "", fmt.Errorf("chart %s: line %s has %d places and %d values", c.Title, l.Name, len(l.X), len(l.Y))
		}
		y := make([]*float64, len(l.Y))
		for j, v := range l.Y {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				y[j] = &v
			}
		}
		data.Lines[i] = line{l.Name, l.X, y}
	}
	return figure("chart", c.Title, data)
}

// Slide is one picture of a slider.
type Slide struct {
	Source string `json:"src"`   // relative to the page
	Title  string `json:"title"` // also its alternative text
}

// Slides returns a slider over pictures, in the order in which they were made, as a figure
// for a page that [Parse] made.
func Slides(list []Slide) (template.HTML, error) {
	if len(list) == 0 {
		return "", nil
	}
	return figure("slides", list[len(list)-1].Title, list)
}

// figure returns an element with the data that look.js shows in it.
func figure(kind, title string, data any) (template.HTML, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", kind, title, err)
	}
	return template.HTML(fmt.Sprintf(`<figure data-%s="%s"><figcaption>%s</figcaption><noscript>Shown where scripts may run.</noscript></figure>`,
		kind, template.HTMLEscapeString(string(text)), template.HTMLEscapeString(title))), nil // #nosec G203 -- both are escaped
}
