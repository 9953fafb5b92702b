package serve_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/face/serve"
)

// TestOtherSitesReadNothing: no answer says that another origin may read it.
func TestOtherSitesReadNothing(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State = t.TempDir() })
	for _, path := range []string{"/", "/v1/models", "/v1/jobs", "/v1/version", "/openapi.json", "/metrics"} {
		for _, method := range []string{"GET", "OPTIONS"} {
			answer, _ := call(t, method, server.URL+path, nil, http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"POST"}})
			for name := range answer.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s has %s", method, path, name)
				}
			}
			if answer.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s %s may be loaded by other sites", method, path)
			}
		}
	}
}

// TestGetChangesNothing: what changes something cannot be asked for by a link or a
// picture's address.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Data = t.TempDir(), []string{pairs(t, 2)} })
	j := ask(t, server.URL, tinyTraining)
	for _, path := range []string{"/v1/jobs/" + j.ID + "/pause", "/v1/jobs/" + j.ID + "/resume", "/v1/translate", "/m", "/v1/session", "/v1/data/x"} {
		for _, method := range []string{"GET", "HEAD"} {
			if answer, _ := call(t, method, server.URL+path, nil, nil); answer.StatusCode != http.StatusNotFound && answer.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, answer.StatusCode)
			}
		}
	}
	if done := ended(t, server.URL, j.ID); done.State != "done" {
		t.Errorf("%s %s", done.State, done.Error)
	}
}

// TestSecrets: the token is taken from no query, and nothing of the inside is served.
func TestSecrets(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.Listen, o.Token = "0.0.0.0:8420", "secret" })
	answer, body := call(t, "GET", server.URL+"/v1/models?token=secret", nil, nil)
	wantProblem(t, answer, body, http.StatusUnauthorized, "token")
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/job.json", "/.git/config"} {
		if answer, _ := call(t, "GET", server.URL+path, nil, http.Header{"Authorization": {"Bearer secret"}}); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}

// TestForeignFiles: what lies among a job's files is no page of this server's, whatever
// it is called.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	server := start(t, func(o *serve.Options) { o.State, o.Data = state, []string{pairs(t, 2)} })
	j := ask(t, server.URL, `{"kind": "inspect", "options": {"data": "pairs"}}`)
	ended(t, server.URL, j.ID)
	files := filepath.Join(state, "jobs", j.ID, "files")
	for _, name := range []string{"x.svg", "x.js", "x.xhtml", "x", "x.html"} {
		if err := os.WriteFile(filepath.Join(files, name), []byte("<script>alert(1)</script>"), 0o600); err != nil {
			t.Fatal(err)
		}
		answer, _ := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/"+name, nil, nil)
		kind, policy := answer.Header.Get("Content-Type"), answer.Header.Get("Content-Security-Policy")
		if name == "x.html" {
			if !strings.HasPrefix(policy, "sandbox allow-scripts;") || strings.Contains(policy, "allow-same-origin") || !strings.Contains(policy, "default-src 'none'") {
				t.Errorf("%s: %s", name, policy)
			}
			continue
		}
		if kind != "application/octet-stream" || answer.Header.Get("Content-Disposition") != "attachment" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, answer.Header)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(files, "link")); err != nil {
		t.Skip(err)
	}
	answer, body := call(t, "GET", server.URL+"/v1/jobs/"+j.ID+"/files/link", nil, nil)
	wantProblem(t, answer, body, http.StatusNotFound, "no-file")
}

// TestLimitsOfJobs: what no picture of a request may be, none that is painted may be.
func TestLimitsOfJobs(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.MaxPixels = t.TempDir(), 10_000 })
	small := sendBlob(t, server.URL, picture(t, 32, 32, 8))
	style := `{"kind": "stylize", "options": {"content": "` + small + `", "styles": [{"path": "` + small + `", "weight": 1}], "weights": "random", "size": 200}}`
	answer, body := call(t, "POST", server.URL+"/v1/jobs", []byte(style), asJSON)
	wantProblem(t, answer, body, http.StatusUnprocessableEntity, "options")
}

// TestModelsAreNotSent: a model is one that the server has; files that were sent are
// none.
func TestModelsAreNotSent(t *testing.T) {
	t.Parallel()
	path := writeModel(t, filepath.Join(t.TempDir(), "x.safetensors"), nil)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	server := start(t, func(o *serve.Options) { o.State = t.TempDir() })
	sent := sendBlob(t, server.URL, data)
	answer, body := call(t, "POST", server.URL+"/v1/translate?model="+sent, picture(t, 8, 8, 8), nil)
	wantProblem(t, answer, body, http.StatusNotFound, "no-model")
	answer, body = call(t, "POST", server.URL+"/v1/jobs", []byte(`{"kind": "translate", "options": {"model": "`+sent+`", "inputs": ["`+sent+`"]}}`), asJSON)
	wantProblem(t, answer, body, http.StatusNotFound, "no-model")
}

// TestMoreBombs: files that claim what is not in them end in an answer, soon.
func TestMoreBombs(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	tiff := func(tag, kind uint16, count, value uint32) []byte { // a directory with one entry, which is its own next
		b := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, tag), kind)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, count), value)
		return binary.LittleEndian.AppendUint32(b, 8)
	}
	for name, data := range map[string][]byte{
		"TIFF with 4 G values": tiff(273, 4, 1<<32-1, 8), "TIFF that goes round": tiff(256, 3, 1, 10),
		"JPEG of Exif alone": append([]byte("\xff\xd8"), bytes.Repeat([]byte("\xff\xe1\x00\x0aExif\x00\x00II"), 5e4)...),
		"WebP of nothing":    []byte("RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff"),
		"BMP of 2 G rows":    append([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"), []byte("\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")...),
	} {
		answer, body := call(t, "POST", server.URL+"/m", data, nil)
		if answer.StatusCode < 400 || answer.StatusCode >= 500 {
			t.Errorf("%s: %d %s", name, answer.StatusCode, body)
		}
	}
}
