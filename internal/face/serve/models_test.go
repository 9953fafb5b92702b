package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/data/palette"
	"easel/internal/face/serve"
	"easel/internal/file/safetensors"
	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
)

// writeStyle writes a small network of a style with random weights.
func writeStyle(t testing.TB, path string, c feedforward.Config) string {
	t.Helper()
	side := c.Smallest()
	network, err := feedforward.Inference(c, 1, side, side, 1)
	if err != nil {
		t.Fatal(err)
	}
	var list []safetensors.Tensor
	for _, p := range network.Parameters {
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Initialise(7)})
	}
	if err := stored.WriteStyle(path, stored.StyleConfig{Network: c}, stored.Training{}, list, false); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestStyles: networks that paint are models like others; one for any style wants its
// picture.
func TestStyles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := writeStyle(t, filepath.Join(dir, "mosaic.safetensors"), feedforward.Config{Width: 4, Blocks: 1})
	adain := writeStyle(t, filepath.Join(dir, "any.safetensors"), feedforward.Config{Kind: feedforward.AdaIN, Width: 4})
	server := start(t, func(o *serve.Options) { o.Models, o.State = []string{own, adain}, t.TempDir() })
	var list struct{ Models []serve.Model }
	_, body := call(t, "GET", server.URL+"/v1/models", nil, nil)
	if err := json.Unmarshal(body, &list); err != nil || len(list.Models) != 2 || list.Models[0].Kind != "style" || list.Models[0].AnyStyle || !list.Models[1].AnyStyle || list.Models[0].Error != "" {
		t.Fatalf("%v %s", err, body)
	}
	in := picture(t, 40, 32, 8)
	answer, body := call(t, "POST", server.URL+"/v1/translate?model=mosaic", in, nil)
	if answer.StatusCode != http.StatusOK || decode(t, body).Width != 40 {
		t.Errorf("mosaic: %d", answer.StatusCode)
	}
	first, second := sendBlob(t, server.URL, picture(t, 32, 48, 8)), sendBlob(t, server.URL, picture(t, 48, 32, 8))
	painted := map[string]bool{}
	for _, query := range []string{"style=" + first, "style=" + second, "style=" + first + "&strength=0.5"} {
		answer, body := call(t, "POST", server.URL+"/v1/translate?model=any&"+query, in, nil)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", query, answer.StatusCode, body)
		}
		again, same := call(t, "POST", server.URL+"/v1/translate?model=any&"+query, in, nil)
		if again.StatusCode != http.StatusOK || !bytes.Equal(body, same) {
			t.Errorf("%s again is another picture", query)
		}
		painted[string(body)] = true
	}
	if len(painted) != 3 {
		t.Errorf("three styles are %d pictures", len(painted))
	}
	for query, want := range map[string]int{"model=any": 422, "model=mosaic&style=" + first: 422, "model=any&style=sha256:00": 422, "model=any&style=/etc/passwd": 422, "model=any&style=" + first + "&strength=2": 400} {
		if answer, body := call(t, "POST", server.URL+"/v1/translate?"+query, in, nil); answer.StatusCode != want {
			t.Errorf("%s: %d %s", query, answer.StatusCode, body)
		}
	}
}

// TestExample: an input of the model's own pairs, one that is drawn, or none.
func TestExample(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), pairs(t, 4)
	drawn := writeModel(t, filepath.Join(dir, "drawn.safetensors"), func(c *stored.Config) {
		c.Images.Inputs = stored.Samples{Content: "labels", Palette: []palette.Class{{Colour: [3]uint8{60, 130, 240}}, {Colour: [3]uint8{20, 40, 150}}}}
	})
	none := writeModel(t, filepath.Join(dir, "none.safetensors"), nil)
	server := start(t, func(o *serve.Options) { o.Models, o.State, o.Data = []string{drawn, none}, t.TempDir(), []string{data} })
	j := ask(t, server.URL, tinyTraining)
	if done := ended(t, server.URL, j.ID); done.State != "done" {
		t.Fatal(done.Error)
	}
	for id, want := range map[string]int{"drawn": 2, j.ID: 2} {
		seen := map[string]bool{}
		for n := range 2 {
			answer, body := call(t, "GET", fmt.Sprintf("%s/v1/models/%s/example?n=%d", server.URL, id, n), nil, nil)
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/png" {
				t.Fatalf("%s: %d %s", id, answer.StatusCode, body)
			}
			if p, err := png.DecodeConfig(bytes.NewReader(body)); err != nil || p.Width != 32 || p.Height != 32 {
				t.Errorf("%s: %+v, %v", id, p, err)
			}
			seen[string(body)] = true
		}
		if len(seen) != want {
			t.Errorf("%s: %d examples", id, len(seen))
		}
	}
	for id, want := range map[string]bool{"drawn": true, "none": false, j.ID: true} {
		_, body := call(t, "GET", server.URL+"/v1/models/"+id, nil, nil)
		var about serve.Model
		if err := json.Unmarshal(body, &about); err != nil || about.Example != want {
			t.Errorf("%s has an example: %v, %v", id, about.Example, err)
		}
	}
	answer, body := call(t, "GET", server.URL+"/v1/models/none/example", nil, nil)
	wantProblem(t, answer, body, http.StatusNotFound, "no-example")
	answer, body = call(t, "GET", server.URL+"/v1/models/none/example?n=-1", nil, nil)
	wantProblem(t, answer, body, http.StatusBadRequest, "query")
	answer, body = call(t, "GET", server.URL+"/v1/models/"+j.ID+"/report", nil, nil)
	if answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("<html")) || !bytes.Contains(body, []byte("data:image/png;base64,iVBOR")) || bytes.Contains(body, []byte("samples/step-")) {
		t.Errorf("report: %d, its samples are not in it: %.100s", answer.StatusCode, body)
	}
	answer, body = call(t, "GET", server.URL+"/v1/models/none/report", nil, nil)
	wantProblem(t, answer, body, http.StatusNotFound, "no-report")
}

