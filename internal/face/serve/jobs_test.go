package serve_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"easel/internal/data/facade"
	"easel/internal/face/serve"
	"easel/internal/file/imgio"
	"easel/internal/work/jobs"
)

// pairs writes drawn pairs, labels left, and returns their folder.
func pairs(t testing.TB, count int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pairs")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range count {
		labels, photo := facade.Generate(5, i, 32)
		p, err := imgio.SideBySide(labels, photo)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var asJSON = http.Header{"Content-Type": {"application/json"}}

// ask asks for a job and wants it accepted.
func ask(t testing.TB, url, request string) jobs.View {
	t.Helper()
	answer, body := call(t, "POST", url+"/v1/jobs", []byte(request), asJSON)
	var j jobs.View
	if err := json.Unmarshal(body, &j); err != nil || answer.StatusCode != http.StatusAccepted || answer.Header.Get("Location") != "/v1/jobs/"+j.ID {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	return j
}

// ended waits for a job's end.
func ended(t testing.TB, url, id string) jobs.View {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var j jobs.View
		_, body := call(t, "GET", url+"/v1/jobs/"+id, nil, nil)
		if err := json.Unmarshal(body, &j); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if j.State.Ended() {
			return j
		}
	}
	t.Fatal("the job takes too long")
	return jobs.View{}
}

const tinyTraining = `{"kind": "train", "options": {"data": "pairs", "length": {"steps": 3}, "val_every": 1, "network": {"image_size": 32, "width": 4, "discriminator_width": 4, "patch_layers": 1}}}`

// TestTrain: from data to a model that translates, over HTTP alone.
func TestTrain(t *testing.T) {
	t.Parallel()
	data := pairs(t, 6)
	server := start(t, func(o *serve.Options) { o.Models, o.State, o.Data = nil, t.TempDir(), []string{data} })
	j := ask(t, server.URL, tinyTraining)
	if done := ended(t, server.URL, j.ID); done.State != jobs.Done {
		t.Fatalf("%s: %s", done.State, done.Error)
	}
	answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/preview", nil, nil)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("ETag") == "" {
		t.Fatalf("preview: %d %s", answer.StatusCode, body)
	}
	decode(t, body)
	answer, body = call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/run/report.html", nil, nil)
	if policy := answer.Header.Get("Content-Security-Policy"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("report: %d %s %.100s", answer.StatusCode, policy, body)
	}
	if !bytes.Contains(body, []byte("data-slides=")) || !bytes.Contains(body, []byte("data:image/png;base64,")) {
		t.Error("the report has no samples inside")
	}
	if answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/run", nil, nil); !bytes.Contains(body, []byte(`"checkpoints/"`)) {
		t.Errorf("listing: %d %s", answer.StatusCode, body)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		answer, body = call(t, "POST", server.URL+"/v1/translate?model="+j.ID, picture(t, 32, 32, 8), nil)
		if answer.StatusCode == http.StatusOK || time.Now().After(deadline) {
			break
		}
	}
	if answer.StatusCode != http.StatusOK {
		t.Errorf("translate: %d %s", answer.StatusCode, body)
	}
	for _, escape := range []string{"..", "../../job.json", "%2e%2e/job.json", "run/../../job.json", "/etc/passwd", "..%2f..%2fjob.json"} {
		answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/"+escape, nil, nil)
		if answer.StatusCode == http.StatusOK && bytes.Contains(body, []byte(`"revision": `)) || bytes.Contains(body, []byte("root:")) {
			t.Errorf("%s leads out: %s", escape, body)
		}
	}
}

// sendBlob sends a file and returns its name in options.
func sendBlob(t testing.TB, url string, data []byte) string {
	t.Helper()
	hash := fmt.Sprintf("%x", sha256.Sum256(data))
	if answer, body := call(t, "PUT", url+"/v1/blobs/"+hash, data, nil); answer.StatusCode != http.StatusCreated && answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	return "sha256:" + hash
}

