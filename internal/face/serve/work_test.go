package serve_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/face/join"
	"easel/internal/face/serve"
	"easel/internal/file/safetensors"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
	"easel/internal/work/worker"
)

// clocksIn are what differs between two runs of the same work.
var clocksIn = regexp.MustCompile(`"[a-z_]*seconds[a-z_]*": *[0-9.e+-]+`)

const joinToken = "workers of the test"

// onlyWorkers is a server whose jobs are all done by workers.
func onlyWorkers(t testing.TB, data string, models ...string) *httptest.Server {
	return start(t, func(o *serve.Options) {
		o.Models = append(models, o.Models...)
		o.State, o.Data, o.JoinToken, o.OnlyWorkers, o.Contact = t.TempDir(), []string{data}, joinToken, true, 2*time.Second
	})
}

// workFor is a worker for a server.
func workFor(ctx context.Context, url, name, folder string, notify func(worker.Event)) error {
	host, err := join.New(join.Options{URL: url, Token: joinToken})
	if err != nil {
		return err
	}
	return worker.Run(ctx, worker.Options{
		Host: host, Kinds: verbs.All(verbs.Env{Backend: backend.Default, Threads: 1}), Folder: folder, Cache: 1 << 20, SaveEvery: time.Millisecond,
		Machine: jobs.Machine{Name: name, Version: serve.Default().Version, Bits: "cpu"}, Notify: notify,
	})
}

// workerURL and workerFolder tell this binary to be a worker, which may be killed.
const workerURL, workerFolder = "EASEL_TEST_WORKER_URL", "EASEL_TEST_WORKER_FOLDER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerURL); url != "" {
		if err := workFor(context.Background(), url, "process", os.Getenv(workerFolder), nil); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hireProcess starts a worker as a process; kill kills it.
func hireProcess(t testing.TB, url string) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerURL+"="+url, workerFolder+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(kill)
	return kill
}

// hire starts a worker for a server; dismiss stops it, and waits.
func hire(t testing.TB, url, name string) (dismiss func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	folder := t.TempDir()
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := workFor(ctx, url, name, folder, func(e worker.Event) { t.Logf("%s: %+v", name, e) }); err != nil {
			t.Error(err)
		}
	})
	dismiss = sync.OnceFunc(func() { cancel(); wait.Wait() })
	t.Cleanup(dismiss)
	return dismiss
}

