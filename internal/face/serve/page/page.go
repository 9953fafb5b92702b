// Package page is what browsers load: HTML, style sheets and ES modules, embedded
// as they are. There is no build step. See package serve for what they may use;
// look.css, look.js and uplot are those of the reports (package work/page).
//
//	app.js        which page is shown, for which model
//	draw.js       the drawing page: editor.js (tools, pointer, keyboard) over
//	              raster.js (an index map, no antialiasing) with history.js (undo),
//	              and live.js, which translates while somebody draws
//	translate.js  many pictures at once: compare.js, zip.js
//	style.js, train.js  jobs, watched while they run
//	study.html    the perceptual study, for participants: study.js
//	api.js, ui.js the server's API; elements, icons, messages
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
