package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"easel"
	runtime "easel/internal/work/site"
)

// under is where on its server a site stands.
const under = "/some/where/"

// exported is a site on a plain server of files, and what was asked of it.
type exported struct {
	*site
	mu    sync.Mutex
	asked map[string]int
	wrong bool // the model's bytes are not those that were exported
}

// count is how often files were asked for whose paths have a part.
func (e *exported) count(part string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for path, times := range e.asked {
		if strings.Contains(path, part) {
			n += times
		}
	}
	return n
}

// export writes a model as a site and serves it, or skips where what runs models in
// browsers was never fetched.
func export(t *testing.T, model string, o easel.SiteOptions) *exported {
	t.Helper()
	path, err := runtime.Runtime().Path()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there: easel export --web fetches it", path)
	}
	folder := filepath.Join(t.TempDir(), "site")
	if _, err := easel.ExportSite(t.Context(), nil, model, folder, o, nil); err != nil {
		t.Fatal(err)
	}
	e := &exported{asked: map[string]int{}}
	files := http.StripPrefix(strings.TrimSuffix(under, "/"), http.FileServer(http.Dir(folder)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.asked[r.URL.Path]++
		wrong := e.wrong && strings.Contains(r.URL.Path, "/model-")
		e.mu.Unlock()
		if !wrong {
			files.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		files.ServeHTTP(recorded, r)
		content := recorded.Body.Bytes()
		content[len(content)/2] ^= 1
		_, _ = w.Write(content)
	}))
	t.Cleanup(server.Close)
	e.site = &site{url: server.URL, run: model}
	return e
}

// compared fails where a picture of the page is farther than 2 of 255 from easel's.
func compared(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v in the browser, %v by easel", got.Bounds(), want.Bounds())
	}
	worst := 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			a, b := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
				worst = max(worst, d, -d)
			}
		}
	}
	if worst > 2 {
		t.Errorf("the browser's picture is off by %d of 255", worst)
	}
}

// translated is a picture by easel, with a seed.
func translated(t *testing.T, model string, p image.Image, seed uint64) image.Image {
	t.Helper()
	m, err := easel.OpenWith(model, easel.ModelOptions{Translation: easel.TranslationOptions{Seed: seed}})
	return by(t, m, err, p)
}