// tensors is a digest of the tensors of a job's file.
func tensors(t testing.TB, url, id, name string) string {
	t.Helper()
	answer, body := call(t, "GET", url+"/v1/jobs/"+id+"/files/"+name, nil, nil)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", name, answer.StatusCode, body)
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, tensor := range f.Tensors {
		fmt.Fprintln(h, tensor.Name, tensor.Shape, tensor.Data)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

const trainingElsewhere = `{"kind": "train", "options": {"data": "pairs", "length": {"steps": 40}, "checkpoint_every": 5, "val_every": 20, "network": {"image_size": 32, "width": 4, "discriminator_width": 4, "patch_layers": 1}}}`

// TestTrainElsewhere: a training whose worker is killed and which continues on another has
// the bits of one that the server did alone, and its run names the server's data.
func TestTrainElsewhere(t *testing.T) {
	t.Parallel()
	data := pairs(t, 6)
	alone := start(t, func(o *serve.Options) { o.State, o.Data, o.Threads = t.TempDir(), []string{data}, 1 })
	want := ended(t, alone.URL, ask(t, alone.URL, trainingElsewhere).ID)
	server := onlyWorkers(t, data)
	kill := hireProcess(t, server.URL)
	j := ask(t, server.URL, trainingElsewhere)
	for deadline := time.Now().Add(time.Minute); j.Kept < 5; time.Sleep(time.Millisecond) {
		_, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID, nil, nil)
		if err := json.Unmarshal(body, &j); err != nil || j.State.Ended() || time.Now().After(deadline) {
			t.Fatalf("%s, %v", body, err)
		}
		var record struct {
			Kept int `json:"kept"`
		}
		_ = json.Unmarshal(body, &record)
		j.Kept = record.Kept
	}
	kill()
	hire(t, server.URL, "second")
	got := ended(t, server.URL, j.ID)
	if want.State != jobs.Done || got.State != jobs.Done || got.Worker != "second" || got.Attempt != 2 || !slices.Equal(got.Bits, []string{"cpu"}) {
		t.Fatalf("alone: %+v\nelsewhere: %+v", want.Job, got.Job)
	}
	const checkpoint = "run/checkpoints/step-00000040.safetensors"
	if a, b := tensors(t, alone.URL, want.ID, checkpoint), tensors(t, server.URL, got.ID, checkpoint); a != b {
		t.Errorf("other bits: %s and %s", a, b)
	}
	_, a := call(t, "GET", alone.URL+"/v1/jobs/"+want.ID+"/files/run/config.json", nil, nil)
	_, b := call(t, "GET", server.URL+"/v1/jobs/"+got.ID+"/files/run/config.json", nil, nil)
	if !bytes.Equal(bytes.ReplaceAll(a, []byte(`"threads": 1`), []byte(`"threads": 0`)), bytes.ReplaceAll(b, []byte(`"threads": 1`), []byte(`"threads": 0`))) {
		t.Errorf("%s\nelsewhere: %s", a, b)
	}
	if answer, body := call(t, "POST", server.URL+"/v1/translate?model="+got.ID, picture(t, 32, 32, 8), nil); answer.StatusCode != http.StatusOK {
		t.Errorf("the model does not translate here: %d %s", answer.StatusCode, body)
	}
}

// TestPicturesElsewhere: jobs of the other kinds give the same files on a worker.
func TestPicturesElsewhere(t *testing.T) {
	t.Parallel()
	data := pairs(t, 6)
	model := writeModel(t, filepath.Join(t.TempDir(), "same.safetensors"), nil)
	alone := start(t, func(o *serve.Options) { o.State, o.Data, o.Models = t.TempDir(), []string{data}, []string{model} })
	server := onlyWorkers(t, data, model)
	hire(t, server.URL, "first")
	for _, c := range []struct{ request, file string }{
		{`{"kind": "translate", "options": {"model": "same", "inputs": ["pairs/0.png", "pairs/1.png", "pairs/0.png"]}}`, "pictures/000002.png"},
		{`{"kind": "stylize", "options": {"content": "pairs/0.png", "styles": [{"path": "pairs/1.png", "weight": 1}], "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 3, "final_iterations": 0}}`, "result.png"},
		{`{"kind": "evaluate", "options": {"models": ["same"], "data": "pairs", "resamples": 10}}`, "evaluation/evaluation.json"},
		{`{"kind": "inspect", "options": {"data": "pairs"}}`, "inspection/contact-sheet.png"},
	} {
		here, there := ended(t, alone.URL, ask(t, alone.URL, c.request).ID), ended(t, server.URL, ask(t, server.URL, c.request).ID)
		if here.State != there.State {
			t.Errorf("%s\nhere: %+v\nelsewhere: %+v", c.request, here.Job, there.Job)
			continue
		}
		_, a := call(t, "GET", alone.URL+"/v1/jobs/"+here.ID+"/files/"+c.file, nil, nil)
		_, b := call(t, "GET", server.URL+"/v1/jobs/"+there.ID+"/files/"+c.file, nil, nil)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes differ: %.300s\nand %.300s", c.request, len(a), len(b), a, b)
		}
		if seconds := clocksIn.ReplaceAllString(string(here.Result), ""); seconds != clocksIn.ReplaceAllString(string(there.Result), "") {
			t.Errorf("%s: the results differ: %s and %s", c.request, here.Result, there.Result)
		}
	}
	var list struct{ Workers []jobs.Member }
	_, body := call(t, "GET", server.URL+"/v1/workers", nil, nil)
	if err := json.Unmarshal(body, &list); err != nil || len(list.Workers) != 1 || list.Workers[0].Name != "first" || list.Workers[0].Done == 0 {
		t.Errorf("%s, %v", body, err)
	}
}

// TestWorkerMetrics: metrics count workers by state.
func TestWorkerMetrics(t *testing.T) {
	t.Parallel()
	server := onlyWorkers(t, pairs(t, 2))
	host, err := join.New(join.Options{URL: server.URL, Token: joinToken})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Join(t.Context(), jobs.Machine{Name: "w", Version: serve.Default().Version, Bits: "x", Kinds: []string{"demo"}}); err != nil {
		t.Fatal(err)
	}
	if _, body := call(t, "GET", server.URL+"/metrics", nil, nil); !bytes.Contains(body, []byte(`easel_workers{state="idle"} 1`)) {
		t.Errorf("%s", body)
	}
}

