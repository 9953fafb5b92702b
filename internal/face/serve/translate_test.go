package serve_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"testing"

	"easel/internal/face/serve"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

func decode(t *testing.T, data []byte) *imgio.Picture {
	t.Helper()
	p, _, err := imgio.Decode(bytes.NewReader(data), "answer", imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTranslate: over HTTP a picture becomes what the library makes of it, by
// every door, at its size and depth.
func TestTranslate(t *testing.T) {
	t.Parallel()
	path := writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), nil)
	server := start(t, func(o *serve.Options) { o.Models = []string{path} })
	m, err := translate.Open(path, translate.ModelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, depth := range []int{8, 16} {
		in := picture(t, 40, 30, depth)
		var want bytes.Buffer
		if _, err := m.Stream(t.Context(), bytes.NewReader(in), &want, translate.FileOptions{}); err != nil {
			t.Fatal(err)
		}
		expected := decode(t, want.Bytes())
		for _, door := range []struct{ method, path string }{
			{"POST", "/v1/translate?model=m"}, {"PUT", "/v1/translate"}, {"POST", "/m"}, {"POST", "/v1/translate?model=m&seed=0&noise=on&live=a"},
		} {
			answer, body := call(t, door.method, server.URL+door.path, in, nil)
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Easel-Model") != "m" {
				t.Fatalf("%s %s: %d %s", door.method, door.path, answer.StatusCode, body)
			}
			got := decode(t, body)
			if got.Depth != depth || !bytes.Equal(samples(got), samples(expected)) {
				t.Errorf("%s %s: not what the library makes of %d bits (depth %d)", door.method, door.path, depth, got.Depth)
			}
		}
	}
}

func samples(p *imgio.Picture) []byte {
	var b bytes.Buffer
	_ = imgio.Encode(&b, imgio.TIFF, p)
	return b.Bytes()
}

// TestSeeds: another seed is another sample, the same seed the same.
func TestSeeds(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	in := picture(t, 32, 32, 8)
	sample := func(query string) string {
		answer, body := call(t, "POST", server.URL+"/v1/translate?"+query, in, nil)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", query, answer.StatusCode, body)
		}
		return string(samples(decode(t, body)))
	}
	one, two, quiet := sample("seed=1"), sample("seed=18446744073709551615"), sample("noise=off")
	if one != sample("seed=1") || one == two || one == quiet || quiet != sample("noise=off&seed=3") {
		t.Error("samples are not told apart by seed and noise alone")
	}
}

// TestOptions: the keys of a query are the options of easel translate, with their limits.
func TestOptions(t *testing.T) {
	t.Parallel()
	path := writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), func(c *stored.Config) { c.Network.Norm = "none" })
	server := start(t, func(o *serve.Options) { o.Models = []string{path} })
	in := picture(t, 160, 64, 8)
	for _, c := range []struct {
		query   string
		options translate.Options
		warned  bool
	}{
		{"tile=64&overlap=32&seed=2", translate.Options{Tile: 64, Overlap: 32, Seed: 2}, true},
		{"tile=64&overlap=0&noise=off", translate.Options{Tile: 64, NoNoise: true}, true},
		{"tile=512", translate.Options{Tile: 512}, false},
		{"depth=16&background=black", translate.Options{Depth: 16, Background: "black"}, false},
	} {
		m, err := translate.Open(path, translate.ModelOptions{Translation: c.options})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		want, err := m.Picture(t.Context(), decode(t, in))
		if err != nil {
			t.Fatal(err)
		}
		answer, body := call(t, "POST", server.URL+"/m?"+c.query, in, nil)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", c.query, answer.StatusCode, body)
		}
		if got := decode(t, body); got.Depth != want.Depth || !bytes.Equal(samples(got), samples(want)) {
			t.Errorf("%s: not what easel translate makes", c.query)
		}
		if warned := answer.Header.Get("Easel-Warning") != ""; warned != c.warned {
			t.Errorf("%s: the warning is %q", c.query, answer.Header.Get("Easel-Warning"))
		}
	}
}

// TestMultipart: a form's first file is the picture.
func TestMultipart(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("note", "not a file")
	file, _ := form.CreateFormFile("picture", "a.png")
	_, _ = file.Write(picture(t, 32, 32, 8))
	_ = form.Close()
	header := http.Header{"Content-Type": {form.FormDataContentType()}}
	if answer, body := call(t, "POST", server.URL+"/m", b.Bytes(), header); answer.StatusCode != http.StatusOK {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	header = http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}
	answer, body := call(t, "POST", server.URL+"/m", []byte("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n"), header)
	wantProblem(t, answer, body, http.StatusBadRequest, "multipart")
}

