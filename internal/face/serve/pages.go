package serve

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// types are the media types of what pages load. The system's own table is not used: on some
// machines it has text/plain for .js, which browsers then refuse.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// pageFile is a file of the pages, ready to send.
type pageFile struct {
	content []byte
	kind    string
	tag     string
}

// readPages reads all files of folders, keyed by URL path. NAME.html is also served as
// /NAME, and index.html as the folder.
func readPages(folders ...fs.FS) (map[string]pageFile, error) {
	pages := map[string]pageFile{}
	for _, files := range folders {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return addPage(pages, files, name)
		})
		if err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func addPage(pages map[string]pageFile, files fs.FS, name string) error {
	kind, known := types[path.Ext(name)]
	if !known {
		return fmt.Errorf("page %s: its extension has no known media type", name)
	}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	file := pageFile{content, kind, fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(content))[:32])}
	pages["/"+name] = file
	if base, html := strings.CutSuffix("/"+name, ".html"); html {
		pages[base] = file
		if folder, index := strings.CutSuffix(base, "/index"); index {
			pages[folder+"/"] = file
		}
	}
	return nil
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	file, ok := s.pages[r.URL.Path]
	if !ok {
		fail(w, failure(http.StatusNotFound, "not-found", "", "there is nothing at %s", r.URL.Path))
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.kind)
	h.Set("Cache-Control", "no-cache") // the ETag shows whether it has changed
	h.Set("ETag", file.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.content))
}
