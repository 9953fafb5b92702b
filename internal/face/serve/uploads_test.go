package serve_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/face/serve"
	"easel/internal/work/jobs"
)

// zipped is a ZIP file of files by name.
func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sideBySides are the files of some drawn pairs.
func sideBySides(t testing.TB, count int) map[string][]byte {
	t.Helper()
	dir, files := pairs(t, count), map[string][]byte{}
	for i := range count {
		name := fmt.Sprintf("%d.png", i)
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	return files
}

// TestUploads: a ZIP file, or files, become data that is looked over and trained on.
func TestUploads(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	server := start(t, func(o *serve.Options) { o.State = state })
	packed := map[string][]byte{"__MACOSX/x": []byte("x"), "facades/.DS_Store": []byte("x")}
	files := map[string]string{}
	for name, data := range sideBySides(t, 6) {
		packed["facades/"+name] = data
		files["train/"+name] = sendBlob(t, server.URL, data)
	}
	archive := sendBlob(t, server.URL, zipped(t, packed))
	send := func(request any) (*http.Response, []byte) {
		t.Helper()
		text, _ := json.Marshal(request)
		return call(t, "POST", server.URL+"/v1/data", text, asJSON)
	}
	for name, request := range map[string]any{
		"zip": map[string]any{"name": "zip", "archive": archive}, "files": map[string]any{"name": "files", "files": files},
	} {
		answer, body := send(request)
		var f serve.Folder
		if err := json.Unmarshal(body, &f); err != nil || answer.StatusCode != http.StatusCreated || f.Name != "uploads/"+name {
			t.Fatalf("%s: %d %s", name, answer.StatusCode, body)
		}
		answer, body = send(request)
		wantProblem(t, answer, body, http.StatusConflict, "data-exists")
		j := ended(t, server.URL, ask(t, server.URL, fmt.Sprintf(`{"kind": "inspect", "options": {"data": %q}}`, f.Name)).ID)
		var found struct {
			Pairs    map[string]int
			Problems []any
			Error    string
		}
		if err := json.Unmarshal(j.Result, &found); err != nil || j.State != jobs.Done || found.Error != "" || found.Pairs["train"]+found.Pairs["val"] != 6 || len(found.Problems) > 0 {
			t.Errorf("%s: %s %s %s", name, j.State, j.Error, j.Result)
		}
		answer, body = call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/preview", nil, nil)
		if answer.StatusCode != http.StatusOK || decode(t, body).Width < 100 {
			t.Errorf("contact sheet: %d", answer.StatusCode)
		}
		j = ended(t, server.URL, ask(t, server.URL, strings.Replace(tinyTraining, `"pairs"`, fmt.Sprintf("%q", f.Name), 1)).ID)
		if j.State != jobs.Done {
			t.Errorf("%s: %s", name, j.Error)
		}
		if answer, body := call(t, "DELETE", server.URL+"/v1/data/"+name, nil, nil); answer.StatusCode != http.StatusNoContent {
			t.Errorf("%d %s", answer.StatusCode, body)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(state, "uploads")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestInspectionOfNothing tells what is wrong instead of failing.
func TestInspectionOfNothing(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State = t.TempDir() })
	text := fmt.Sprintf(`{"name": "x", "files": {"a.png": %q}}`, sendBlob(t, server.URL, []byte("no picture")))
	if answer, body := call(t, "POST", server.URL+"/v1/data", []byte(text), asJSON); answer.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	j := ended(t, server.URL, ask(t, server.URL, `{"kind": "inspect", "options": {"data": "uploads/x"}}`).ID)
	if j.State != jobs.Done || !strings.Contains(string(j.Result), "a.png") || strings.Contains(string(j.Result), os.TempDir()) {
		t.Errorf("%s %s", j.State, j.Result)
	}
}

// TestUploadsRefused: nothing comes to be outside, and nothing is left of what is no
// good.
func TestUploadsRefused(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	server := start(t, func(o *serve.Options) { o.State, o.MaxBlobs = state, 1<<20 })
	hello := sendBlob(t, server.URL, []byte("hello"))
	bombed := sendBlob(t, server.URL, zipped(t, map[string][]byte{"x.png": make([]byte, 2<<20)}))
	for request, want := range map[string]int{
		`{"name": "x"}`: 422, `{"name": "../x", "archive": "` + hello + `"}`: 422, `{"name": ".x", "archive": "` + hello + `"}`: 422, `{"name": "x/y", "archive": "` + hello + `"}`: 422,
		`{"name": "x", "archive": "` + hello + `", "files": {"a": "` + hello + `"}}`: 422, `{"name": "x", "archive": "` + hello + `"}`: 422, `{"name": "x", "archive": "/etc/passwd"}`: 422,
		`{"name": "x", "archive": "` + bombed + `"}`: 507, `{"name": "x", "files": {"../y": "` + hello + `"}}`: 422, `{"name": "x", "files": {"/y": "` + hello + `"}}`: 422,
		`{"name": "x", "files": {"a": "` + hello + `", "a/b": "` + hello + `"}}`: 422, `{"name": "x", "files": {"a": "sha256:00"}}`: 422, `{"name": "x", "speed": 1}`: 400, `{"name"`: 400,
	} {
		answer, body := call(t, "POST", server.URL+"/v1/data", []byte(request), asJSON)
		if answer.StatusCode != want || !bytes.Contains(body, []byte(`"urn:easel:`)) || bytes.Contains(body, []byte(state)) {
			t.Errorf("%s: %d %s", request, answer.StatusCode, body)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(state, "uploads")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	for _, name := range []string{"nothing", "..", "%2e%2e", ".coming-1"} {
		if answer, body := call(t, "DELETE", server.URL+"/v1/data/"+name, nil, nil); answer.StatusCode != http.StatusNotFound && answer.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %s", name, answer.StatusCode, body)
		}
	}
	if _, err := os.Stat(filepath.Join(state, "jobs")); err != nil {
		t.Error(err)
	}
}

// TestNoPaths: what clients are told names things as they do, and never where they
// are on this machine.
func TestNoPaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state, data := filepath.Join(dir, "state"), pairs(t, 6)
	model := writeModel(t, filepath.Join(dir, "m.safetensors"), nil)
	server := start(t, func(o *serve.Options) { o.Models, o.State, o.Data = []string{model}, state, []string{data} })
	trained := ask(t, server.URL, tinyTraining)
	ended(t, server.URL, trained.ID)
	content := sendBlob(t, server.URL, picture(t, 40, 32, 8))
	asked := []jobs.View{trained}
	for _, request := range []string{
		`{"kind": "demo", "options": {"steps": 2, "pairs": 2, "held_out": 1, "image_size": 32, "width": 2}}`,
		fmt.Sprintf(`{"kind": "stylize", "options": {"content": %q, "styles": [{"path": %q, "weight": 1}], "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 2}}`, content, content),
		fmt.Sprintf(`{"kind": "translate", "options": {"model": "m", "inputs": [%q, "pairs/0.png"]}}`, content),
		fmt.Sprintf(`{"kind": "evaluate", "options": {"models": ["m", %q], "data": "pairs", "split": "val"}}`, trained.ID),
		`{"kind": "train", "options": {"data": "pairs", "init_from": "m", "network": {"image_size": 32, "width": 2}, "length": {"steps": 1}}}`,
		`{"kind": "inspect", "options": {"data": "pairs"}}`,
	} {
		asked = append(asked, ask(t, server.URL, request))
	}
	places := []string{dir, data, state}
	look := func(what string, body []byte) {
		t.Helper()
		for _, place := range places {
			if at := bytes.Index(body, []byte(place)); at >= 0 {
				t.Errorf("%s tells %.200s", what, body[max(at-80, 0):])
				return
			}
		}
	}
	for _, j := range asked {
		done := ended(t, server.URL, j.ID)
		for _, path := range []string{"/v1/jobs/" + j.ID, "/v1/jobs/" + j.ID + "/result"} {
			_, body := call(t, "GET", server.URL+path, nil, nil)
			look(done.Kind+" "+path, body)
		}
		events(t, server.URL+"/v1/jobs/"+j.ID+"/events?after=0", nil, func(kind string, data []byte) bool {
			look(done.Kind+"'s event", data)
			var e struct{ Data jobs.View }
			return kind == "job" && json.Unmarshal(data, &e) == nil && e.Data.State.Ended()
		})
	}
	if _, body := call(t, "GET", server.URL+"/metrics", nil, nil); !bytes.Contains(body, []byte(`easel_job_run_seconds{kind="demo"} `)) || !bytes.Contains(body, []byte(`easel_jobs{kind="train",state="done"} 2`)) {
		t.Errorf("metrics: %s", body)
	}
	for _, path := range []string{"/v1/jobs", "/v1/jobs?kind=evaluate&state=done", "/v1/models", "/v1/data"} {
		_, body := call(t, "GET", server.URL+path, nil, nil)
		look(path, body)
	}
	_, body := call(t, "GET", server.URL+"/v1/jobs?kind=evaluate", nil, nil)
	var list struct {
		Jobs []struct {
			Kind    string
			Pages   []string
			Options struct {
				Models []string
				Data   string
			}
		}
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.Jobs) != 1 || len(list.Jobs[0].Pages) != 1 || list.Jobs[0].Options.Data != "pairs" || fmt.Sprint(list.Jobs[0].Options.Models) != fmt.Sprint([]string{"m", trained.ID}) {
		t.Fatalf("%v %s", err, body)
	}
	answer, body := call(t, "GET", server.URL+"/v1/jobs/"+asked[4].ID+"/files/"+list.Jobs[0].Pages[0], nil, nil)
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		t.Errorf("page: %d %.200s", answer.StatusCode, body)
	}
}