// TestWorkToken: the join token opens workers' routes and nothing else, the clients' token
// opens everything else.
func TestWorkToken(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) {
		o.State, o.Token, o.JoinToken, o.Listen, o.JoinPlain = t.TempDir(), "word for clients", joinToken, "0.0.0.0:1", true
	})
	none := start(t, func(o *serve.Options) { o.State = t.TempDir() })
	bearer := func(token string) http.Header {
		return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	}
	machine := `{"name": "w", "version": "unknown", "bits": "x", "kinds": ["demo"], "threads": 0}`
	for _, c := range []struct {
		path, token string
		status      int
	}{
		{"/v1/work/join", joinToken, 200}, {"/v1/work/join", "word for clients", 401}, {"/v1/work/join", "", 401}, {"/v1/work/join", joinToken + "x", 401},
		{"/v1/work/jobs/x/beat", joinToken, 400}, {"/v1/work/jobs/x/beat", "word for clients", 401},
		{"/v1/jobs", joinToken, 401}, {"/v1/jobs", "word for clients", 400}, {"/v1/session", joinToken, 401},
	} {
		if answer, body := call(t, "POST", server.URL+c.path, []byte(machine), bearer(c.token)); answer.StatusCode != c.status {
			t.Errorf("%s with %q: %d %s, want %d", c.path, c.token, answer.StatusCode, body, c.status)
		}
	}
	for _, path := range []string{"/v1/workers", "/v1/blobs/" + strings.Repeat("0", 64), "/metrics"} {
		if answer, body := call(t, "GET", server.URL+path, nil, bearer(joinToken)); answer.StatusCode != 401 {
			t.Errorf("%s with the join token: %d %s", path, answer.StatusCode, body)
		}
	}
	answer, body := call(t, "POST", none.URL+"/v1/work/join", []byte(machine), bearer(""))
	wantProblem(t, answer, body, http.StatusNotFound, "no-workers")
	cookie := http.Header{"Cookie": {"easel=" + joinToken}}
	answer, body = call(t, "POST", server.URL+"/v1/work/join", []byte(machine), cookie)
	wantProblem(t, answer, body, http.StatusUnauthorized, "token")
}

// TestJoinOptions: no open or unencrypted door by accident.
func TestJoinOptions(t *testing.T) {
	t.Parallel()
	for what, edit := range map[string]func(*serve.Options){
		"a short token":             func(o *serve.Options) { o.JoinToken = "short" },
		"no TLS":                    func(o *serve.Options) { o.Listen, o.Token = "0.0.0.0:1", "word" },
		"no folder":                 func(o *serve.Options) { o.State = "" },
		"only workers, no token":    func(o *serve.Options) { o.JoinToken, o.OnlyWorkers = "", true },
		"insecure is not JoinPlain": func(o *serve.Options) { o.Listen, o.Insecure = "0.0.0.0:1", true },
	} {
		o := serve.Default()
		o.State, o.JoinToken = "x", joinToken
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		if edit(&o); o.Validate() == nil {
			t.Errorf("%s is no error", what)
		}
	}
	for _, o := range []join.Options{{URL: "http://example.com:8420", Token: "x"}, {URL: "example.com", Token: "x"}, {URL: "https://example.com"}, {URL: "https://example.com", Token: "x", Fingerprint: "00"}} {
		if _, err := join.New(o); err == nil {
			t.Errorf("%+v is no error", o)
		}
	}
}