// TestStylize: two pictures that were sent become a third, which goes on at twice its size.
func TestStylize(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State = t.TempDir() })
	content, style := sendBlob(t, server.URL, picture(t, 40, 32, 8)), sendBlob(t, server.URL, picture(t, 32, 48, 8))
	j := ask(t, server.URL, fmt.Sprintf(`{"kind": "stylize", "options": {"content": %q, "styles": [{"path": %q, "weight": 1}], "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 4}}`, content, style))
	if done := ended(t, server.URL, j.ID); done.State != jobs.Done {
		t.Fatalf("%s: %s", done.State, done.Error)
	}
	answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/result", nil, nil)
	if p := decode(t, body); answer.StatusCode != http.StatusOK || p.Width != 32 {
		t.Errorf("%d, %d wide", answer.StatusCode, p.Width)
	}
	j = ask(t, server.URL, fmt.Sprintf(`{"kind": "stylize", "options": {"content": %q, "continue": %q, "styles": [{"path": %q, "weight": 1}], "weights": "small", "size": 64, "iterations": 2, "final_iterations": 0}}`,
		content, sendBlob(t, server.URL, body), style))
	if done := ended(t, server.URL, j.ID); done.State != jobs.Done || !strings.Contains(string(done.Result), `"iterations":2,`) {
		t.Fatalf("%s: %s, %s", done.State, done.Error, done.Result)
	}
	answer, body = call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/result", nil, nil)
	if p := decode(t, body); answer.StatusCode != http.StatusOK || p.Width != 64 {
		t.Errorf("%d, %d wide", answer.StatusCode, p.Width)
	}
}

// TestTrainStyle: a network learns two paintings that were sent, and then paints in the one
// or the other, by their names.
func TestTrainStyle(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4)
	server := start(t, func(o *serve.Options) { o.Models, o.State, o.Data = nil, t.TempDir(), []string{data} })
	first, second := sendBlob(t, server.URL, picture(t, 32, 48, 8)), sendBlob(t, server.URL, picture(t, 48, 32, 8))
	j := ask(t, server.URL, fmt.Sprintf(`{"kind": "train-style", "options": {"styles": [%q, %q], "data": "pairs", "weights": "random",
		"network": {"width": 2, "blocks": 1}, "image_size": 32, "batch": 1, "length": {"steps": 2}, "val_every": 1, "checkpoint_every": 1}}`, first, second))
	if done := ended(t, server.URL, j.ID); done.State != jobs.Done {
		t.Fatalf("%s: %s", done.State, done.Error)
	}
	var list struct{ Models []serve.Model }
	for deadline := time.Now().Add(20 * time.Second); len(list.Models) == 0 && time.Now().Before(deadline); {
		_, body := call(t, "GET", server.URL+"/v1/models", nil, nil)
		if err := json.Unmarshal(body, &list); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
	}
	if len(list.Models) != 1 || list.Models[0].Kind != "style" || len(list.Models[0].Styles) != 2 {
		t.Fatalf("the models are %+v", list.Models)
	}
	painted := map[string]bool{}
	for _, name := range list.Models[0].Styles {
		answer, body := call(t, "POST", server.URL+"/v1/translate?model="+j.ID+"&style="+name, picture(t, 40, 32, 8), nil)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("style %s: %d %s", name, answer.StatusCode, body)
		}
		painted[string(body)] = true
	}
	if len(painted) != 2 {
		t.Error("both styles are one picture")
	}
	if answer, body := call(t, "POST", server.URL+"/v1/translate?model="+j.ID+"&style="+first, picture(t, 40, 32, 8), nil); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a picture for learned styles: %d %s", answer.StatusCode, body)
	}
	for _, options := range []string{`{"styles": ["/etc/passwd"], "data": "pairs"}`, `{"styles": [], "data": "pairs"}`, `{"data": "pairs", "model": "x"}`} {
		if answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(`{"kind": "train-style", "options": `+options+`}`), http.Header{"Content-Type": {"application/json"}}); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", options, answer.StatusCode, body)
		}
	}
}

