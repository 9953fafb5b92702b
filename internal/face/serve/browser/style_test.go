package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A picture is painted: the page is loaded again in the middle, the painting is stopped
// and stays, goes on at a larger size, and its file brings back what made it.
func TestStyle(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // without VGG-19's weights, wherever this runs
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	one, two := filepath.Join(filepath.Dir(s.run), "pairs", "0.png"), filepath.Join(filepath.Dir(s.run), "pairs", "1.png")
	s.visit(t, ctx, "/#style", ".dropzone input")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(".inputs > div:first-of-type .dropzone input"), []string{one}),
		chromedp.SetUploadFiles(chromedp.CSS(".chosen-list .dropzone input"), []string{two, one}))
	eventually(t, ctx, `document.querySelectorAll(".chosen").length === 3 && !document.querySelector(".style .primary").disabled`)
	value[any](t, ctx, `(() => { document.querySelector(".style .fields select").value = "256"; const w = document.querySelectorAll(".chosen input[type=range]")[1]; w.value = 0.5; w.dispatchEvent(new Event("input")); })()`)
	do(t, ctx, chromedp.Click(chromedp.CSS(".style .primary")))
	eventually(t, ctx, `/^[1-9][0-9]* of/.test(document.querySelector(".style .stage output")?.textContent)`)
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".style")))
	eventually(t, ctx, `/ of /.test(document.querySelector(".style .stage output")?.textContent) && document.querySelectorAll(".chosen").length === 3`)
	press := func(label string) {
		t.Helper()
		value[any](t, ctx, `[...document.querySelectorAll(".style .stage button")].find((b) => b.textContent === "`+label+`").click()`)
	}
	press("Stop")
	eventually(t, ctx, `document.querySelector(".style .stage output").textContent.startsWith("stopped") && document.querySelector(".painted img").naturalWidth > 0`)

	// What was saved is chosen again, in a page that knows nothing.
	picture := filepath.Join(t.TempDir(), "painted.png")
	text := value[string](t, ctx, `fetch(document.querySelector(".painted img").src).then((r) => r.blob()).then((b) => new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result); r.readAsBinaryString(b); }))`)
	data := make([]byte, 0, len(text))
	for _, r := range text {
		data = append(data, byte(r))
	}
	if err := os.WriteFile(picture, data, 0o600); err != nil {
		t.Fatal(err)
	}

	press("Larger")
	eventually(t, ctx, `/^[1-9][0-9]* of/.test(document.querySelector(".style .stage output").textContent)`)
	press("Stop")
	eventually(t, ctx, `document.querySelector(".style .stage output").textContent.startsWith("stopped")`)
	value[any](t, ctx, `sessionStorage.clear()`)
	s.visit(t, ctx, "/#style", ".dropzone input")
	if n := value[int](t, ctx, `document.querySelectorAll(".chosen").length`); n != 0 {
		t.Fatalf("the page knows %d pictures", n)
	}
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[accept="image/png"]`), []string{picture}))
	eventually(t, ctx, `document.querySelectorAll(".chosen").length === 3`)
	if w := value[string](t, ctx, `document.querySelectorAll(".chosen input[type=range]")[1].value`); w != "0.5" {
		t.Errorf("the second style's weight is %s", w)
	}
}

// A network is taught the style of a painting: the Train page shows the training.
func TestTeachStyle(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	s.visit(t, ctx, "/#style", ".dropzone input")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(".chosen-list .dropzone input"), []string{filepath.Join(filepath.Dir(s.run), "pairs", "1.png")}))
	eventually(t, ctx, `document.querySelectorAll(".chosen").length === 1 && !document.querySelector(".style details").hidden`)
	value[any](t, ctx, `(document.querySelector(".style details").open = true, document.querySelector(".style details button").click())`)
	eventually(t, ctx, `location.hash === "#train" && /a style, on pairs/.test(document.querySelector(".train .runs")?.textContent)`)
}
