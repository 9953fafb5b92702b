package browser

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"easel/internal/data/dataset"
	"easel/internal/face/serve"
	"easel/internal/work/study"
)

// A participant goes through a study: a page is loaded again in the middle, practice
// shows the truth, the rest does not, and everything that was answered is there to be
// analysed, with exposures that are right to a frame.
func TestStudy(t *testing.T) {
	s := newSite(t)
	dir := filepath.Join(t.TempDir(), "study")
	o := study.Default()
	o.Models, o.Data, o.Split, o.Out = []string{s.run}, filepath.Join(filepath.Dir(s.run), "pairs"), dataset.Train, dir
	o.Practice, o.Scored, o.Exposure = 1, 2, 200
	if err := study.Create(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
	so := serve.Default()
	so.Study = dir
	server, err := serve.New(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL

	ctx := s.open(t)
	look(t, ctx, 360, "light")
	s.visit(t, ctx, "/study", "button.primary")
	fits(t, ctx, "/study", 360, axeCore(t))
	do(t, ctx, chromedp.Click(chromedp.CSS("button.primary")))
	for trial := range 3 {
		eventually(t, ctx, fmt.Sprintf(`document.querySelectorAll(".pairs button").length === 2 && document.querySelector("progress").value === %d`, trial))
		do(t, ctx, chromedp.Click(chromedp.CSS(".pairs button:first-child")))
		if trial == 0 {
			do(t, ctx, chromedp.WaitVisible(chromedp.CSS(".truth .made")), chromedp.Reload())
		}
	}
	thanks := `document.querySelector("h1")?.textContent === "Thank you"`
	eventually(t, ctx, thanks)
	// Whoever opens the link again, in this browser or by a word of their own, does not
	// take part twice.
	do(t, ctx, chromedp.Reload())
	eventually(t, ctx, thanks+` && document.body.textContent.includes("already taken part")`)
	s.visit(t, ctx, "/study?participant=p-17", "button.primary")
	do(t, ctx, chromedp.Click(chromedp.CSS("button.primary")))
	eventually(t, ctx, `document.querySelectorAll(".pairs button").length === 2`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowLeft))
	do(t, ctx, chromedp.WaitVisible(chromedp.CSS(".truth .made")))
	value[bool](t, ctx, `sessionStorage.clear() ?? true`) // as in another browser
	do(t, ctx, chromedp.Reload())
	do(t, ctx, chromedp.WaitVisible(chromedp.CSS("button.primary")), chromedp.Click(chromedp.CSS("button.primary")))
	eventually(t, ctx, `document.querySelector("progress")?.value === 1`)
	r, err := study.Analyze(dir, study.Analysis{Resamples: 20, Confidence: 0.95})
	if err != nil || len(r.People) != 1 || r.Unfinished != 1 || r.All.Algorithms[0].Trials != 2 || r.Excluded.Hidden != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