// TestLies: a worker can change nothing but the files of the job that it has.
func TestLies(t *testing.T) {
	t.Parallel()
	server := onlyWorkers(t, pairs(t, 2))
	host, err := join.New(join.Options{URL: server.URL, Token: joinToken})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	m := jobs.Machine{Name: "liar", Version: serve.Default().Version, Bits: "x", Kinds: []string{"inspect"}}
	for _, bad := range []func(*jobs.Machine){
		func(m *jobs.Machine) { m.Version = "v9" }, func(m *jobs.Machine) { m.Name = "../x" }, func(m *jobs.Machine) { m.Name = "" },
		func(m *jobs.Machine) { m.Kinds = nil }, func(m *jobs.Machine) { m.Bits = strings.Repeat("x", 1000) },
	} {
		other := m
		if bad(&other); true {
			if _, err := host.Join(ctx, other); err == nil {
				t.Errorf("%+v may join", other)
			}
		}
	}
	if _, err := host.Lend(ctx, "nobody"); err == nil {
		t.Error("a stranger gets a job")
	}
	if _, err := host.Join(ctx, m); err != nil {
		t.Fatal(err)
	}
	ask(t, server.URL, `{"kind": "inspect", "options": {"data": "pairs"}}`)
	l, err := host.Lend(ctx, "liar")
	if err != nil || l == nil {
		t.Fatal(err)
	}
	content := []byte("x")
	file := jobs.File{Name: "x", Size: 1, SHA256: fmt.Sprintf("%x", sha256.Sum256(content))}
	send := func(ref jobs.Ref, f jobs.File) error { return host.Send(ctx, ref, f, bytes.NewReader(content)) }
	if err := send(l.Ref, file); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []jobs.Ref{{Worker: "liar", Job: l.Job, Epoch: l.Epoch + 1}, {Worker: "other", Job: l.Job, Epoch: l.Epoch}, {Worker: "liar", Job: "../" + l.Job, Epoch: l.Epoch}, {Worker: "liar", Job: "x", Epoch: l.Epoch}} {
		if send(ref, file) == nil || host.Save(ctx, ref, jobs.Written{}) == nil || host.Return(ctx, ref, jobs.End{Outcome: jobs.Succeeded}) == nil {
			t.Errorf("%+v is accepted", ref)
		}
		if _, err := host.Beat(ctx, ref, jobs.Beat{}); err == nil {
			t.Errorf("%+v is accepted", ref)
		}
		if _, err := host.Fetch(ctx, ref, l.Inputs[0].Files[0].SHA256); err == nil {
			t.Errorf("%+v is accepted", ref)
		}
	}
	for _, hash := range []string{file.SHA256, strings.Repeat("0", 64), "..", "../../job.json"} {
		if _, err := host.Fetch(ctx, l.Ref, hash); err == nil {
			t.Errorf("%s may be fetched", hash)
		}
	}
	for _, f := range []jobs.File{{Size: 1, SHA256: strings.Repeat("0", 64)}, {Size: 1, SHA256: "../x"}, {Size: 1, SHA256: strings.ToUpper(file.SHA256)}} {
		if send(l.Ref, f) == nil {
			t.Errorf("%+v is accepted", f)
		}
	}
	for _, name := range []string{"../x", "/x", "a/../../x", "", ".", "a//b", `a\b`, "c:x", "x\x00", strings.Repeat("x", 5000)} {
		f := file
		f.Name = name
		if host.Save(ctx, l.Ref, jobs.Written{Put: []jobs.File{f}}) == nil {
			t.Errorf("%q is put", name)
		}
		if host.Save(ctx, l.Ref, jobs.Written{Remove: []string{name}}) == nil {
			t.Errorf("%q is removed", name)
		}
	}
	missing := file
	missing.SHA256 = strings.Repeat("1", 64)
	if host.Save(ctx, l.Ref, jobs.Written{Put: []jobs.File{missing}}) == nil {
		t.Error("a file is put that was not sent")
	}
	huge := json.RawMessage(`"` + strings.Repeat("x", 2<<20) + `"`)
	if _, err := host.Beat(ctx, l.Ref, jobs.Beat{Events: []jobs.ProgressEvent{{Event: huge}}}); err != nil {
		t.Error(err)
	}
	if answer, _ := call(t, "GET", server.URL+"/readyz", nil, nil); answer.StatusCode != http.StatusOK {
		t.Error("a huge event ends the list")
	}
	if err := host.Save(ctx, l.Ref, jobs.Written{Put: []jobs.File{file}}); err != nil {
		t.Error(err)
	}
	if err := host.Return(ctx, l.Ref, jobs.End{Outcome: jobs.Succeeded, Result: json.RawMessage("1")}); err != nil {
		t.Error(err)
	}
	if err := host.Return(ctx, l.Ref, jobs.End{Outcome: jobs.Broke, Error: "again"}); err != nil {
		t.Errorf("a repeated return: %v", err)
	}
	if j := ended(t, server.URL, l.Job); j.State != jobs.Done {
		t.Errorf("%+v", j.Job)
	}
}

// TestFingerprint: a worker trusts the certificate that it was told, and no other.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	o := serve.Default()
	o.State, o.JoinToken = t.TempDir(), joinToken
	s, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(s.Handler())
	t.Cleanup(func() { server.Close(); _ = s.Close() })
	sum := fmt.Sprintf("%X", sha256.Sum256(server.Certificate().Raw))
	for fingerprint, want := range map[string]bool{sum: true, strings.Repeat("00", 32): false, "": false} {
		host, err := join.New(join.Options{URL: server.URL, Token: joinToken, Fingerprint: fingerprint})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = host.Join(t.Context(), jobs.Machine{Name: "w", Version: o.Version, Bits: "x", Kinds: []string{"demo"}}); (err == nil) != want {
			t.Errorf("%s: %v", fingerprint, err)
		}
	}
}

// TestCertificateStays: a server has the same self-signed certificate after a restart, and
// another one for another host.
func TestCertificateStays(t *testing.T) {
	t.Parallel()
	o := serve.Default()
	o.Listen, o.State, o.SelfSigned = "127.0.0.1:0", t.TempDir(), true
	fingerprint := func() string {
		s, err := serve.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var at serve.Listening
		if err := s.Run(ctx, func(l serve.Listening) { at = l; stop() }); err != nil {
			t.Fatal(err)
		}
		return at.Fingerprint
	}
	first := fingerprint()
	if again := fingerprint(); again != first || first == "" {
		t.Errorf("%s, then %s", first, again)
	}
	o.Hosts = []string{"studio"}
	if other := fingerprint(); other == first {
		t.Error("the certificate is not for its host")
	}
}
