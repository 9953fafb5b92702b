package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"

	"easel/internal/data/prepare"
	"easel/internal/file/imgio"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

// reportCSP is for pages that easel writes, such as report.html: they contain everything
// they need, scripts and styles included, and cannot reach this server.
const reportCSP = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; frame-ancestors 'self'"

// jobFile sends a file of a job, or the listing of a folder.
func (s *Server) jobFile(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r)
	if err == nil {
		err = s.sendFile(w, r, j.ID, r.PathValue("path"))
	}
	if err != nil {
		fail(w, problemOfJobs(err))
	}
}

// sendFile sends one of a job's files. Neither names nor links can lead out of its folder.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, id, name string) error {
	j, err := s.queue.Get(id)
	if err == nil && j.State.Ended() {
		err = s.queue.Gather(r.Context(), id)
	}
	if err != nil {
		return err
	}
	folder, err := s.queue.Files(id)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	missing := failure(http.StatusNotFound, "no-file", "", "the job has no file %q", name)
	if name = path.Clean("/" + name)[1:]; name == "" {
		name = "."
	}
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return missing
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return missing
	}
	if info.IsDir() {
		entries, err := f.ReadDir(-1)
		if err != nil {
			return err
		}
		answer(w, http.StatusOK, map[string]any{"files": listing(entries)})
		return nil
	}
	if !info.Mode().IsRegular() {
		return missing
	}
	if path.Base(name) == reportFile {
		run, err := root.OpenRoot(filepath.FromSlash(path.Dir(name)))
		if err != nil {
			return missing
		}
		defer func() { _ = run.Close() }()
		return s.sendReport(w, r, run)
	}
	h := w.Header()
	kind, known := types[path.Ext(name)]
	switch {
	case path.Ext(name) == ".html":
		h.Set("Content-Security-Policy", reportCSP)
	case !known || path.Ext(name) == ".svg" || path.Ext(name) == ".js":
		kind = "application/octet-stream"
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// listing lists names and sizes; folders end in a slash.
func listing(entries []fs.DirEntry) []map[string]any {
	list := []map[string]any{}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return imgio.CompareNames(a.Name(), b.Name()) })
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		entry := map[string]any{"name": e.Name(), "bytes": info.Size()}
		if e.IsDir() {
			entry = map[string]any{"name": e.Name() + "/"}
		}
		list = append(list, entry)
	}
	return list
}

// preview sends a picture of a job's progress or result.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r)
	if err == nil {
		err = failure(http.StatusNotFound, "no-preview", "ask again later", "there is no picture yet")
		for _, name := range s.previewsOf(j) {
			if s.sendFile(w, r, j.ID, name) == nil {
				return
			}
		}
	}
	fail(w, problemOfJobs(err))
}

// previewsOf lists patterns of files that can serve as a job's picture, best first.
func (s *Server) previewsOf(j jobs.View) []string {
	var names []string
	if j.Progress != nil && j.Progress.Preview != "" {
		names = append(names, j.Progress.Preview)
	}
	names = append(names, verbs.ResultPicture, verbs.InspectionFolder+"/"+prepare.SheetFile, verbs.DemoFolder+"/demo.png")
	folder, err := s.queue.Files(j.ID)
	if err != nil {
		return names
	}
	for _, pattern := range []string{"result-*.png", verbs.RunFolder + "/samples/*.png", verbs.DemoFolder + "/run/samples/*.png", verbs.PicturesFolder + "/*.png"} {
		found, _ := filepath.Glob(filepath.Join(folder, filepath.FromSlash(pattern)))
		if len(found) > 0 {
			name, err := filepath.Rel(folder, slices.MaxFunc(found, imgio.CompareNames))
			if err == nil {
				names = append(names, filepath.ToSlash(name))
			}
		}
	}
	return names
}

// result sends the result of a job: a picture, or what its verb returned as JSON.
func (s *Server) result(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r)
	switch {
	case err != nil:
	case !j.State.Ended():
		err = failure(http.StatusConflict, "not-ended", "ask again later", "the job is %s", j.State)
	case j.Kind == "stylize":
		if err = s.sendFile(w, r, j.ID, verbs.ResultPicture); err == nil {
			return
		}
	case j.State != jobs.Done:
		err = failure(http.StatusNotFound, "no-result", j.Hint, "%s", s.veil.text(firstOf(j.Error, "the job was cancelled")))
	default:
		s.answerVeiled(w, http.StatusOK, j.Result)
		return
	}
	var p *problem
	if errors.As(err, &p) {
		fail(w, p)
		return
	}
	fail(w, problemOfJobs(err))
}
