// Package page is what browsers load: HTML, style sheets and ES modules, embedded
// as they are. There is no build step. See package serve for what they may use;
// look.css, look.js and uplot are those of the reports (package work/page).
//
//	app.js        which pages there are
//	style.js, train.js, judge.js  jobs, watched while they run
//	pairs.js      pairs are chosen or dropped, and looked over
//	run.js        a training's curves and samples, from its events
//	study.html    the perceptual study, for participants: study.js
//	api.js        the server's API
//
// The frame around the pages, drawing and translating are modules of package
// work/page (App there), which the sites of easel export --web have too: they import
// api.js for a model's answers, whoever gives them.
package page

import (
	"embed"
	"io/fs"
)

//go:embed static
var embedded embed.FS

// Files are the pages and what they load, by their path.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "static")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return files
}