// by is what an opened model makes of a picture.
func by(t *testing.T, m *easel.Model, err error, p image.Image) image.Image {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	out, err := m.Translate(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ready is true once a result is shown and nothing is on its way.
const ready = settled + ` && document.getElementById("loading").hidden`

// An exported site runs the model in the browser, anywhere on a server without headers
// of its own, and makes the pictures that easel makes, seed by seed. On the next visit
// the browser has the model.
func TestSiteDraws(t *testing.T) {
	e := export(t, newSite(t).run, easel.SiteOptions{})
	ctx := e.open(t)
	e.visit(t, ctx, under, "canvas")
	eventually(t, ctx, ready)
	tool(t, ctx, "r")
	drag(t, ctx, 10, 20, 41, 35)
	eventually(t, ctx, settled)
	drawn := pixels(t, ctx, "canvas")
	if inside, outside := area(drawn, image.Rect(10, 20, 42, 36)); inside != 32*16 || outside != 0 {
		t.Fatalf("the rectangle has %d of %d pixels, and %d outside", inside, 32*16, outside)
	}
	compared(t, pixels(t, ctx, ".results img"), translated(t, e.run, drawn, 0))
	value[any](t, ctx, `(() => { const seed = document.querySelector("[aria-label=Seed]"); seed.value = 5; seed.dispatchEvent(new Event("input")); return null; })()`)
	eventually(t, ctx, settled+` && document.querySelector(".results").textContent === "seed 5"`)
	compared(t, pixels(t, ctx, ".results img"), translated(t, e.run, drawn, 5))

	if text := value[string](t, ctx, `document.querySelector(".stage output.soft[role=status]").textContent`); !strings.Contains(text, " ms, WebAssembly, 1 thread") {
		t.Errorf("the page says %q", text)
	}
	before := e.count("/model-")
	e.visit(t, ctx, under, "canvas")
	eventually(t, ctx, ready)
	if before == 0 || e.count("/model-") != before {
		t.Errorf("the model was fetched %d times, and %d after another visit", before, e.count("/model-"))
	}
	if e.count("gpu") > 0 {
		t.Error("the runtime for graphics processors was fetched, and there is none")
	}
}

// Pictures of any size, and weights in 8 bits: as easel makes them of the same
// weights.
func TestSiteTranslates(t *testing.T) {
	e := export(t, newSite(t).run, easel.SiteOptions{Int8: true})
	ctx := e.open(t)
	e.visit(t, ctx, under+"#translate", ".dropzone")
	p := photograph(90, 50)
	drop(t, ctx, p)
	eventually(t, ctx, `document.querySelector(".compare img")?.complete ?? false`)

	onnx, model := filepath.Join(t.TempDir(), "m.onnx"), filepath.Join(t.TempDir(), "m.safetensors")
	if _, err := easel.Export(e.run, easel.ONNX, onnx, easel.ExportOptions{Int8: true}); err != nil {
		t.Fatal(err)
	}
	m, err := easel.Import(onnx, easel.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Write(model); err != nil {
		t.Fatal(err)
	}
	compared(t, pixels(t, ctx, ".compare img"), translated(t, model, p, 0))
}

// A network of a style paints a photograph that is dropped.
func TestSitePaints(t *testing.T) {
	m, err := easel.Import(filepath.Join("..", "..", "..", "model", "zoo", "testdata", "style.pth"), easel.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(t.TempDir(), "style.safetensors")
	if err := m.Write(model); err != nil {
		t.Fatal(err)
	}
	e := export(t, model, easel.SiteOptions{})
	ctx := e.open(t)
	e.visit(t, ctx, under, ".dropzone")
	p := photograph(101, 70)
	drop(t, ctx, p)
	eventually(t, ctx, ready)
	opened, err := easel.OpenStyle(model, easel.StyleOptions{}, easel.ModelOptions{})
	compared(t, pixels(t, ctx, ".results img"), by(t, opened, err, p))
}

// A model that is not the one that was exported is not run, nor kept: once the server
// has the right one, the next drawing is translated.
func TestSiteChecks(t *testing.T) {
	e := export(t, newSite(t).run, easel.SiteOptions{})
	e.wrong = true
	ctx := e.open(t)
	e.visit(t, ctx, under, "canvas")
	eventually(t, ctx, `document.getElementById("say").textContent.includes("is not the file that was exported")`)
	e.mu.Lock()
	e.wrong = false
	e.mu.Unlock()
	tool(t, ctx, "r")
	drag(t, ctx, 10, 20, 41, 35)
	eventually(t, ctx, ready)
}

// The same on a graphics processor, which Chromium plays on the processor where
// EASEL_TEST_WEBGPU is set: that is slow.
func TestSiteDrawsByWebGPU(t *testing.T) {
	if os.Getenv("EASEL_TEST_WEBGPU") == "" {
		t.Skip("EASEL_TEST_WEBGPU is not set")
	}
	e := export(t, newSite(t).run, easel.SiteOptions{})
	ctx := e.open(t, chromedp.Flag("disable-gpu", false), chromedp.Flag("enable-unsafe-webgpu", true), chromedp.Flag("ignore-gpu-blocklist", true),
		chromedp.Flag("use-webgpu-adapter", "swiftshader"), chromedp.Flag("enable-features", "Vulkan,WebGPU"))
	e.visit(t, ctx, under+"?provider=webgpu", "canvas")
	for range 3 { // the first run compiles shaders
		do(t, ctx, chromedp.Sleep(10*time.Second))
	}
	eventually(t, ctx, ready)
	compared(t, pixels(t, ctx, ".results img"), translated(t, e.run, pixels(t, ctx, "canvas"), 0))
	if text := value[string](t, ctx, `document.querySelector(".stage output.soft[role=status]").textContent`); !strings.Contains(text, "WebGPU") {
		t.Errorf("the page says %q", text)
	}
}

// Small and large: nothing sticks out.
func TestSiteLooks(t *testing.T) {
	e := export(t, newSite(t).run, easel.SiteOptions{})
	ctx := e.open(t)
	for _, width := range []int64{360, 1280} {
		for _, page := range []string{"#draw", "#translate"} {
			do(t, ctx, chromedp.EmulateViewport(width, 900))
			e.visit(t, ctx, under+page, "main > section")
			if over := value[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%s at %d pixels is %d too wide", page, width, over)
			}
		}
	}
}

// photograph is a picture with slopes and an edge.
func photograph(width, height int) image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.SetNRGBA(x, y, color.NRGBA{R: uint8(255 * x / width), G: uint8(255 * y / height), B: uint8(40 + 100*(x/30%2)), A: 255})
		}
	}
	return p
}

// drop gives the page's drop zone a picture.
func drop(t *testing.T, ctx context.Context, p image.Image) {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, p); err != nil {
		t.Fatal(err)
	}
	value[any](t, ctx, fmt.Sprintf(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([Uint8Array.from(atob("%s"), (c) => c.charCodeAt(0))], "p.png", { type: "image/png" }));
		document.querySelector(".dropzone").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
		return null;
	})()`, base64.StdEncoding.EncodeToString(file.Bytes())))
}
