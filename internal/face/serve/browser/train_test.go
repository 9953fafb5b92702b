package browser

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
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

// Pairs are checked before a training; trainings pause, resume, stop, and are compared
// in one chart.
func TestTrainings(t *testing.T) {
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	s.visit(t, ctx, "/#train", ".train .runs")
	eventually(t, ctx, `[...document.querySelectorAll(".train select")[0].options].some((o) => o.value === "pairs")`)
	do(t, ctx, chromedp.SetValue(chromedp.CSS(".train select"), "pairs"))
	value[any](t, ctx, `document.querySelector(".train select").dispatchEvent(new Event("change"))`)
	eventually(t, ctx, `document.querySelector(".inspection .good") !== null && document.querySelector(".inspection img").naturalWidth > 0 && !document.querySelector(".train .primary").disabled`)

	begin := func(steps int) {
		t.Helper()
		if status := value[int](t, ctx, fmt.Sprintf(`fetch("/v1/jobs", {method: "POST", headers: {"Content-Type": "application/json"},
			body: JSON.stringify({kind: "train", options: {data: "pairs", preset: "paper", load_size: 32, val_every: 2, length: {steps: %d}, network: {image_size: 32, width: 4, discriminator_width: 4, patch_layers: 1}}})}).then((r) => r.status)`, steps)); status != 202 {
			t.Fatalf("the job was answered %d", status)
		}
	}
	press := func(text string) string {
		return fmt.Sprintf(`(() => { const b = [...document.querySelectorAll(".view button")].find((b) => b.textContent === %q && !b.hidden); b?.click(); return b !== undefined; })()`, text)
	}
	status := func(text string) string {
		return fmt.Sprintf(`Boolean(document.querySelector(".view .bar output")?.textContent.startsWith(%q))`, text)
	}
	begin(6)
	eventually(t, ctx, status("finished"))
	begin(100_000)
	eventually(t, ctx, `document.querySelectorAll(".runs li button").length > 2`)
	value[any](t, ctx, `[...document.querySelectorAll(".runs button")].find((b) => b.textContent === "Watch").click()`)
	eventually(t, ctx, status("training"))
	eventually(t, ctx, press("Pause"))
	eventually(t, ctx, status("paused"))
	eventually(t, ctx, press("Resume"))
	eventually(t, ctx, status("training"))
	do(t, ctx, chromedp.Reload())
	eventually(t, ctx, status("training"))
	eventually(t, ctx, press("Stop"))
	eventually(t, ctx, status("stopped"))
	eventually(t, ctx, `(() => { const boxes = [...document.querySelectorAll(".runs input[type=checkbox]")]; boxes.find((b) => !b.checked)?.click(); return boxes.length === 2 && boxes.every((b) => b.checked); })()`)
	eventually(t, ctx, `[...document.querySelectorAll(".view .chart")].some((c) => c.querySelector("figcaption").textContent.startsWith("L1") && c.querySelectorAll(".u-legend .u-series:not(.raw)").length === 3)`)
}

// Whoever draws with a model that is still being trained is told so, and sees the result
// improve without drawing.
func TestDrawnWhileTraining(t *testing.T) {
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	s.visit(t, ctx, "/#train", ".train .runs")
	id := value[string](t, ctx, `fetch("/v1/jobs", {method: "POST", headers: {"Content-Type": "application/json"},
		body: JSON.stringify({kind: "train", options: {data: "pairs", preset: "paper", load_size: 32, checkpoint_every: 50, length: {steps: 1000000}, network: {image_size: 32, width: 4, discriminator_width: 4, patch_layers: 1}}})}).then((r) => r.json()).then((j) => j.id)`)
	eventually(t, ctx, fmt.Sprintf(`fetch("/v1/models").then((r) => r.json()).then((r) => r.models.some((m) => m.id === %q))`, id))
	s.visit(t, ctx, "/#draw/"+id, "canvas")
	eventually(t, ctx, `document.querySelector(".results img")?.naturalWidth > 0 && document.body.textContent.includes("still being trained")`)
	before := value[string](t, ctx, `document.querySelector(".results img").src`)
	eventually(t, ctx, fmt.Sprintf(`document.querySelector(".results img").src !== %q`, before))
	value[any](t, ctx, fmt.Sprintf(`fetch("/v1/jobs/%s", {method: "DELETE"}).then(() => null)`, id))
	eventually(t, ctx, `[...document.querySelectorAll(".stage p")].every((p) => p.hidden || !p.textContent.includes("still being trained"))`)
}

