// Package page is what browsers load: HTML, style sheets and ES modules, embedded
// as they are. There is no build step. See package serve for what they may use.
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
