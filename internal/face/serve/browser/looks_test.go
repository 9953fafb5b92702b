package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"easel/internal/data/prepare"
	"easel/internal/work/inspection"
)

// firstPaint is the most that a browser may have to load before it shows something, in
// bytes.
const firstPaint = 150_000

// look makes the window that wide, and light or dark.
func look(t *testing.T, ctx context.Context, width int64, scheme string) {
	t.Helper()
	do(t, ctx, chromedp.EmulateViewport(width, 900))
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// fits ends in failure where a page is wider than its window, or where axe-core finds
// what keeps people out.
func fits(t *testing.T, ctx context.Context, page string, width int64, axe string) {
	t.Helper()
	if over := value[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("%s at %d pixels is %d too wide", page, width, over)
	}
	if axe == "" {
		return
	}
	value[any](t, ctx, axe+";null")
	if found := value[[]string](t, ctx, `axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")))`); len(found) > 0 {
		t.Errorf("%s at %d pixels:\n%s", page, width, strings.Join(found, "\n"))
	}
}

// shoot stores a screenshot of the whole page in the folder EASEL_SHOTS, if there is one.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("EASEL_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// axeCore is the text of the script that EASEL_AXE names, or "".
func axeCore(t *testing.T) string {
	t.Helper()
	path := os.Getenv("EASEL_AXE")
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Small and large, light and dark: nothing sticks out, nobody is kept out.
func TestLooks(t *testing.T) {
	s := newSite(t, withJobs(t))
	ctx, axe := s.open(t), axeCore(t)
	for _, window := range []struct {
		width  int64
		scheme string
	}{{360, "light"}, {768, "light"}, {1280, "dark"}, {3840, "light"}} {
		look(t, ctx, window.width, window.scheme)
		for _, page := range []string{"/#draw", "/#translate", "/#style", "/#train", "/#judge"} {
			s.visit(t, ctx, page, "main > section")
			fits(t, ctx, page, window.width, axe)
			shoot(t, ctx, fmt.Sprintf("%s-%d-%s", strings.TrimPrefix(page, "/#"), window.width, window.scheme))
		}
	}
}

// The pages that easel writes keep to the same.
func TestReports(t *testing.T) {
	s := newSite(t)
	pairs, folder := filepath.Join(filepath.Dir(s.run), "pairs"), t.TempDir()
	found, err := prepare.Inspect(t.Context(), pairs, prepare.DefaultInspectOptions(), prepare.Options{})
	if err == nil {
		err = inspection.Write(folder, pairs, found)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, axe := s.open(t), axeCore(t)
	for _, window := range []struct {
		width  int64
		scheme string
	}{{360, "dark"}, {1280, "light"}} {
		look(t, ctx, window.width, window.scheme)
		do(t, ctx, chromedp.Navigate("file://"+filepath.ToSlash(filepath.Join(s.run, "report.html"))), chromedp.WaitVisible(chromedp.CSS("main")))
		eventually(t, ctx, `document.querySelectorAll(".chart canvas").length > 3 && document.querySelector(".slides img").naturalWidth > 0`)
		fits(t, ctx, "report.html", window.width, axe)
		do(t, ctx, chromedp.Navigate("file://"+filepath.ToSlash(filepath.Join(folder, inspection.PageFile))), chromedp.WaitVisible(chromedp.CSS("main")))
		eventually(t, ctx, `document.images.length === 8 && [...document.images].every((i) => i.alt)`)
		fits(t, ctx, inspection.PageFile, window.width, axe)
		shoot(t, ctx, fmt.Sprintf("inspection-%d-%s", window.width, window.scheme))
	}
	do(t, ctx, chromedp.Navigate("file://"+filepath.ToSlash(filepath.Join(s.run, "report.html"))), chromedp.WaitVisible(chromedp.CSS(".slides img")))
	// A slider over the samples, and a chart with its measures.
	before := value[string](t, ctx, `document.querySelector(".slides img").src`)
	value[any](t, ctx, `(() => { const s = document.querySelector(".slides input"); s.value = 0; s.dispatchEvent(new Event("input")); })()`)
	if after := value[string](t, ctx, `document.querySelector(".slides img").src`); after == before {
		t.Error("the slider changes nothing")
	}
	value[any](t, ctx, `document.querySelector(".chart input[type=checkbox]").click()`)
	if n := value[int](t, ctx, `document.querySelectorAll(".chart")[0].querySelectorAll("canvas").length`); n != 1 {
		t.Errorf("on a logarithmic axis there are %d charts", n)
	}
	// As a server sends it, it has its samples too.
	s.visit(t, ctx, "/v1/models/labels/report", "main")
	eventually(t, ctx, `document.querySelectorAll(".chart canvas").length > 3 && document.querySelector(".slides img").naturalWidth > 0`)
}

// TestFirstPaint: what a page loads before it shows itself is small.
func TestFirstPaint(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/#draw", "canvas")
	bytes := value[int](t, ctx, `performance.getEntries().filter((e) => e.entryType === "navigation" || e.entryType === "resource" && !e.name.includes("/v1/")).reduce((n, e) => n + e.transferSize, 0)`)
	if bytes < 10_000 || bytes > firstPaint {
		t.Errorf("the first page loads %d bytes", bytes)
	}
	t.Logf("the first page loads %d bytes", bytes)
}