// Pairs that are chosen on this machine are uploaded, checked, and can be trained on.
func TestPairsAreSent(t *testing.T) {
	s := newSite(t, withJobs(t))
	ctx := s.open(t)
	var files []string
	for i := range 8 {
		files = append(files, filepath.Join(filepath.Dir(s.run), "pairs", fmt.Sprintf("%d.png", i)))
	}
	s.visit(t, ctx, "/#train", ".train .runs")
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(".train .dropzone input"), files))
	eventually(t, ctx, `document.querySelector(".inspection .good") !== null && document.querySelector(".inspection img").naturalWidth > 0`)
	if name := value[string](t, ctx, `document.querySelector(".train select").value`); name != "uploads/pairs" {
		t.Errorf("the pairs are called %s", name)
	}
	// Dropped ones come the same way, and get another name.
	value[bool](t, ctx, `(async () => {
		const t = new DataTransfer();
		for (let i = 0; i < 6; i++) t.items.add(new File([await (await fetch("/v1/models/labels/example?n=" + i)).blob()], i + ".png"));
		document.querySelector(".train .dropzone").dispatchEvent(new DragEvent("drop", { dataTransfer: t, bubbles: true, cancelable: true }));
		return true;
	})()`)
	eventually(t, ctx, `document.querySelector(".train select").value === "uploads/pairs-2" && document.querySelector(".inspection p:not(:has(progress))") !== null`)
	// Two folders are A and B, whatever they are called.
	names := value[[]string](t, ctx, `import("/pairs.js").then((p) => p.asPairs(p.unwrap(["set/labels/1.png", "set/photos/1.png"].map((name) => ({ name })))).map((f) => f.name))`)
	if fmt.Sprint(names) != "[A/1.png B/1.png]" {
		t.Errorf("two folders become %v", names)
	}
	if failed := value[int](t, ctx, `import("/api.js").then((a) => a.makeData("pairs", "sha256:`+strings.Repeat("0", 64)+`").catch((e) => e.status))`); failed != 422 {
		t.Errorf("an archive that is not there is answered %d", failed)
	}
	s.forget() // the browser tells of the name that was taken, and of the archive
}

// A server that ends in the middle of a training and comes back continues it, and so does
// the page. The training is too long to end by itself, however fast the machine is.
func TestTrainingGoesOn(t *testing.T) {
	s := newSite(t)
	state := t.TempDir()
	stop, address := s.listen(t, "127.0.0.1:0", state)
	ctx := s.open(t)
	s.visit(t, ctx, "/#train", ".train .runs")
	if status := value[int](t, ctx, `fetch("/v1/jobs", {method: "POST", headers: {"Content-Type": "application/json"},
		body: JSON.stringify({kind: "demo", options: {steps: 9000000, pairs: 4, image_size: 32, width: 4}})}).then((r) => r.status)`); status != 202 {
		t.Fatalf("the job was answered %d", status)
	}
	const done = `Number(document.querySelector(".view .bar output")?.textContent.match(/^training, (\d+)/)?.[1] ?? 0)`
	eventually(t, ctx, done+" > 0")
	stop()
	before := value[int](t, ctx, done)
	s.listen(t, address, state)
	eventually(t, ctx, fmt.Sprintf("%s > %d", done, before))
	eventually(t, ctx, `(() => { const b = [...document.querySelectorAll(".view button")].find((b) => b.textContent === "Stop" && !b.hidden); b?.click(); return b !== undefined; })()`)
	eventually(t, ctx, `document.querySelector(".view .bar output")?.textContent === "stopped"`)
	if attempts := value[int](t, ctx, `fetch("/v1/jobs").then((r) => r.json()).then((r) => r.jobs.length === 1 ? r.jobs[0].attempt : 0)`); attempts != 1 {
		t.Errorf("one training became %d attempts", attempts)
	}
	s.forget() // streams that broke
}
