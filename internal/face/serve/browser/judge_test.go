package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
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
