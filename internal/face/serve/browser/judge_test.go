package browser

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"easel/internal/face/serve"
)

// A model is judged on pairs, and the page that comes of it is shown.
func TestJudge(t *testing.T) {
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	s.visit(t, ctx, "/#judge", ".judge .runs")
	eventually(t, ctx, `[...document.querySelectorAll(".judge select")[0].options].some((o) => o.value === "pairs") && document.querySelectorAll(".judge details option").length > 5`)
	do(t, ctx, chromedp.SetValue(chromedp.CSS(".judge select"), "pairs"))
	value[any](t, ctx, `document.querySelector(".judge select").dispatchEvent(new Event("change"))`)
	value[any](t, ctx, `(() => { const split = [...document.querySelectorAll(".judge .fields select")][0]; split.value = "val"; split.dispatchEvent(new Event("change")); })()`)
	do(t, ctx, chromedp.Click(chromedp.CSS(".judge .primary")))
	eventually(t, ctx, `document.querySelector(".pages iframe") !== null`)
	if status := value[string](t, ctx, `document.querySelector(".view output").textContent`); status != "finished" {
		t.Errorf("the evaluation is %s", status)
	}
	if text := value[string](t, ctx, `fetch(document.querySelector(".pages iframe").src).then((r) => r.text())`); len(text) < 1000 {
		t.Errorf("its page is %q", text)
	}
}

// A table of the papers is started from the page, and its page is shown: at small and large
// sizes, light and dark, without anything that sticks out.
func TestExperiment(t *testing.T) {
	data := filepath.Join(t.TempDir(), "split")
	if err := errors.Join(drawPairs(filepath.Join(data, "train")), os.Mkdir(filepath.Join(data, "test"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"6.png", "7.png"} {
		if err := os.Rename(filepath.Join(data, "train", name), filepath.Join(data, "test", name)); err != nil {
			t.Fatal(err)
		}
	}
	s := newSite(t, withJobs(t), func(o *serve.Options) { o.Data = []string{data} })
	ctx, axe := s.open(t), axeCore(t)
	s.visit(t, ctx, "/#judge", ".judge .runs")
	eventually(t, ctx, `document.querySelectorAll(".judge details option").length > 5`)
	do(t, ctx, chromedp.Click(chromedp.CSS(".judge summary")))
	set := func(n int, value string) string {
		return fmt.Sprintf(`(() => { const s = document.querySelectorAll(".judge details select")[%d]; s.value = %q; s.dispatchEvent(new Event("change")); return s.value === %q; })()`, n, value, value)
	}
	eventually(t, ctx, set(0, "noise"))
	eventually(t, ctx, set(1, "split"))
	// The page asks for the small scale, which is still large for a test.
	value[bool](t, ctx, `(() => {
		const send = window.fetch;
		window.fetch = (path, o) => {
			if (path === "/v1/jobs" && o?.method === "POST") {
				const job = JSON.parse(o.body);
				Object.assign(job.options, { steps: 4, image_size: 32, width: 4 });
				o.body = JSON.stringify(job);
			}
			return send(path, o);
		};
		return true;
	})()`)
	eventually(t, ctx, `(() => { const b = [...document.querySelectorAll(".judge details button")].find((b) => b.textContent === "Make" && !b.disabled); b?.click(); return b !== undefined; })()`)
	for value[bool](t, ctx, `fetch("/v1/jobs").then((r) => r.json()).then((r) => r.jobs.length < 1 || ["queued", "running"].includes(r.jobs[0].state))`) {
		do(t, ctx, chromedp.Sleep(100*time.Millisecond)) // several small trainings
	}
	if failed := value[string](t, ctx, `fetch("/v1/jobs").then((r) => r.json()).then((r) => r.jobs[0].error ?? "")`); failed != "" {
		t.Fatal(failed)
	}
	eventually(t, ctx, `document.querySelector(".pages iframe") !== null`)
	if status := value[string](t, ctx, `document.querySelector(".view output").textContent`); status != "finished" {
		t.Fatalf("the experiment is %s", status)
	}
	page := value[string](t, ctx, `document.querySelector(".pages iframe").getAttribute("src")`)
	for _, window := range []struct {
		width  int64
		scheme string
	}{{360, "dark"}, {1280, "light"}} {
		look(t, ctx, window.width, window.scheme)
		s.visit(t, ctx, "/#judge", ".pages iframe")
		fits(t, ctx, "/#judge", window.width, "") // the page in it is its own
		shoot(t, ctx, fmt.Sprintf("judge-%d-%s", window.width, window.scheme))
		s.visit(t, ctx, page, "main.report")
		eventually(t, ctx, `document.querySelectorAll("table").length > 0 && [...document.images].every((i) => i.complete && i.naturalWidth > 0 && i.alt)`)
		fits(t, ctx, page, window.width, axe)
		shoot(t, ctx, fmt.Sprintf("experiment-%d-%s", window.width, window.scheme))
	}
}
