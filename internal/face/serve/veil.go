package serve

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

// A job's options, results, events and errors contain paths of this machine, because the
// verbs work with them. Clients see their own names instead: the veil undoes in any text
// that is sent what rename did.

// veil replaces paths in JSON. All are absolute: see New.
type veil struct {
	models *regexp.Regexp // runs that jobs made, shown as the job's id
	files  *regexp.Regexp // folders of jobs' files, removed to make names relative
	places []place        // longer paths first
}

// place is a path, as it stands in JSON, and what clients call it.
type place struct{ path, name string }

// newVeil knows the paths of a server that do not change. Models that jobs made are among
// the jobs' files.
func newVeil(s *Server) *veil {
	v := &veil{}
	add := func(path, name string) { v.places = append(v.places, place{quoted(path), name}) }
	if state := s.options.State; state != "" {
		add(filepath.Join(state, "blobs")+string(filepath.Separator), blobPrefix)
		add(state, "the state folder")
		folders, sep := regexp.QuoteMeta(quoted(filepath.Join(state, "jobs"))), regexp.QuoteMeta(quoted(string(filepath.Separator)))
		v.models = regexp.MustCompile(fmt.Sprintf(`%s%s([0-9a-z-]+)%sfiles%s(?:demo%s)?run"`, folders, sep, sep, sep, sep))
		v.files = regexp.MustCompile(fmt.Sprintf(`%s%s[0-9a-z-]+(?:%sfiles)?(?:%s)?`, folders, sep, sep, sep))
	}
	for name, path := range s.data.paths {
		add(path, name)
	}
	for _, m := range s.models.all() {
		add(m.path, m.id)
	}
	slices.SortFunc(v.places, func(a, b place) int { return cmp.Compare(len(b.path), len(a.path)) })
	return v
}

// at is the place whose path begins and ends at the start of rest. Before is the byte
// in front of it.
func (v *veil) at(before byte, rest string) (place, bool) {
	if before == '/' || before == '_' || before == '-' || before == '.' || before >= 0x80 || isWord(before) {
		return place{}, false // in the middle of another path
	}
	for _, p := range v.places {
		after, ok := strings.CutPrefix(rest, p.path)
		if ok && (after == "" || strings.HasSuffix(p.path, quoted(string(filepath.Separator))) || strings.ContainsRune("/\\\"'])=:,; ", rune(after[0]))) {
			return p, true
		}
	}
	return place{}, false
}

// quoted returns a text as it appears in a JSON string.
func quoted(text string) string {
	b, _ := json.Marshal(text) // of a string: never fails
	return string(b[1 : len(b)-1])
}

func isWord(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' }

// cover replaces the paths in JSON.
func (v *veil) cover(text []byte) []byte {
	if v.files != nil {
		text = v.files.ReplaceAllLiteral(v.models.ReplaceAll(text, []byte(`$1"`)), nil)
	}
	covered := make([]byte, 0, len(text))
	before := byte('"')
	for rest := string(text); rest != ""; {
		if p, ok := v.at(before, rest); ok {
			covered, rest, before = append(covered, p.name...), rest[len(p.path):], p.path[len(p.path)-1]
			continue
		}
		covered, before, rest = append(covered, rest[0]), rest[0], rest[1:]
	}
	return covered
}

// text replaces the paths in plain text.
func (v *veil) text(text string) string {
	covered := v.cover([]byte(`"` + quoted(text) + `"`))
	var plain string
	if json.Unmarshal(covered, &plain) != nil {
		return "" // a path with an unusual name was cut in the middle: omit the text
	}
	return plain
}

// jobView is a job as the API shows it.
type jobView struct {
	jobs.View
	// Pages are the names of the job's pages that easel has written, the most important
	// first.
	Pages []string `json:"pages,omitempty"`
}

// shown returns a job as clients see it.
func (s *Server) shown(j jobs.View) jobView {
	v := jobView{View: j}
	if files, err := s.queue.Files(j.ID); err == nil && j.State != jobs.Queued {
		v.Pages = verbs.Pages(j.Kind, files)
	}
	return v
}

// answerVeiled is answer for values that contain paths of this machine.
func (s *Server) answerVeiled(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(s.veil.cover(text), '\n'))
}

// answerJob answers with a job.
func (s *Server) answerJob(w http.ResponseWriter, status int, j jobs.View) {
	s.answerVeiled(w, status, s.shown(j))
}
