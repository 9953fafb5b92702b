// Package page holds what easel's pages share: one style (light and dark, from 360 pixels
// to the largest screens), charts, and embedded pictures.
//
// A report is an html/template that begins with the template "head" and ends with "foot":
//
//	t, err := page.Parse("report", `{{template "head" head "My run"}} … {{template "foot"}}`)
//
// It then needs no other file: style, scripts, charts and pictures are embedded. [Chart] is
// a line chart that can be smoothed, zoomed and shown on a logarithmic axis; [Slides] is a
// slider over a series of pictures. The pages of easel serve use the same files, through
// [Files].
//
// [App] holds the pages on which people draw and translate: ES modules that browsers load
// as they are, without a build step:
//
//	frame.js      which page is shown, for which model
//	draw.js       the drawing page: editor.js (tools, pointer, keyboard) over
//	              raster.js (an index map, no antialiasing) with history.js (undo),
//	              and live.js, which translates while somebody draws
//	translate.js  many pictures at once: compare.js, zip.js
//	ui.js         elements, icons, messages
//
// They ask api.js, which is not among them: easel serve and a site that runs the
// model in the browser each have their own. It exports models(), translate(model,
// picture, options) and pictures, what it takes; where there is a server also
// example(model, n) (which a model with .example has), upload(file) and limits().
//
// Charts are drawn by uPlot (MIT, in the folder uplot), which is small, needs no
// build step and redraws thousands of points while a training runs.
package page

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"

	"easel/internal/file/imgio"
)

//go:embed look.css look.js uplot
var files embed.FS

//go:embed app
var app embed.FS

// App returns a folder with the modules, app.css and icon.svg.
func App() fs.FS {
	folder, err := fs.Sub(app, "app")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return folder
}

// Files returns look.css, look.js, uplot/uPlot.iife.min.js and uplot/uPlot.min.css, for
// pages that are served.
func Files() fs.FS { return files }

// Head is the argument of the template "head".
type Head struct {
	Title string
	// Follow, if not 0, is the number of seconds after which the page reloads itself to
	// follow something that is running.
	Follow int
	Style  template.CSS
}

// Cell is the argument of the template "cell": a picture with a caption.
type Cell struct {
	Source template.URL
	Title  string // below the picture
	Text   string // alternative text
}

// Foot is the argument of the template "foot".
type Foot struct {
	Plotter, Script template.JS
}

const frame = `
{{define "head"}}<!doctype html>
<html lang="en"{{if .Follow}} data-follow="{{.Follow}}"{{end}}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>{{.Style}}</style>
</head>
<body>
<main class="report">{{end}}
{{define "cell"}}<figure>{{if .Source}}<img src="{{.Source}}" alt="{{.Text}}" loading="lazy">{{end}}<figcaption>{{.Title}}</figcaption></figure>{{end}}
{{define "foot"}}</main>
{{with foot}}<script>{{.Plotter}}</script>
<script type="module">{{.Script}}</script>{{end}}
</body>
</html>
{{end}}`

// Parse parses the text of a self-contained page. Besides "head" and "foot", the text may
// call head TITLE and follow TITLE SECONDS, which make the argument of "head", and cell
// SOURCE TITLE TEXT, which makes that of "cell".
func Parse(name, text string) (*template.Template, error) {
	style, err := join("uplot/uPlot.min.css", "look.css")
	if err != nil {
		return nil, err
	}
	plotter, err := join("uplot/uPlot.iife.min.js")
	if err != nil {
		return nil, err
	}
	script, err := join("look.js")
	if err != nil {
		return nil, err
	}
	follow := func(title string, seconds int) Head { return Head{title, seconds, template.CSS(style)} } // #nosec G203 -- our own file
	t := template.New(name).Funcs(template.FuncMap{
		"head":   func(title string) Head { return follow(title, 0) },
		"follow": follow,
		"cell":   func(source template.URL, title, text string) Cell { return Cell{source, title, text} },
		"foot":   func() Foot { return Foot{template.JS(plotter), template.JS(script)} }, // #nosec G203 -- our own files
	})
	if t, err = t.Parse(frame); err != nil {
		return nil, fmt.Errorf("parse page %s: %w", name, err)
	}
	if t, err = t.Parse(text); err != nil {
		return nil, fmt.Errorf("parse page %s: %w", name, err)
	}
	return t, nil
}

// join concatenates embedded files.
func join(names ...string) (string, error) {
	var b bytes.Buffer
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("page: %w", err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// Picture encodes a picture of 1, 3 or 4 channels as a PNG inside the page: the value of an
// img element's src.
func Picture(p *imgio.Picture) (template.URL, error) {
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
