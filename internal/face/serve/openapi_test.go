package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"easel/internal/work/jobs"
)

// described is openapi.json.
type described struct {
	Paths map[string]map[string]struct {
		Summary   string
		Responses map[string]struct {
			Ref     string `json:"$ref"`
			Content map[string]any
		}
	}
	Components struct {
		Schemas map[string]struct{ Required []string }
	}
}

func describedAPI(t *testing.T) described {
	t.Helper()
	var d described
	if err := json.Unmarshal(description, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// testToken is the join token of newServer.
const testToken = "a token for tests"

func newServer(t testing.TB) *Server {
	t.Helper()
	o := Default()
	o.State, o.JoinToken = t.TempDir(), testToken
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestDescriptionIsComplete: every route is described, and nothing else.
func TestDescriptionIsComplete(t *testing.T) {
	t.Parallel()
	var have, want []string
	for path, methods := range describedAPI(t).Paths {
		for method, operation := range methods {
			have = append(have, strings.ToUpper(method)+" "+path)
			if operation.Summary == "" || len(operation.Responses) == 0 {
				t.Errorf("%s %s says nothing", method, path)
			}
		}
	}
	for _, r := range newServer(t).routes() {
		if r.pattern != "GET /" {
			want = append(want, strings.ReplaceAll(r.pattern, "...", ""))
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("described: %q\nroutes: %q", have, want)
	}
}

// TestAnswersAsDescribed: handlers answer with a status and type that the
// description has.
func TestAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	s, d := newServer(t), describedAPI(t)
	handler := s.Handler()
	for path, methods := range d.Paths {
		real := strings.NewReplacer("{id}", "nothing", "{model}", "nothing", "{hash}", strings.Repeat("0", 64), "{path}", "a/b", "{name}", "nothing").Replace(path)
		for method, operation := range methods {
			if strings.HasSuffix(path, "events") && !strings.Contains(path, "{id}") {
				continue // has no end: TestEvents
			}
			for _, c := range []struct{ host, body, kind string }{
				{"localhost", "", ""}, {"evil.example", "", ""}, {"localhost", "{}", "application/json"}, {"localhost", "x", "multipart/form-data"}, {"localhost", `{"kind": "demo", "options": {"steps": 0}}`, "application/json"},
			} {
				r := httptest.NewRequest(strings.ToUpper(method), real, strings.NewReader(c.body))
				r.Host = c.host
				r.Header.Set("Content-Type", c.kind)
				r.Header.Set("Authorization", "Bearer "+testToken)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				response, ok := operation.Responses[strconv.Itoa(w.Code)]
				if !ok {
					t.Errorf("%s %s: %d is not described: %s", method, real, w.Code, w.Body)
					continue
				}
				kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
				switch {
				case w.Code >= 400 && kind != "application/problem+json" && !strings.HasSuffix(path, "z"):
					t.Errorf("%s %s: %d is %s", method, real, w.Code, kind)
				case w.Code < 300 && len(response.Content) > 0 && response.Content[kind] == nil:
					t.Errorf("%s %s: %d is %s, which is not described", method, real, w.Code, kind)
				}
			}
		}
	}
}

// TestQueryAsDescribed: a translation's query has the described keys, and no others.
func TestQueryAsDescribed(t *testing.T) {
	t.Parallel()
	var d struct {
		Paths map[string]map[string]struct{ Parameters []struct{ Name, In string } }
	}
	if err := json.Unmarshal(description, &d); err != nil {
		t.Fatal(err)
	}
	want := strings.Split(knownKeys((&request{}).declared()), ", ")
	slices.Sort(want)
	for _, door := range []string{"put", "post"} {
		var have []string
		for _, p := range d.Paths["/v1/translate"][door].Parameters {
			have = append(have, p.Name)
		}
		slices.Sort(have)
		if !slices.Equal(have, want) {
			t.Errorf("%s: described %q, known %q", door, have, want)
		}
	}
}

// TestSchemas: what is required is there.
func TestSchemas(t *testing.T) {
	t.Parallel()
	s, d := newServer(t), describedAPI(t)
	r := httptest.NewRequest("POST", "/v1/jobs", strings.NewReader(`{"kind": "demo", "options": {"steps": 1, "pairs": 1, "image_size": 32, "width": 2}}`))
	r.Host = "localhost"
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	model, err := json.Marshal(Model{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := json.Marshal(errNoState)
	if err != nil {
		t.Fatal(err)
	}
	member, err := json.Marshal(jobs.Member{})
	if err != nil {
		t.Fatal(err)
	}
	loan, err := json.Marshal(jobs.Loan{})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"Job": w.Body.Bytes(), "Model": model, "Problem": p, "Worker": member, "Machine": member, "Loan": loan} {
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		for _, key := range d.Components.Schemas[name].Required {
			if _, ok := object[key]; !ok {
				t.Errorf("%s has no %s: %s", name, key, text)
			}
		}
	}
}

// FuzzHosts: whatever stands in Host, a name of another site is not let in.
func FuzzHosts(f *testing.F) {
	s := newServer(f)
	for _, host := range []string{"localhost:1", "[::1]", "a.local.", "evil.example", "127.0.0.1.evil.example", "::1"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name, ok := hostName(host)
		if !s.knowsHost(host) || !ok {
			return
		}
		if _, err := netip.ParseAddr(name); err != nil && name != "localhost" && !strings.HasSuffix(name, ".localhost") && !strings.HasSuffix(name, ".local") {
			t.Errorf("%q is let in as %q", host, name)
		}
	})
}

// What merely looks like a path of the server stays as it is.
func TestVeilLeavesOthers(t *testing.T) {
	t.Parallel()
	v := &veil{places: []place{{"/srv/data/maps", "maps"}, {"/data", "pairs"}, {"/st", "the state folder"}}}
	got := string(v.cover([]byte(`{"request":"/v1/data","a":"/data","b":"read /data/1.png: no /st","c":"/data.txt","d":"/srv/data/maps-2","e":"'/srv/data/maps/x'"}`)))
	want := `{"request":"/v1/data","a":"pairs","b":"read pairs/1.png: no the state folder","c":"/data.txt","d":"/srv/data/maps-2","e":"'maps/x'"}`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzVeil: whatever stands around a path, what is told stays JSON, without it.
func FuzzVeil(f *testing.F) {
	s := newServer(f)
	state := s.options.State
	f.Add("it is in ", "/jobs/20260102-x/files/run/a.png", ": no")
	f.Add("", "/blobs/00", "\\")
	f.Fuzz(func(t *testing.T, before, path, after string) {
		text, err := json.Marshal(map[string]string{"detail": before + " " + state + "/" + path + " " + after})
		if err != nil {
			t.Fatal(err)
		}
		covered := s.veil.cover(text)
		if !json.Valid(covered) || strings.Contains(string(covered), state) {
			t.Errorf("%s becomes %s", text, covered)
		}
	})
}

// FuzzHandlers: whatever comes is answered, with a problem if it is no good.
func FuzzHandlers(f *testing.F) {
	s := newServer(f)
	handler := s.Handler()
	f.Add("POST", "/v1/translate?model=m&seed=1", "image/png", "\x89PNG\r\n\x1a\n", "")
	f.Add("POST", "/v1/jobs", "application/json", `{"kind": "train", "options": {"data": "x"}}`, "")
	f.Add("POST", "/m", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; filename=a\r\n\r\nb\r\n--x--\r\n", "")
	f.Add("PUT", "/v1/blobs/00", "", "x", "7")
	f.Add("GET", "/v1/jobs/a/files/../x", "", "", "bytes=1-")
	f.Add("GET", "/v1/events?after=x", "", "", "7")
	f.Add("POST", "/v1/data", "application/json", `{"name": "x", "files": {"A/1.png": "sha256:00"}}`, "")
	f.Add("POST", "/v1/study/sessions/x/answers", "application/json", `{"trial": 1}`, "")
	f.Add("POST", "/v1/jobs/x/pause", "", "", "easel=1")
	f.Add("POST", "/v1/work/join", "application/json", `{"name": "w", "version": "unknown", "bits": "x", "kinds": ["demo"], "threads": 0}`, "Bearer "+testToken)
	f.Add("POST", "/v1/work/lend", "application/json", `{"worker": "w"}`, "Bearer "+testToken)
	f.Add("POST", "/v1/work/jobs/x/save", "application/json", `{"worker": "w", "epoch": 1, "put": [{"name": "../x", "size": 1, "sha256": "00"}]}`, "Bearer "+testToken)
	f.Add("PUT", "/v1/work/jobs/x/files/00?worker=w&epoch=1", "", "x", "Bearer "+testToken)
	f.Fuzz(func(t *testing.T, method, target, kind, body, header string) {
		if !strings.HasPrefix(target, "/") || strings.ContainsAny(method, " \t\r\n") || strings.Contains(body, "demo") {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond) // streams have no end
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, "http://localhost"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Content-Type", kind)
		for _, name := range []string{"Range", "Upload-Offset", "Accept", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "Origin", "Cookie", "Authorization"} {
			r.Header.Set(name, header)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == 0 || w.Code == http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	})
}

// TestEndedRequest: that a client has left is no fault of the server's.
func TestEndedRequest(t *testing.T) {
	t.Parallel()
	handler := newServer(t).Handler()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{"/v1/events", "/v1/jobs", "/v1/models", "/v1/data"} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
}
