package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"easel"
)

// settled is true once the result belongs to the drawing as it is.
const settled = `document.querySelector(".results img") !== null && document.querySelector(".results").getAttribute("aria-busy") === "false"`

// toPixels is a picture of the page as it is on the server: the element's own pixels.
const toPixels = `((e) => {
	const c = document.createElement("canvas");
	c.width = e.naturalWidth ?? e.width; c.height = e.naturalHeight ?? e.height;
	c.getContext("2d").drawImage(e, 0, 0);
	return c.toDataURL("image/png").slice("data:image/png;base64,".length);
})`

// pixels are those of the element that a selector finds.
func pixels(t *testing.T, ctx context.Context, selector string) image.Image {
	t.Helper()
	text := value[string](t, ctx, toPixels+`(document.querySelector("`+selector+`"))`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// place is where a pixel of the drawing is in the window.
func place(t *testing.T, ctx context.Context, x, y int) (float64, float64) {
	t.Helper()
	box := value[[]float64](t, ctx, `(() => { const c = document.querySelector("canvas"); c.scrollIntoView({block: "center"}); const b = c.getBoundingClientRect(); return [b.left, b.top, b.width / c.width]; })()`)
	return box[0] + (float64(x)+0.5)*box[2], box[1] + (float64(y)+0.5)*box[2]
}

// drag presses at one pixel of the drawing and lets go at another.
func drag(t *testing.T, ctx context.Context, x0, y0, x1, y1 int) {
	t.Helper()
	ax, ay := place(t, ctx, x0, y0)
	bx, by := place(t, ctx, x1, y1)
	do(t, ctx,
		chromedp.MouseEvent(chromedp.MousePressed, ax, ay, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, (ax+bx)/2, (ay+by)/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, bx, by, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, bx, by, chromedp.ButtonLeft))
}

// tool chooses a tool by its key.
func tool(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	do(t, ctx, chromedp.KeyEvent(key))
}

// ground is the commonest colour of the labels that drawPairs draws: an empty drawing.
var ground = color.NRGBA{B: 200, A: 255}

func isInk(p image.Image, x, y int) bool {
	return color.NRGBAModel.Convert(p.At(x, y)) != ground
}

// area counts the drawn pixels of a rectangle, corners included, and outside of it.
func area(p image.Image, r image.Rectangle) (inside, outside int) {
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			switch {
			case !isInk(p, x, y):
			case image.Pt(x, y).In(r):
				inside++
			default:
				outside++
			}
		}
	}
	return inside, outside
}

// What is drawn with the mouse is a map without mixtures, and its result is that of
// easel translate of the same map.
func TestDrawingIsTranslated(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")
	eventually(t, ctx, settled)
	tool(t, ctx, "r")
	drag(t, ctx, 10, 20, 41, 35)
	eventually(t, ctx, settled)

	drawn := pixels(t, ctx, "canvas")
	if b := drawn.Bounds(); b.Dx() != 64 || b.Dy() != 64 {
		t.Fatalf("the drawing has %v", b)
	}
	if inside, outside := area(drawn, image.Rect(10, 20, 42, 36)); inside != 32*16 || outside != 0 {
		t.Fatalf("the rectangle has %d of %d pixels, and %d outside", inside, 32*16, outside)
	}
	m, err := easel.Open(s.run)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	want, err := m.Translate(t.Context(), drawn)
	if err != nil {
		t.Fatal(err)
	}
	got := pixels(t, ctx, ".results img")
	for y := range 64 {
		for x := range 64 {
			if a, b := color.NRGBAModel.Convert(got.At(x, y)), color.NRGBAModel.Convert(want.At(x, y)); a != b {
				t.Fatalf("pixel %d, %d is %v in the browser, %v by easel", x, y, a, b)
			}
		}
	}
}

// Every tool, undo and redo.
func TestTools(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")

	tool(t, ctx, "[") // a pen of one pixel
	tool(t, ctx, "l")
	drag(t, ctx, 5, 5, 25, 5)
	if inside, outside := area(pixels(t, ctx, "canvas"), image.Rect(5, 5, 26, 6)); inside != 21 || outside != 0 {
		t.Errorf("a line of one pixel: %d inside, %d outside", inside, outside)
	}
	do(t, ctx, chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	if inside, outside := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 0 || outside != 0 {
		t.Errorf("after undo there are %d pixels", inside)
	}
	do(t, ctx, chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl, chromedp.ModifierShift)))
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 21 {
		t.Errorf("after redo there are %d pixels", inside)
	}

	// A closed polygon, and the fill of what is around it.
	tool(t, ctx, "p")
	for _, p := range [][2]int{{20, 20}, {40, 20}, {40, 40}, {20, 40}, {20, 20}} {
		x, y := place(t, ctx, p[0], p[1])
		do(t, ctx, chromedp.MouseClickXY(x, y))
	}
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(20, 20, 41, 41)); inside != 21*21 {
		t.Errorf("the polygon has %d of %d pixels", inside, 21*21)
	}
	tool(t, ctx, "f")
	x, y := place(t, ctx, 60, 60)
	do(t, ctx, chromedp.MouseClickXY(x, y))
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 64*64 {
		t.Errorf("fill left %d pixels empty", 64*64-inside)
	}
	tool(t, ctx, "e")
	drag(t, ctx, 30, 30, 30, 30)
	if isInk(pixels(t, ctx, "canvas"), 30, 30) {
		t.Error("the eraser erased nothing")
	}
}

// A drawing without a mouse: the same rectangle by keys, and by touch.
func TestKeysAndTouch(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")
	tool(t, ctx, "r")
	eventually(t, ctx, settled)
	do(t, ctx, chromedp.Focus(chromedp.CSS("canvas")), chromedp.KeyEvent(" "))
	for range 3 {
		do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	}
	do(t, ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	if inside, outside := area(pixels(t, ctx, "canvas"), image.Rect(32, 32, 36, 34)); inside != 8 || outside != 0 {
		t.Errorf("by keys: %d inside, %d outside", inside, outside)
	}

	// Before places are looked up: it takes scroll bars away, and a result that comes
	// makes the page longer.
	eventually(t, ctx, settled)
	call(t, ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	ax, ay := place(t, ctx, 4, 4)
	bx, by := place(t, ctx, 9, 9)
	for _, touch := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: ax, Y: ay}}},
		{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: []*input.TouchPoint{{X: bx, Y: by}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		call(t, ctx, input.DispatchTouchEvent, touch)
	}
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(4, 4, 10, 10)); inside != 36 {
		t.Errorf("by touch: %d of 36 pixels", inside)
	}

	// A reload keeps the drawing.
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("canvas")))
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 36+8 {
		t.Errorf("after a reload there are %d pixels", inside)
	}
}

// Small and large, light and dark: nothing sticks out, nobody is kept out.
func TestLooks(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	axe := ""
	if path := os.Getenv("EASEL_AXE"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		axe = string(text)
	}
	for _, width := range []int64{360, 1280, 3840} {
		for _, scheme := range []string{"light", "dark"} {
			for _, page := range []string{"/#draw", "/#translate"} {
				do(t, ctx, chromedp.EmulateViewport(width, 900))
				call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
				s.visit(t, ctx, page, "main > section")
				if over := value[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
					t.Errorf("%s at %d pixels is %d too wide", page, width, over)
				}
				if axe == "" {
					continue
				}
				value[any](t, ctx, axe+";null")
				if found := value[[]string](t, ctx, `axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")))`); len(found) > 0 {
					t.Errorf("%s at %d pixels, %s:\n%s", page, width, scheme, strings.Join(found, "\n"))
				}
			}
		}
	}
}
