package page

import (
	"bytes"
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

func TestPicture(t *testing.T) {
	t.Parallel()
	p := imgio.New(3, 2, 3)
	p.Pix[4] = 1
	url, err := Picture(p)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := strings.CutPrefix(string(url), "data:image/png;base64,")
	if !ok {
		t.Fatal(url)
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := imgio.Decode(bytes.NewReader(text), "p", imgio.ReadOptions{})
	if err != nil || q.Width != 3 || q.Height != 2 || q.Pix[4] != 1 || q.Pix[5] != 0 {
		t.Errorf("%v, %v", q, err)
	}
	if _, err := Picture(imgio.New(1, 1, 7)); err == nil {
		t.Error("seven channels are a PNG")
	}
}

// A page that stands alone asks nobody for anything, and what it is given stays text.
func TestParse(t *testing.T) {
	t.Parallel()
	tmpl, err := Parse("p", `{{template "head" follow .Title 30}}{{.Chart}}{{.Slides}}{{template "foot"}}`)
	if err != nil {
		t.Fatal(err)
	}
	const hostile = `"'><script>alert(1)</script>`
	chart, err := Chart{Title: hostile, Lines: []Line{{hostile, []float64{1, 2}, []float64{3, math.NaN()}}}}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	slides, err := Slides([]Slide{{"samples/1.png", hostile}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, map[string]any{"Title": hostile, "Chart": chart, "Slides": slides}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Contains(text, "<script>alert") {
		t.Error("a title became a script")
	}
	for _, want := range []string{`data-follow="30"`, "--accent", "uPlot", "data-chart=", "data-slides=", "[3,null]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, foreign := range []string{`src="http`, `href="http`, "@import", "url(http"} {
		if strings.Contains(text, foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
}

func TestChartRefuses(t *testing.T) {
	t.Parallel()
	if _, err := (Chart{Lines: []Line{{"a", []float64{1}, nil}}}).HTML(); err == nil {
		t.Error("a line with places and no values was drawn")
	}
}