// TestGivenPalette: models that do not tell the colours of their inputs have those that
// are given, and others their own.
func TestGivenPalette(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	given := filepath.Join(dir, "palette.txt")
	if err := os.WriteFile(given, []byte("0 #102030 sky\n1 #f0e0d0 roof\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	own := []palette.Class{{Colour: [3]uint8{1, 2, 3}, Name: "own"}, {Colour: [3]uint8{4, 5, 6}}}
	var models []string
	for name, inputs := range map[string]stored.Samples{"old": {}, "labels": {Content: "labels"}, "own": {Content: "labels", Palette: own}, "photos": {Content: "photographs"}} {
		models = append(models, writeModel(t, filepath.Join(dir, name+".safetensors"), func(c *stored.Config) { c.Images.Inputs = inputs }))
	}
	server := start(t, func(o *serve.Options) { o.Models, o.Palette = models, given })
	for name, want := range map[string]string{"old": "labels [{#102030 sky} {#f0e0d0 roof}]", "labels": "labels [{#102030 sky} {#f0e0d0 roof}]", "own": "labels [{#010203 own} {#040506 }]", "photos": "photographs []"} {
		_, body := call(t, "GET", server.URL+"/v1/models/"+name, nil, nil)
		var about serve.Model
		if err := json.Unmarshal(body, &about); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(about.Input.Kind, " ", about.Input.Palette); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	o := serve.Default()
	o.Palette = filepath.Join(dir, "none.txt")
	if _, err := serve.New(o); err == nil || !strings.Contains(err.Error(), "none.txt") {
		t.Errorf("a palette that is not there: %v", err)
	}
}

// TestInternalErrors: a client learns of an error of the server's no path, but where the
// reason is in the log; the list of models names no path either.
func TestInternalErrors(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	path := writeModel(t, filepath.Join(t.TempDir(), "gone.safetensors"), nil)
	server := start(t, func(o *serve.Options) {
		o.Models, o.Log = []string{path}, slog.New(slog.NewTextHandler(&log, nil))
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	answer, body := call(t, "POST", server.URL+"/gone", picture(t, 8, 8, 8), nil)
	wantProblem(t, answer, body, http.StatusInternalServerError, "internal")
	var p struct{ Hint string }
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	reference := p.Hint[strings.LastIndex(p.Hint, " ")+1:]
	if bytes.Contains(body, []byte(filepath.Dir(path))) || !strings.Contains(log.String(), "reference="+reference) || !strings.Contains(log.String(), path) {
		t.Errorf("%s\nlog: %s", body, log.String())
	}
	if _, body = call(t, "GET", server.URL+"/v1/models", nil, nil); !bytes.Contains(body, []byte(`"error"`)) || bytes.Contains(body, []byte(filepath.Dir(path))) {
		t.Errorf("%s", body)
	}
}

// TestCacheIsMeasured: what loaded models take is among the metrics.
func TestCacheIsMeasured(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	bytesOf := func(what string) (n float64) {
		_, body := call(t, "GET", server.URL+"/metrics", nil, nil)
		for line := range strings.Lines(string(body)) {
			_, _ = fmt.Sscanf(line, `easel_model_cache_bytes{of="`+what+`"} %g`, &n)
		}
		return n
	}
	if n := bytesOf("networks"); n != 0 {
		t.Errorf("before the first picture: %g bytes", n)
	}
	if answer, body := call(t, "POST", server.URL+"/m", picture(t, 32, 32, 8), nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("%s", body)
	}
	one, weights := bytesOf("networks"), bytesOf("weights")
	if one < 1000 || weights < 1000 {
		t.Errorf("networks %g bytes, weights %g", one, weights)
	}
	for side := 64; side <= 256; side += 64 { // only two networks are kept
		call(t, "POST", server.URL+"/m", picture(t, side, side, 8), nil)
	}
	two := bytesOf("networks")
	call(t, "POST", server.URL+"/m", picture(t, 32, 32, 8), nil)
	if again := bytesOf("networks"); two <= one || again <= one || again >= two {
		t.Errorf("networks take %g bytes for 32, %g for 192 and 256, and %g for 256 and 32", one, two, again)
	}
	call(t, "POST", server.URL+"/m?tile=32", picture(t, 64, 64, 8), nil)
	if n := bytesOf("networks"); n != 0 {
		t.Errorf("after a picture in tiles: %g bytes", n)
	}
}
