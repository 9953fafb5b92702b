package browser

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"easel/internal/face/serve"
	"easel/internal/file/imgio"
)

// Many files at once: pictures are translated, what is no picture is named, and the
// others go on.
func TestTranslatePage(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	dir := t.TempDir()
	if err := drawPairs(dir); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.png")
	if err := os.WriteFile(broken, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.visit(t, ctx, "/#translate", ".dropzone")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(".dropzone input"), []string{filepath.Join(dir, "0.png"), broken, filepath.Join(dir, "1.png")}))
	eventually(t, ctx, `document.querySelectorAll(".card .compare input").length === 2 && document.querySelectorAll(".card .bad").length === 1`)
	if text := value[string](t, ctx, `document.querySelector(".bar output").textContent`); text != "2 of 3 done, 1 failed" {
		t.Error(text)
	}
	if wide := value[[]int](t, ctx, `[...document.querySelectorAll(".compare > img")].map((i) => i.naturalWidth)`); len(wide) != 2 || wide[0] != 128 || wide[1] != 128 {
		t.Errorf("the results are %v wide", wide)
	}
	// The server's answer to the broken file is an error of the network to the browser.
	s.forget()
}

// What is too large is refused: with too many pixels before it is sent, and if the network
// would need too much memory, with an offer to translate it in tiles.
func TestTooLarge(t *testing.T) {
	s := newSite(t, func(o *serve.Options) { o.MaxPixels, o.MaxMemory, o.Threads = 300_000, 32<<20, 2 })
	ctx := s.open(t)
	dir := t.TempDir()
	var files []string
	for _, side := range []int{512, 640} {
		path := filepath.Join(dir, fmt.Sprintf("%d.png", side))
		if err := imgio.Write(path, imgio.New(side, side, 3)); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	s.visit(t, ctx, "/#translate", ".dropzone")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(".dropzone input"), files))
	eventually(t, ctx, `document.querySelectorAll(".card .bad").length === 2`)
	texts := value[[]string](t, ctx, `[...document.querySelectorAll(".card .bad")].map((b) => b.textContent)`)
	if !strings.Contains(texts[0], "of memory") || !strings.Contains(texts[0], "fits") {
		t.Errorf("for the memory: %s", texts[0])
	}
	if texts[1] != "This picture has more pixels than the server accepts. Shrink it to 547×547 or less." {
		t.Errorf("for the pixels: %s", texts[1])
	}
	if sent := value[int](t, ctx, `performance.getEntriesByType("resource").filter((e) => e.name.includes("/v1/translate")).length`); sent != 1 {
		t.Errorf("%d pictures were sent", sent)
	}
	eventually(t, ctx, `(() => { const b = [...document.querySelectorAll(".card button")].find((b) => b.textContent === "Translate in tiles"); b?.click(); return b !== undefined; })()`)
	eventually(t, ctx, `document.querySelector(".card .compare > img")?.naturalWidth === 512`)
	s.forget() // the browser tells of the refusal
}

// The page's ZIP files are read by others.
func TestZip(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/#translate", ".dropzone")
	text := value[string](t, ctx, `import("/zip.js").then((m) => m.zip([{name: "é.txt", blob: new Blob(["one"])}, {name: "b/two.bin", blob: new Blob([new Uint8Array(70000).fill(7)])}]))
		.then((b) => new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result.split(",")[1]); r.readAsDataURL(b); }))`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{"é.txt": []byte("one"), "b/two.bin": bytes.Repeat([]byte{7}, 70000)}
	for _, f := range r.File {
		open, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(open) // also checks the sum
		if err != nil || !bytes.Equal(got, want[f.Name]) {
			t.Errorf("%s: %d bytes, %v", f.Name, len(got), err)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("not in the file: %v", want)
	}
}

// Undo keeps drawings as runs: whatever is drawn comes back.
func TestRuns(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/#draw", "canvas")
	wrong := value[int](t, ctx, `import("/raster.js").then((r) => {
		let seed = 1, wrong = 0;
		const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
		for (let i = 0; i < 200; i++) {
			const map = r.newMap(1 + random(90), 1 + random(90));
			for (let j = 0; j < 12; j++) {
				const x = () => random(120) - 15;
				[() => r.line(map, x(), x(), x(), x(), 1 + random(9), random(5)), () => r.rectangle(map, x(), x(), x(), x(), random(5)),
				 () => r.polygon(map, [[x(), x()], [x(), x()], [x(), x()]], random(5)), () => r.fill(map, x(), x(), random(5))][random(4)]();
			}
			const back = r.newMap(map.width, map.height, 9);
			if (!r.unpack(r.pack(map), back) || back.data.some((v, k) => v !== map.data[k])) wrong++;
			// A map's own picture is read back as it was.
			const palette = [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]];
			const pixels = new Uint8ClampedArray(4 * map.data.length);
			r.paint(map, palette, pixels);
			r.nearest(pixels, palette, back);
			if (back.data.some((v, k) => v !== map.data[k])) wrong++;
		}
		return wrong;
	})`)
	if wrong != 0 {
		t.Errorf("%d drawings did not come back", wrong)
	}
}