// TestJobsRefused: options that the command would refuse, paths, and URLs.
func TestJobsRefused(t *testing.T) {
	t.Parallel()
	data := pairs(t, 2)
	if runtime.GOOS != "windows" {
		if err := os.Symlink("/etc", filepath.Join(data, "link")); err != nil {
			t.Fatal(err)
		}
	}
	server := start(t, func(o *serve.Options) { o.State, o.Data = t.TempDir(), []string{data} })
	train := func(options string) string { return `{"kind": "train", "options": {` + options + `}}` }
	for _, c := range []struct {
		request string
		status  int
		kind    string
	}{
		{`{"kind": "dream"}`, 422, "kind"}, {`{"kind": "train"`, 400, "json"}, {`{"kind": "train", "speed": 1}`, 400, "json"}, {`{} {}`, 400, "json"},
		{train(``), 422, "options"}, {train(`"data": "pairs", "nonsense": 1`), 422, "options"}, {train(`"data": "pairs", "batch": 0`), 422, "options"},
		{train(`"data": "/etc"`), 422, "no-data"}, {train(`"data": "pairs/../../etc"`), 422, "no-data"}, {train(`"data": "pairs/link"`), 422, "no-data"},
		{train(`"data": "http://example.com/x.zip"`), 422, "no-data"}, {train(`"data": "pairs", "out": "/tmp/x"`), 422, "options"},
		{train(`"data": "pairs", "resume": "/tmp/x"`), 422, "options"}, {train(`"data": "pairs", "init_from": "/etc/passwd"`), 404, "no-model"},
		{`{"kind": "stylize", "options": {"content": "/etc/passwd"}}`, 422, "no-data"},
		{`{"kind": "stylize", "options": {"content": "sha256:../../../etc/passwd"}}`, 422, "no-blob"},
		{`{"kind": "stylize", "options": {"continue": "/etc/passwd"}}`, 422, "no-data"},
		{`{"kind": "stylize", "options": {"init": "/etc/passwd"}}`, 422, "no-data"},
		{`{"kind": "stylize", "options": {"Content": "/etc/passwd", "styles": [{"path": "pairs/0.png", "weight": 1}], "weights": "random"}}`, 422, "options"},
		{`{"kind": "stylize", "options": {"content": "pairs/0.png", "styles": [{"PATH": "/etc/passwd", "weight": 1}], "weights": "random"}}`, 422, "options"},
		{`{"kind": "stylize", "options": {"content": "pairs/0.png", "\u017ftyles": [{"path": "/etc/passwd", "weight": 1}], "weights": "random"}}`, 422, "options"},
		{`{"kind": "stylize", "options": {"weights": "/etc/passwd"}}`, 422, "options"},
		{`{"kind": "stylize", "options": {"styles": [{"path": "https://example.com/a.png", "weight": 1}]}}`, 422, "no-data"},
		{`{"kind": "evaluate", "options": {"models": ["/etc"], "data": "pairs"}}`, 404, "no-model"},
		{`{"kind": "evaluate", "options": {"models": ["m"], "data": "pairs", "features": ["/etc/passwd:x"]}}`, 422, "options"},
		{`{"kind": "evaluate", "options": {"models": ["m"], "data": "pairs", "perceptual": "/etc/passwd"}}`, 422, "options"},
		{`{"kind": "translate", "options": {"model": "m", "inputs": ["/etc/passwd"]}}`, 422, "no-data"},
	} {
		answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(c.request), asJSON)
		t.Run("", func(t *testing.T) { wantProblem(t, answer, body, c.status, c.kind) })
	}
	answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(`{}`), http.Header{"Content-Type": {"text/plain"}})
	wantProblem(t, answer, body, http.StatusUnsupportedMediaType, "json")
	if _, body := call(t, "GET", server.URL+"/v1/jobs", nil, nil); string(body) != "{\"jobs\":[]}\n" {
		t.Errorf("jobs: %s", body)
	}
}

// TestTooManySteps: a job that asks for more steps than the owner allows is refused before it
// is queued.
func TestTooManySteps(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Data, o.MaxJobSteps = t.TempDir(), []string{pairs(t, 2)}, 100 })
	for _, request := range []string{
		strings.Replace(tinyTraining, `"steps": 3`, `"steps": 101`, 1), `{"kind": "demo", "options": {"steps": 101}}`,
		`{"kind": "experiment", "options": {"experiments": ["noise"], "data": "pairs", "steps": 101}}`,
	} {
		answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(request), asJSON)
		wantProblem(t, answer, body, http.StatusUnprocessableEntity, "options")
		if !bytes.Contains(body, []byte("101 steps are more than the 100")) || !bytes.Contains(body, []byte("max_job_steps")) {
			t.Errorf("%s: %s", request, body)
		}
	}
}

// TestStrangersDoNotTrain unless they are allowed to.
func TestStrangersDoNotTrain(t *testing.T) {
	t.Parallel()
	data := pairs(t, 2)
	for allow, want := range map[bool]int{false: http.StatusForbidden, true: http.StatusAccepted} {
		server := start(t, func(o *serve.Options) {
			o.Listen, o.Token, o.State, o.Data, o.AllowTraining = "0.0.0.0:1", "word", t.TempDir(), []string{data}, allow
		})
		header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer word"}}
		if answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(tinyTraining), header); answer.StatusCode != want {
			t.Errorf("allowed %v: %d %s", allow, answer.StatusCode, body)
		}
	}
}

