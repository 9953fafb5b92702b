package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
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
	s := newSite(t, alone(t))
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
	s.translates(t, ctx, drawn)
}

// translates ends in failure where the result in the page is not that of easel translate.
func (s *site) translates(t *testing.T, ctx context.Context, drawn image.Image) {
	t.Helper()
	eventually(t, ctx, settled)
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

// A first visit begins with one of the model's own inputs, which can be undone.
func TestFirstVisit(t *testing.T) {
	s := newSite(t)
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")
	eventually(t, ctx, `(() => {
		const c = document.querySelector("canvas");
		return new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer)).size === 4;
	})()`)
	drawn := pixels(t, ctx, "canvas")
	if inside, outside := area(drawn, image.Rect(4, 0, 54, 64)); inside != 3*14*24 || outside != 0 {
		t.Errorf("the example has %d pixels, and %d outside of its three areas", inside, outside)
	}
	s.translates(t, ctx, drawn)
	do(t, ctx, chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	if inside, outside := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside+outside != 0 {
		t.Errorf("after undo there are %d pixels", inside+outside)
	}
	// What was left is kept, and not drawn over.
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("canvas")))
	eventually(t, ctx, settled)
	if inside, outside := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside+outside != 0 {
		t.Errorf("after a reload there are %d pixels", inside+outside)
	}
}

// Every tool, undo and redo.
func TestTools(t *testing.T) {
	s := newSite(t, alone(t))
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
	s := newSite(t, alone(t))
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
	s.translates(t, ctx, pixels(t, ctx, "canvas"))

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
	s.translates(t, ctx, pixels(t, ctx, "canvas"))

	// A reload keeps the drawing.
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("canvas")))
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 36+8 {
		t.Errorf("after a reload there are %d pixels", inside)
	}
}

// Another seed is another sample; the one that is chosen is the one that is saved.
func TestSamples(t *testing.T) {
	s := newSite(t, alone(t))
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")
	eventually(t, ctx, settled)
	do(t, ctx, chromedp.SetValue(chromedp.CSS("select[aria-label=Samples]"), "4"))
	value[any](t, ctx, `document.querySelector("select[aria-label=Samples]").dispatchEvent(new Event("change"))`)
	eventually(t, ctx, `[...document.querySelectorAll(".sample button")].map((b) => b.textContent).join() === "seed 0,seed 1,seed 2,seed 3" && `+settled)
	if n := value[int](t, ctx, `new Set([...document.querySelectorAll(".sample img")].map(`+toPixels+`)).size`); n != 4 {
		t.Errorf("%d different samples of four seeds", n)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(".sample:nth-child(3) button")))
	if name := value[string](t, ctx, `document.querySelector(".sample button[aria-pressed=true]").textContent`); name != "seed 2" {
		t.Errorf("chosen is %s", name)
	}
}

// Two tabs draw side by side, each for itself.
func TestTwoTabs(t *testing.T) {
	s := newSite(t, alone(t))
	first := s.open(t)
	s.visit(t, first, "/", "canvas")
	second, cancel := chromedp.NewContext(first, chromedp.WithListener(s.hear))
	t.Cleanup(cancel)
	s.visit(t, second, "/", "canvas")
	tool(t, second, "r")
	drag(t, second, 4, 4, 9, 9)
	eventually(t, second, settled)
	if inside, _ := area(pixels(t, second, "canvas"), image.Rect(4, 4, 10, 10)); inside != 36 {
		t.Errorf("the second tab has %d of 36 pixels", inside)
	}
	eventually(t, first, settled)
	if inside, _ := area(pixels(t, first, "canvas"), image.Rect(0, 0, 64, 64)); inside != 0 {
		t.Errorf("the first tab has %d pixels of the other's", inside)
	}
}

// The server ends while somebody draws, and comes back: it is said, the drawing stays,
// and the next stroke has its result.
func TestServerComesBack(t *testing.T) {
	s := newSite(t, alone(t))
	stop, address := s.listen(t, "127.0.0.1:0", "")
	ctx := s.open(t)
	s.visit(t, ctx, "/", "canvas")
	eventually(t, ctx, settled)
	tool(t, ctx, "r")
	stop()
	drag(t, ctx, 4, 4, 9, 9)
	eventually(t, ctx, `document.getElementById("say").textContent.includes("does not answer")`)
	s.listen(t, address, "")
	drag(t, ctx, 20, 20, 29, 29)
	eventually(t, ctx, `document.querySelector(".results").getAttribute("aria-busy") === "false" && / ms/.test(document.querySelector(".stage output[role=status]")?.textContent)`)
	if inside, _ := area(pixels(t, ctx, "canvas"), image.Rect(0, 0, 64, 64)); inside != 36+100 {
		t.Errorf("the drawing has %d pixels", inside)
	}
	s.forget() // requests that nobody answered
}
