package sheet_test

import (
	"testing"

	"easel/internal/data/sheet"
	"easel/internal/file/imgio"
)

// grey is a picture of one shade.
func grey(width, height int, v float32) *imgio.Picture {
	p := imgio.New(width, height, 1)
	for i := range p.Pix {
		p.Pix[i] = v
	}
	return p
}

// TestLabelled: every thumbnail is in its place, with letters beside and above, and an
// empty place is white.
func TestLabelled(t *testing.T) {
	t.Parallel()
	var rows [][]*imgio.Picture
	for r := range 2 {
		var row []*imgio.Picture
		for c := range 3 {
			small, err := sheet.Thumbnail(grey(400, 200, float32(1+r*3+c)/8))
			if err != nil {
				t.Fatal(err)
			}
			if small.Width != 192 || small.Height != 96 {
				t.Fatalf("a thumbnail of %d×%d", small.Width, small.Height)
			}
			row = append(row, small)
		}
		rows = append(rows, row)
	}
	rows[1][2] = nil
	p := sheet.Labelled(rows, []string{"a", "a very long name that does not fit at all"}, []string{"x", "y", "z"})
	left, top := p.Width-3*(192+8), p.Height-2*(96+8)
	for r := range 2 {
		for c := range 3 {
			want := float32(1+r*3+c) / 8
			if r == 1 && c == 2 {
				want = 1
			}
			for _, at := range [][2]int{{0, 0}, {191, 95}, {96, 48}} {
				if got := p.At(left+c*200+at[0], top+r*104+at[1], 1); got < want-0.01 || got > want+0.01 {
					t.Errorf("row %d, column %d has %g, want %g", r, c, got, want)
				}
			}
		}
	}
	dark := func(x0, y0, x1, y1 int) (n int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if p.At(x, y, 0) < 0.5 {
					n++
				}
			}
		}
		return n
	}
	if dark(left, 0, left+20, top) == 0 || dark(0, top, left-8, top+96) == 0 {
		t.Error("there are no names")
	}
	if dark(left-8, top, left, p.Height) != 0 {
		t.Error("the long name runs into the pictures")
	}
}