// TestPause: a training that is paused and goes on ends as one that was not.
func TestPause(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Data = t.TempDir(), []string{pairs(t, 6)} })
	request := strings.Replace(tinyTraining, `"steps": 3`, `"steps": 300`, 1)
	request = strings.Replace(request, `"val_every": 1`, `"val_every": 300`, 1)
	j := ask(t, server.URL, request)
	state := func(want jobs.State) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			var now jobs.View
			_, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID, nil, nil)
			if json.Unmarshal(body, &now) == nil && now.State == want && (want != jobs.Running || now.Progress != nil && now.Progress.Done > 2) {
				return
			}
		}
		t.Fatalf("it does not become %s", want)
	}
	state(jobs.Running)
	move := func(to string) (*http.Response, []byte) {
		return call(t, "POST", server.URL+"/v1/jobs/"+j.ID+"/"+to, nil, nil)
	}
	if answer, body := move("pause"); answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	state(jobs.Paused)
	if answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/run/checkpoints", nil, nil); !bytes.Contains(body, []byte("step-")) || bytes.Contains(body, []byte("step-00000300")) {
		t.Errorf("checkpoints of the paused run: %d %s", answer.StatusCode, body)
	}
	if answer, body := move("resume"); answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	if done := ended(t, server.URL, j.ID); done.State != jobs.Done || done.Attempt != 1 {
		t.Errorf("%s: %s", done.State, done.Error)
	}
	answer, body := move("pause")
	wantProblem(t, answer, body, http.StatusConflict, "ended")
	answer, body = move("resume")
	wantProblem(t, answer, body, http.StatusConflict, "ended")
}

// TestIdempotency: the same request with a key is one job.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Data = t.TempDir(), []string{pairs(t, 2)} })
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"k"}}
	_, first := call(t, "POST", server.URL+"/v1/jobs", []byte(tinyTraining), header)
	_, second := call(t, "POST", server.URL+"/v1/jobs", []byte(tinyTraining), header)
	var a, b jobs.View
	if json.Unmarshal(first, &a) != nil || json.Unmarshal(second, &b) != nil || a.ID == "" || a.ID != b.ID {
		t.Errorf("%s and %s", first, second)
	}
	answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(`{"kind": "demo"}`), header)
	wantProblem(t, answer, body, http.StatusUnprocessableEntity, "key-used")
	for range 2 {
		if answer, body := call(t, "DELETE", server.URL+"/v1/jobs/"+a.ID, nil, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%d %s", answer.StatusCode, body)
		}
	}
	ended(t, server.URL, a.ID)
	if answer, body := call(t, "DELETE", server.URL+"/v1/jobs/"+a.ID+"?files=remove", nil, nil); answer.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	answer, body = call(t, "GET", server.URL+"/v1/jobs/"+a.ID, nil, nil)
	wantProblem(t, answer, body, http.StatusNotFound, "no-job")
}

// events reads a stream of events until one that is the last.
func events(t *testing.T, url string, header http.Header, last func(kind string, data []byte) bool) (ids []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	r.Header = header.Clone()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	lines, id, kind := bufio.NewScanner(answer.Body), "", ""
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			ids = append(ids, id)
			if last(kind, []byte(value)) {
				return ids
			}
			id = ""
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return nil
}

func isDone(kind string, data []byte) bool {
	var e struct{ Data jobs.View }
	return kind == "job" && json.Unmarshal(data, &e) == nil && e.Data.State == jobs.Done
}

// TestEvents: a snapshot, then everything in order; who was cut off goes on where
// it was.
func TestEvents(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Data = t.TempDir(), []string{pairs(t, 6)} })
	j := ask(t, server.URL, tinyTraining)
	url := server.URL + "/v1/jobs/" + j.ID + "/events"
	all := events(t, url+"?after=0", nil, isDone)
	if len(all) < 6 || all[0] != "" {
		t.Fatalf("ids %q", all)
	}
	again := events(t, url+"?after=0", nil, isDone)
	if strings.Join(again, " ") != strings.Join(all, " ") {
		t.Errorf("replayed %q, not %q", again, all)
	}
	rest := events(t, server.URL+"/v1/events", http.Header{"Last-Event-Id": {all[3]}}, isDone)
	if strings.Join(rest[1:], " ") != strings.Join(all[4:], " ") {
		t.Errorf("after %s came %q, not %q", all[3], rest[1:], all[4:])
	}
	answer, body := call(t, "GET", url, nil, http.Header{"Last-Event-Id": {"-1"}})
	wantProblem(t, answer, body, http.StatusBadRequest, "query")
}

