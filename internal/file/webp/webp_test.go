package webp

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/webp"
	"pgregory.net/rapid"
)

// drawing makes a picture from a function of place.
func drawing(w, h int, f func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, f(x, y))
		}
	}
	return m
}

// drawings are pictures of all kinds that are written differently.
func drawings() map[string]*image.NRGBA {
	r := rand.New(rand.NewPCG(1, 2))
	grey := func(v float64) color.NRGBA { return color.NRGBA{uint8(v), uint8(v), uint8(v), 255} }
	labels := func(n int) func(x, y int) color.NRGBA {
		cells := make([]int, 16*16)
		for i := range cells {
			cells[i] = r.IntN(n)
		}
		return func(x, y int) color.NRGBA {
			v := cells[y/16%16*16+x/16%16]
			return color.NRGBA{uint8(37 * v), uint8(101 * v), uint8(255 - v), 255}
		}
	}
	return map[string]*image.NRGBA{
		"one pixel":       drawing(1, 1, func(x, y int) color.NRGBA { return color.NRGBA{1, 2, 3, 255} }),
		"one clear pixel": image.NewNRGBA(image.Rect(0, 0, 1, 1)),
		"one colour":      drawing(300, 200, func(x, y int) color.NRGBA { return color.NRGBA{200, 100, 50, 255} }),
		"clear":           image.NewNRGBA(image.Rect(0, 0, 50, 40)),
		"one row":         drawing(777, 1, func(x, y int) color.NRGBA { return grey(float64(x % 256)) }),
		"one column":      drawing(1, 777, func(x, y int) color.NRGBA { return grey(float64(y * y % 256)) }),
		"two colours":     drawing(131, 67, labels(2)),
		"three colours":   drawing(131, 67, labels(3)),
		"eight colours":   drawing(256, 256, labels(8)),
		"200 colours":     drawing(256, 256, labels(200)),
		"noise": drawing(100, 90, func(x, y int) color.NRGBA {
			return color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())}
		}),
		"slope": drawing(256, 100, func(x, y int) color.NRGBA { return grey(float64(x+y) / 2) }),
		"waves": drawing(256, 192, func(x, y int) color.NRGBA {
			a, b := math.Sin(float64(x)/17), math.Cos(float64(y)/23+float64(x)/50)
			return color.NRGBA{uint8(127 + 100*a), uint8(127 + 90*a*b), uint8(127 + 110*b), 255}
		}),
		"soft disc": drawing(256, 256, func(x, y int) color.NRGBA {
			d := math.Hypot(float64(x)-128, float64(y)-120)
			return color.NRGBA{uint8(x), 40, 200, uint8(min(max(100-d, 0), 1) * 255)}
		}),
	}
}

// failer is what testing and rapid have in common.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func encode(t failer, m *image.NRGBA) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// roundTrip checks that a picture is read back as it was. It returns the file's size.
func roundTrip(t failer, m *image.NRGBA) int {
	t.Helper()
	data := encode(t, m)
	back, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	n, ok := back.(*image.NRGBA)
	if !ok || n.Rect != image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()) {
		t.Fatalf("read as %T of %v", back, back.Bounds())
	}
	for y := range n.Rect.Dy() {
		want := m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y+y):][:4*n.Rect.Dx()]
		if !bytes.Equal(n.Pix[y*n.Stride:][:len(want)], want) {
			t.Fatalf("row %d has other pixels", y)
		}
	}
	return len(data)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, m := range drawings() {
		t.Run(name, func(t *testing.T) { t.Parallel(); roundTrip(t, m) })
	}
}

// TestPart: a picture that is part of a larger one, and does not begin at 0, 0.
func TestPart(t *testing.T) {
	t.Parallel()
	roundTrip(t, drawings()["waves"].SubImage(image.Rect(30, 40, 97, 111)).(*image.NRGBA))
}

func TestRoundTripProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		colours := rapid.SliceOfN(rapid.Uint32(), 1, 300).Draw(t, "colours")
		pick := rapid.SliceOfN(rapid.Uint16(), 1, w*h).Draw(t, "pick")
		m := drawing(w, h, func(x, y int) color.NRGBA {
			v := colours[int(pick[(y*w+x)%len(pick)])%len(colours)]
			return color.NRGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), uint8(v >> 24)}
		})
		roundTrip(t, m)
	})
}

// FuzzRoundTrip makes pictures from bytes, by copying and changing what came before.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint16(3))
	f.Add(bytes.Repeat([]byte{9, 200, 0, 255}, 40), uint16(16))
	f.Add([]byte("some words that repeat, some words that repeat themselves"), uint16(5))
	f.Fuzz(func(t *testing.T, data []byte, width uint16) {
		n := len(data) / 4
		if n == 0 || n > 1<<10 {
			return
		}
		w := 1 + int(width)%n
		m := image.NewNRGBA(image.Rect(0, 0, w, n/w))
		copy(m.Pix, data)
		roundTrip(t, m)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]*image.NRGBA{
		"no pixels": image.NewNRGBA(image.Rectangle{}),
		"16384×1":   image.NewNRGBA(image.Rect(0, 0, MaxSide+1, 1)),
	} {
		if err := Encode(&bytes.Buffer{}, m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", m.Rect, err)
		}
	}
	roundTrip(t, image.NewNRGBA(image.Rect(0, 0, MaxSide, 1)))
}

// TestSizes: files are little larger than those that libwebp 1.2.4 writes of the same pixels
// (cwebp -lossless -exact).
func TestSizes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{} {
		if got := roundTrip(t, drawings()[name]); got > want+want/8+60 {
			t.Errorf("%s: %d bytes, and libwebp's has %d", name, got, want)
		}
	}
}

// TestOtherReaders: libwebp's own programs accept the files and read the same pixels.
func TestOtherReaders(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"dwebp", "webpinfo"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("libwebp's %s is not installed", program)
		}
	}
	dir := t.TempDir()
	for name, m := range drawings() {
		file, back := filepath.Join(dir, name+".webp"), filepath.Join(dir, name+".png")
		if err := os.WriteFile(file, encode(t, m), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]string{{"webpinfo", "-quiet", file}, {"dwebp", "-quiet", file, "-o", back}} {
			if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %v\n%s", name, command, err, out)
			}
		}
		f, err := os.Open(back)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				if want := m.NRGBAAt(x, y); color.NRGBAModel.Convert(got.At(x, y)) != color.Color(want) {
					t.Fatalf("%s: pixel %d, %d is %v, not %v", name, x, y, got.At(x, y), want)
				}
			}
		}
	}
}