// TestAccept: PNG, JPEG and TIFF, as the client likes.
func TestAccept(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	for accept, want := range map[string]string{
		"image/png": "image/png", "image/jpeg": "image/jpeg", "image/tiff, image/png": "image/tiff", "*/*": "image/png",
		"image/avif,image/webp,image/*;q=0.8": "image/png",
	} {
		answer, body := call(t, "POST", server.URL+"/m", picture(t, 32, 32, 8), http.Header{"Accept": {accept}})
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != want {
			t.Errorf("%s: %d %s", accept, answer.StatusCode, answer.Header.Get("Content-Type"))
			continue
		}
		decode(t, body)
	}
	answer, body := call(t, "POST", server.URL+"/m", picture(t, 32, 32, 8), http.Header{"Accept": {"image/svg+xml"}})
	wantProblem(t, answer, body, http.StatusNotAcceptable, "accept")
}

// TestRefused: what cannot be translated is told why.
func TestRefused(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.MaxBody, o.MaxPixels = 10000, 2000 })
	small := picture(t, 8, 8, 8)
	for _, c := range []struct {
		name, path string
		body       []byte
		status     int
		kind       string
	}{
		{"unknown model", "/v1/translate?model=x", small, 404, "no-model"},
		{"unknown model, pixsrv's way", "/x", small, 404, "no-model"},
		{"unknown key", "/v1/translate?speed=1", small, 400, "query"},
		{"bad seed", "/v1/translate?seed=-1", small, 400, "query"},
		{"bad noise", "/v1/translate?noise=loud", small, 400, "query"},
		{"bad tile", "/v1/translate?tile=-1", small, 400, "query"},
		{"overlap of nothing", "/v1/translate?overlap=8", small, 400, "query"},
		{"the server's memory", "/v1/translate?max-memory=1", small, 400, "query"},
		{"no picture", "/m", nil, 415, "no-picture"},
		{"text", "/m", []byte("<svg></svg>"), 415, "no-picture"},
		{"half a picture", "/m", small[:len(small)/2], 422, "damaged"},
		{"too many bytes", "/m", bytes.Repeat([]byte("x"), 10001), 413, "body-too-large"},
		{"too many pixels", "/m", picture(t, 50, 41, 8), 413, "too-many-pixels"},
	} {
		answer, body := call(t, "POST", server.URL+c.path, c.body, nil)
		t.Run(c.name, func(t *testing.T) { wantProblem(t, answer, body, c.status, c.kind) })
	}
}

// TestModels: ids come from names, and say what pages need to know.
func TestModels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := writeModel(t, filepath.Join(dir, "a b.safetensors"), nil)
	grey := writeModel(t, filepath.Join(dir, "grey.safetensors"), func(c *stored.Config) {
		c.Network.InputChannels, c.Network.Dropout = 1, "off"
	})
	server := start(t, func(o *serve.Options) { o.Models = []string{a, grey, a} })
	answer, body := call(t, "GET", server.URL+"/v1/models", nil, nil)
	var list struct{ Models []serve.Model }
	if err := json.Unmarshal(body, &list); err != nil || answer.StatusCode != http.StatusOK || len(list.Models) != 3 {
		t.Fatalf("%d %s: %v", answer.StatusCode, body, err)
	}
	first, second, third := list.Models[0], list.Models[1], list.Models[2]
	if first.ID != "a-b" || third.ID != "a-b-2" || first.ImageSize != 32 || first.Step != 5 || !first.Noise || first.Kind != "translate" {
		t.Errorf("%+v, %+v", first, third)
	}
	if second.ID != "grey" || second.Noise || second.Input.Channels != 1 || second.Output.Channels != 3 {
		t.Errorf("%+v", second)
	}
	answer, body = call(t, "POST", server.URL+"/v1/translate", picture(t, 8, 8, 8), nil)
	wantProblem(t, answer, body, http.StatusBadRequest, "which-model")
	if answer, body := call(t, "GET", server.URL+"/v1/models/grey", nil, nil); answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`"id":"grey"`)) {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}
