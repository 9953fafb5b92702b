package serve_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/face/serve"
	"easel/internal/file/imgio"
	"easel/internal/work/study"
)

// smallStudy is a study of one algorithm and three pairs, one trial for practice and
// two that count.
func smallStudy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	plan := study.Plan{Version: 1, Practice: 1, Scored: 2, ExposureMS: 1000, Size: 8, Algorithms: []study.Algorithm{{Name: "one"}}}
	for _, name := range []string{"a", "b", "c"} {
		plan.Pairs = append(plan.Pairs, study.Pair{Name: name, Real: "real" + name, Fakes: []string{"fake" + name}})
	}
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "study.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pictures"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(filepath.Join(dir, "pictures", "reala.png"), imgio.New(8, 8, 3)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A session over HTTP: practice says the truth, scored trials do not, wrong requests
// are told apart.
func TestStudy(t *testing.T) {
	t.Parallel()
	dir := smallStudy(t)
	server := start(t, func(o *serve.Options) { o.Study, o.Token = dir, "secret" })
	base := server.URL + "/v1/study/"
	post := func(path, body string) (*http.Response, string) {
		t.Helper()
		r, text := call(t, http.MethodPost, base+path, []byte(body), nil)
		return r, string(text)
	}
	r, text := post("sessions", "{}")
	var session study.Session
	if err := json.Unmarshal([]byte(text), &session); err != nil || r.StatusCode != http.StatusCreated || session.Scored != 2 {
		t.Fatalf("%d %s", r.StatusCode, text)
	}
	trials := "sessions/" + session.ID + "/"
	for n := range 3 {
		r, body := call(t, http.MethodGet, base+trials+"trial", nil, nil)
		var trial study.Trial
		if err := json.Unmarshal(body, &trial); err != nil || r.StatusCode != http.StatusOK || trial.Number != n {
			t.Fatalf("%d %s", r.StatusCode, body)
		}
		r, text := post(trials+"answers", `{"trial": `+string(rune('0'+n))+`, "fake": "left", "left_ms": 1000, "right_ms": 1000, "frame_ms": 16, "response_ms": 800, "hidden": false}`)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", r.StatusCode, text)
		}
		if tells := strings.Contains(text, `"fake"`); tells != (n == 0) {
			t.Errorf("the answer to trial %d is %s", n, text)
		}
	}
	for _, c := range []struct {
		body string
		want int
	}{
		{`{"participant": "p-1"}`, http.StatusCreated},
		{`{"participant": "p-1"}`, http.StatusOK}, // goes on
		{`{"name": "p-1"}`, http.StatusBadRequest},
		{`{"participant": "` + strings.Repeat("p", 300) + `"}`, http.StatusBadRequest},
	} {
		if r, text := post("sessions", c.body); r.StatusCode != c.want {
			t.Errorf("%s: %d %s", c.body, r.StatusCode, text)
		}
	}
	for path, c := range map[string]struct {
		body string
		want int
	}{
		trials + "answers":        {`{"trial": 3, "fake": "left"}`, http.StatusGone},
		"sessions/nobody/answers": {`{"trial": 0, "fake": "left"}`, http.StatusNotFound},
		trials + "answers?":       {`{"truth": 1}`, http.StatusBadRequest},
	} {
		if r, text := post(path, c.body); r.StatusCode != c.want {
			t.Errorf("%s: %d %s", path, r.StatusCode, text)
		}
	}
	for path, want := range map[string]int{"pictures/reala": http.StatusOK, "pictures/..%2Fstudy.json": http.StatusNotFound, "pictures/study": http.StatusNotFound} {
		if r, _ := call(t, http.MethodGet, base+path, nil, nil); r.StatusCode != want {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	o := serve.Default()
	o.Study = dir
	if _, err := serve.New(o); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second server of the study: %v", err)
	}
	if r, _ := call(t, http.MethodGet, start(t, nil).URL+"/v1/study/sessions/x/trial", nil, nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("without a study: %d", r.StatusCode)
	}
}
