package serve_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"easel/internal/face/serve"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// writeModel writes a small model with random weights and returns its path.
func writeModel(t testing.TB, path string, edit func(*stored.Config)) string {
	t.Helper()
	n := pix2pix.Default()
	n.ImageSize, n.Width, n.DiscriminatorWidth, n.PatchLayers = 32, 4, 2, 1
	c := stored.Config{Network: n, Images: stored.Images{Range: stored.Range, Direction: "AtoB", LoadSize: 36, InputFilter: "nearest", TargetFilter: "bilinear"}}
	if edit != nil {
		edit(&c)
	}
	network, err := pix2pix.Inference(c.Network, 1, 32, 32, pix2pix.InferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var list []safetensors.Tensor
	for _, p := range network.Parameters {
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Initialise(7)})
	}
	if err := stored.Write(path, stored.KindModel, c, stored.Training{Step: 5}, list); err != nil {
		t.Fatal(err)
	}
	return path
}

// start serves with options that edit makes of the defaults, and one model "m".
func start(t testing.TB, edit func(*serve.Options)) *httptest.Server {
	t.Helper()
	o := serve.Default()
	o.Models = []string{writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), nil)}
	o.Threads = 1
	if edit != nil {
		edit(&o)
	}
	s, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// picture is a PNG file with some pattern.
func picture(t testing.TB, width, height, depth int) []byte {
	t.Helper()
	p := imgio.New(width, height, 3)
	p.Depth = depth
	for i := range p.Pix {
		p.Pix[i] = float32(i*37%256) / 255
	}
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// call makes a request and returns the answer with its body.
func call(t testing.TB, method, url string, body []byte, header http.Header) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for key, values := range header {
		r.Header[key] = values
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, text
}

// wantProblem checks that an answer is a problem of a kind.
func wantProblem(t testing.TB, answer *http.Response, body []byte, status int, kind string) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Hint string
		Status                    int
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%d, %s: %v", answer.StatusCode, body, err)
	}
	if answer.StatusCode != status || p.Status != status || p.Type != "urn:easel:"+kind || p.Detail == "" ||
		answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %s, want %d %s", answer.StatusCode, body, status, kind)
	}
}