// TestStreamsEndWithTheServer, and leave no goroutine behind.
func TestStreamsEndWithTheServer(t *testing.T) {
	o := serve.Default()
	o.Listen, o.State = "127.0.0.1:0", t.TempDir()
	s, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	ctx, stop := context.WithCancel(t.Context())
	at, done := make(chan serve.Listening, 1), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(l serve.Listening) { at <- l }) }()
	url := (<-at).URL
	client := &http.Client{Transport: &http.Transport{}}
	var ends []chan string
	for range 50 {
		answer, err := client.Get(url + "v1/events")
		if err != nil {
			t.Fatal(err)
		}
		end := make(chan string, 1)
		ends = append(ends, end)
		go func() {
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			end <- string(text)
		}()
	}
	stop()
	for _, end := range ends {
		if text := <-end; !strings.HasSuffix(text, "retry: 2000\n\n") {
			t.Fatalf("a stream ended with %q", text)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	client.CloseIdleConnections()
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before: %s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// TestBlobs: verified, stored once, in pieces if need be, within a bound.
func TestBlobs(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.MaxBlobs = t.TempDir(), 100 })
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte("hello world")))
	url := server.URL + "/v1/blobs/" + hash
	offset := func(want int, at string) {
		t.Helper()
		answer, _ := call(t, "HEAD", url, nil, nil)
		if answer.StatusCode != want || answer.Header.Get("Upload-Offset") != at {
			t.Errorf("HEAD: %d at %s, not %d at %s", answer.StatusCode, answer.Header.Get("Upload-Offset"), want, at)
		}
	}
	offset(404, "0")
	answer, body := call(t, "PUT", url, []byte("hello wor"), nil)
	wantProblem(t, answer, body, http.StatusUnprocessableEntity, "hash")
	offset(404, "0")
	// A connection that breaks leaves what has come.
	pipe, w := io.Pipe()
	go func() { _, _ = w.Write([]byte("hello ")); _ = w.CloseWithError(io.ErrUnexpectedEOF) }()
	r, _ := http.NewRequestWithContext(t.Context(), "PUT", url, pipe)
	if _, err := http.DefaultClient.Do(r); err == nil {
		t.Error("a broken upload was answered")
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if answer, _ := call(t, "HEAD", url, nil, nil); answer.Header.Get("Upload-Offset") == "6" {
			break
		}
	}
	offset(404, "6")
	for deadline := time.Now().Add(20 * time.Second); ; {
		answer, body = call(t, "PUT", url, []byte("world"), http.Header{"Upload-Offset": {"6"}})
		if answer.StatusCode != http.StatusConflict || time.Now().After(deadline) {
			break // the broken one has been noticed
		}
	}
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("the rest: %d %s", answer.StatusCode, body)
	}
	offset(200, "11")
	if answer, _ := call(t, "PUT", url, []byte("anything"), nil); answer.StatusCode != http.StatusNoContent {
		t.Errorf("again: %d", answer.StatusCode)
	}
	if answer, body := call(t, "GET", url, nil, nil); string(body) != "hello world" || answer.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("back came %s %q", answer.Header.Get("Content-Type"), body)
	}
	large := bytes.Repeat([]byte("x"), 200)
	answer, body = call(t, "PUT", fmt.Sprintf("%s/v1/blobs/%x", server.URL, sha256.Sum256(large)), large, nil)
	if answer.StatusCode != http.StatusInsufficientStorage && answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too much: %d %s", answer.StatusCode, body)
	}
	for _, bad := range []string{"x", "..", strings.ToUpper(hash), hash + "0"} {
		if answer, _ := call(t, "PUT", server.URL+"/v1/blobs/"+bad, []byte("x"), nil); answer.StatusCode < 400 {
			t.Errorf("%s: %d", bad, answer.StatusCode)
		}
	}
}

// TestNoState: a server without a folder has no jobs, and says so.
func TestNoState(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(`{"kind": "demo"}`), asJSON)
	wantProblem(t, answer, body, http.StatusNotImplemented, "no-state")
	for _, path := range []string{"/v1/jobs/x", "/v1/events", "/v1/jobs/x/events", "/v1/jobs/x/preview", "/v1/jobs/x/result", "/v1/jobs/x/files/a"} {
		answer, body := call(t, "GET", server.URL+path, nil, nil)
		wantProblem(t, answer, body, http.StatusNotImplemented, "no-state")
	}
}
