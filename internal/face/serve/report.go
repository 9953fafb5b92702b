package serve

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"easel/internal/work/page"
)

// reportFile is the page about a run.
const reportFile = "report.html"

// report is the page about the model's training, or "".
func (m *model) report() string {
	if _, err := m.training(); err != nil { // a page in some other folder
		return ""
	}
	path := filepath.Join(m.run(), reportFile)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// showReport sends the page about a model's training.
func (s *Server) showReport(w http.ResponseWriter, r *http.Request) {
	if err := s.modelReport(w, r); err != nil {
		fail(w, err)
	}
}

func (s *Server) modelReport(w http.ResponseWriter, r *http.Request) error {
	m, err := s.models.get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if m.report() == "" {
		return failure(http.StatusNotFound, "no-report", "", "there is no page about the training of %s", m.id)
	}
	run, err := os.OpenRoot(m.run())
	if err != nil {
		return err
	}
	defer func() { _ = run.Close() }()
	return s.sendReport(w, r, run)
}

// sendReport sends the page about a run, with the samples inside it: the page has no origin
// (reportCSP), so that browsers would not let it load them from here.
func (s *Server) sendReport(w http.ResponseWriter, r *http.Request, run *os.Root) error {
	if err := s.rates.take(clientOf(r)); err != nil {
		return err
	}
	info, err := run.Stat(reportFile)
	if err != nil {
		return err
	}
	const copies = 8 // of the samples, while they are put in
	room := min(maxSamples, s.options.MaxMemory/(2*copies))
	memory := s.memory.reserve()
	defer memory.release()
	if err := memory.grow(copies * (info.Size() + room)); err != nil {
		return err
	}
	text, err := run.ReadFile(reportFile)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", reportCSP)
	w.Header().Set("Content-Type", types[".html"])
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(withSamples(text, run.FS(), room)))
	return nil
}

// maxSamples is the size of all the samples that a page is given, in bytes; less where
// memory is short.
const maxSamples = 8 << 20

// slidesOf matches the pictures of a slider, and sampleFile the names that they have in
// a run.
var (
	slidesOf   = regexp.MustCompile(`data-slides="([^"]*)"`)
	sampleFile = regexp.MustCompile(`^samples/step-[0-9]+\.png$`)
)

// withSamples puts a run's samples into the page about it, as many as there is room for.
func withSamples(text []byte, run fs.FS, room int64) []byte {
	return slidesOf.ReplaceAllFunc(text, func(found []byte) []byte {
		var list []page.Slide
		if json.Unmarshal([]byte(html.UnescapeString(string(slidesOf.FindSubmatch(found)[1]))), &list) != nil {
			return found
		}
		inside, err := json.Marshal(inline(list, run, room))
		if err != nil {
			return found
		}
		return []byte(`data-slides="` + template.HTMLEscapeString(string(inside)) + `"`)
	})
}

// inline has the slides' pictures in place of their names: of the last one and, where not
// all have room, of every second before it, every fourth and so on. What is no sample of
// the run is left out.
func inline(list []page.Slide, run fs.FS, room int64) []page.Slide {
	var sizes []int64
	list = slices.DeleteFunc(slices.Clone(list), func(s page.Slide) bool {
		info, err := fs.Stat(run, s.Source)
		if !sampleFile.MatchString(s.Source) || err != nil || !info.Mode().IsRegular() || info.Size() > room {
			return true
		}
		sizes = append(sizes, info.Size())
		return false
	})
	for total(sizes) > room {
		list, sizes = everySecond(list), everySecond(sizes)
	}
	inside := []page.Slide{}
	for _, s := range list {
		if data, err := fs.ReadFile(run, s.Source); err == nil {
			inside = append(inside, page.Slide{Source: "data:image/png;base64," + base64.StdEncoding.EncodeToString(data), Title: s.Title})
		}
	}
	return inside
}

func total(sizes []int64) (sum int64) {
	for _, n := range sizes {
		sum += n
	}
	return sum
}

// everySecond keeps the last one.
func everySecond[T any](list []T) (kept []T) {
	for i, v := range list {
		if (len(list)-1-i)%2 == 0 {
			kept = append(kept, v)
		}
	}
	return kept
}
