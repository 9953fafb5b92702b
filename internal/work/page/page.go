// Package page makes the parts of a self-contained HTML page: pictures and plots
// that need no other file.
package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"easel/internal/file/imgio"
)

// Picture is a picture of 1, 3 or 4 channels as a PNG inside the page: the value
// of an img element's src.
func Picture(p *imgio.Picture) (template.URL, error) {
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// SVG is a plot as an element of a page, without the declaration of a document.
func SVG(p *plot.Plot, width, height vg.Length) (template.HTML, error) {
	w, err := p.WriterTo(width, height, "svg")
	if err != nil {
		return "", fmt.Errorf("draw plot: %w", err)
	}
	var text bytes.Buffer
	if _, err := w.WriteTo(&text); err != nil {
		return "", fmt.Errorf("draw plot: %w", err)
	}
	at := max(bytes.Index(text.Bytes(), []byte("<svg")), 0)
	return template.HTML(text.Bytes()[at:]), nil // #nosec G203 -- the plotter escapes its texts
}
