package browser

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"easel/internal/face/serve"
)

// A server without a model offers to train one; the training is watched, and what came
// of it is drawn with, in the colours and names of its labels.
func TestTrainAndDraw(t *testing.T) {
	so := serve.Default()
	so.State = t.TempDir()
	server, err := serve.New(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	s := &site{url: listener.URL}
	ctx := s.open(t)
	s.visit(t, ctx, "/", ".welcome")
	do(t, ctx, chromedp.Click(chromedp.CSS(".welcome .primary")), chromedp.WaitVisible(chromedp.CSS(".train .runs")))

	// What the page's button asks for takes two minutes: this is the same job, smaller.
	status := value[int](t, ctx, `fetch("/v1/jobs", {method: "POST", headers: {"Content-Type": "application/json"},
		body: JSON.stringify({kind: "demo", options: {steps: 6, pairs: 4, image_size: 32, width: 4}})}).then((r) => r.status)`)
	if status != 202 {
		t.Fatalf("the job was answered %d", status)
	}
	eventually(t, ctx, `document.querySelector(".view .bar output")?.textContent === "finished"`)
	eventually(t, ctx, `document.querySelectorAll(".view .chart canvas").length >= 3 && document.querySelector(".slides img")?.naturalWidth > 0`)
	do(t, ctx, chromedp.Click(chromedp.CSS(".view a.like-button")), chromedp.WaitVisible(chromedp.CSS(".palette")))
	names := value[[]string](t, ctx, `[...document.querySelectorAll(".palette button")].map((b) => b.textContent)`)
	if len(names) < 4 {
		t.Errorf("the palette is %v", names)
	}
	for _, name := range names {
		if name == "" || name[0] == '#' {
			t.Errorf("a colour is called %q", name)
		}
	}
	eventually(t, ctx, settled)
}
