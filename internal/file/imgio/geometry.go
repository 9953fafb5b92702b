package imgio

import (
	"errors"
	"fmt"
)

// Crop returns the w×h pixels whose upper left corner is at column x, row y.
func Crop(p *Picture, x, y, w, h int) *Picture {
	if x < 0 || y < 0 || w < 1 || h < 1 || x+w > p.Width || y+h > p.Height {
		panic(fmt.Sprintf("imgio: crop of %d×%d at (%d, %d) from a picture of %d×%d", w, h, x, y, p.Width, p.Height))
	}
	q := p.like(w, h, p.Channels)
	for i := range h {
		copy(q.row(i), p.row(y + i)[x*p.Channels:])
	}
	return q
}

// Mirror swaps left and right.
func Mirror(p *Picture) *Picture { return orient(p, orientMirrored) }

// PadReflect pads p by mirroring it without repeating the edge (the "reflect" of NumPy and
// PyTorch): 3 2 | 1 2 3 | 2 1. A pad larger than the picture reflects several times, which
// PyTorch refuses.
func PadReflect(p *Picture, left, top, right, bottom int) *Picture {
	if left < 0 || top < 0 || right < 0 || bottom < 0 {
		panic(fmt.Sprintf("imgio: pad by %d, %d, %d, %d", left, top, right, bottom))
	}
	q := p.like(left+p.Width+right, top+p.Height+bottom, p.Channels)
	columns := make([]int, q.Width)
	for x := range columns {
		columns[x] = Mirrored(x-left, p.Width) * p.Channels
	}
	for y := range q.Height {
		src, dst := p.row(Mirrored(y-top, p.Height)), q.row(y)
		for x, from := range columns {
			copy(dst[x*p.Channels:][:p.Channels], src[from:])
		}
	}
	return q
}

// Mirrored returns which of n pixels is shown at position i of a row that PadReflect
// extends on both sides; position 0 is pixel 0.
func Mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}

// SplitSideBySide cuts a pair that is stored as one picture into its two halves.
func SplitSideBySide(p *Picture) (left, right *Picture, err error) {
	if p.Width%2 != 0 {
		return nil, nil, fmt.Errorf(
			"split side by side: the width %d is odd, so it cannot be halved; is this a single picture rather than a pair?", p.Width)
	}
	half := p.Width / 2
	return Crop(p, 0, 0, half, p.Height), Crop(p, half, 0, half, p.Height), nil
}

// SideBySide joins pictures of equal height and number of channels from left to right. The
// result has the largest depth.
func SideBySide(pics ...*Picture) (*Picture, error) {
	if len(pics) == 0 {
		return nil, errors.New("join side by side: no pictures")
	}
	first, width, depth := pics[0], 0, 0
	for i, p := range pics {
		if p.Height != first.Height || p.Channels != first.Channels || p.Alpha != first.Alpha {
			return nil, fmt.Errorf("join side by side: picture %d has height %d and %d channels (%s), the first has %d and %d (%s)",
				i+1, p.Height, p.Channels, p.kind(), first.Height, first.Channels, first.kind())
		}
		if p.Range.or(p.Depth) != first.Range.or(p.Depth) {
			return nil, fmt.Errorf("join side by side: picture %d has the range %v, the first has %v",
				i+1, p.Range.or(p.Depth), first.Range.or(first.Depth))
		}
		width += p.Width
		depth = max(depth, p.Depth)
	}
	q := first.like(width, first.Height, first.Channels)
	q.Depth = depth
	x := 0
	for _, p := range pics {
		q.paste(p, x, 0)
		x += p.Width
	}
	return q, nil
}

// Grid arranges rows of pictures as a sheet, with gap white pixels between them. A column is
// as wide as its widest picture, a row as high as its highest. Grey pictures become RGB if
// others are RGB. Cells may be nil.
func Grid(rows [][]*Picture, gap int) (*Picture, error) {
	if gap < 0 {
		panic(fmt.Sprintf("imgio: gap of %d", gap))
	}
	var widths []int
	heights := make([]int, len(rows))
	channels, depth, alpha := 0, 8, false
	for y, row := range rows {
		for x, p := range row {
			if x == len(widths) {
				widths = append(widths, 0)
			}
			if p != nil {
				widths[x], heights[y] = max(widths[x], p.Width), max(heights[y], p.Height)
				channels, depth = max(channels, p.Channels), max(depth, p.Depth)
				alpha = alpha || p.Alpha
			}
		}
	}
	if channels == 0 {
		return nil, errors.New("grid: no pictures")
	}
	sheet := New(total(widths, gap), total(heights, gap), channels)
	sheet.Depth, sheet.Alpha = depth, alpha
	fill(sheet.Pix, 1)
	top := 0
	for y, row := range rows {
		if err := sheet.pasteRow(row, widths, top, gap); err != nil {
			return nil, fmt.Errorf("grid: row %d: %w", y+1, err)
		}
		top += heights[y] + gap
	}
	return sheet, nil
}

// pasteRow pastes one row of a grid at height top.
func (p *Picture) pasteRow(row []*Picture, widths []int, top, gap int) error {
	left := 0
	for x, cell := range row {
		if cell != nil {
			converted, err := cell.As(Shape{Channels: p.Channels, Alpha: p.Alpha})
			if err != nil {
				return fmt.Errorf("picture %d: %w", x+1, err)
			}
			p.paste(converted, left, top)
		}
		left += widths[x] + gap
	}
	return nil
}

// paste copies all of q into p at column x of row y.
func (p *Picture) paste(q *Picture, x, y int) {
	for i := range q.Height {
		copy(p.row(y + i)[x*p.Channels:], q.row(i))
	}
}

func total(sizes []int, gap int) int {
	sum := gap * (len(sizes) - 1)
	for _, n := range sizes {
		sum += n
	}
	return sum
}

func fill(pix []float32, v float32) {
	for i := range pix {
		pix[i] = v
	}
}
