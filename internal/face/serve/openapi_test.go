package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
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

func newServer(t testing.TB) *Server {
	t.Helper()
	o := Default()
	o.State = t.TempDir()
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
	for name, text := range map[string][]byte{"Job": w.Body.Bytes(), "Model": model, "Problem": p} {
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

// FuzzHandlers: whatever comes is answered, with a problem if it is no good.
func FuzzHandlers(f *testing.F) {
	s := newServer(f)
	handler := s.Handler()
	f.Add("POST", "/v1/translate?model=m&seed=1", "image/png", "\x89PNG\r\n\x1a\n", "")
	f.Add("POST", "/v1/jobs", "application/json", `{"kind": "train", "options": {"data": "x"}}`, "")
	f.Add("POST", "/m", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; filename=a\r\n\r\nb\r\n--x--\r\n", "")
	f.Add("PUT", "/v1/blobs/00", "", "x", "7")
	f.Add("GET", "/v1/jobs/a/files/../x", "", "", "bytes=1-")
	f.Fuzz(func(t *testing.T, method, target, kind, body, header string) {
		if !strings.HasPrefix(target, "/") || strings.ContainsAny(method, " \t\r\n") || strings.Contains(target, "/events") || strings.Contains(body, "demo") {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Content-Type", kind)
		for _, name := range []string{"Range", "Upload-Offset", "Accept", "Idempotency-Key", "If-None-Match"} {
			r.Header.Set(name, header)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == 0 || w.Code == http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	})
}
