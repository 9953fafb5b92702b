package dataset

import "easel/internal/imgio"

// Numbers of the decision whether a side is labels. Over a whole set, the
// twelve most common colours of CMP façade labels, JPEG noise included, cover
// 0.55 of the pixels, or 0.76 as grey pictures; those of façade photographs 0.14
// and 0.16, of natural ones 0.04 and 0.19. A single picture would not tell.
const (
	labelPictures = 200 // are looked at, evenly spread
	labelRows     = 48  // of each
	labelColours  = 12  // the most common colours …
	labelCover    = 0.4 // … cover this much of labels at least …
	labelPaper    = 0.8 // … and the most common one this much at most
	greyLevels    = 128 // steps that samples are sorted into
	colourLevels  = 32
)

// colourCounts counts the colours of some pictures.
type colourCounts map[uint64]int

// add counts the pixels of some rows of p.
func (c colourCounts) add(p *imgio.Picture) {
	levels := float32(colourLevels)
	if p.Channels == 1 {
		levels = greyLevels
	}
	step := max(1, p.Height/labelRows)
	for y := step / 2; y < p.Height; y += step {
		row := p.Pix[y*p.Width*p.Channels:][:p.Width*p.Channels]
		for x := range p.Width {
			c[colourKey(row[x*p.Channels:][:p.Channels], levels-1)]++
		}
	}
}

// colourKey is FNV-1a of a pixel whose samples are rounded to 0..top.
func colourKey(pixel []float32, top float32) uint64 {
	key := uint64(14695981039346656037)
	for _, v := range pixel {
		key = (key ^ uint64(v*top+0.5)) * 1099511628211
	}
	return key
}

func (c colourCounts) merge(other colourCounts) {
	for key, n := range other {
		c[key] += n
	}
}

// labels reports whether pictures with these colours are label pictures: a few
// colours make up most of them. Drawings, where one colour, the paper, is nearly
// everything, are none: their lines would break if pixels were left out.
func (c colourCounts) labels() bool {
	most, cover, all := c.common()
	return all > 0 && float64(cover) >= labelCover*float64(all) && float64(most) <= labelPaper*float64(all)
}

// common returns how many pixels have the most common colour, one of the
// labelColours most common ones, and any.
func (c colourCounts) common() (most, cover, all int) {
	var top [labelColours]int // largest first
	for _, n := range c {
		all += n
		for i := range top {
			if n > top[i] {
				n, top[i] = top[i], n
			}
		}
	}
	for _, n := range top {
		cover += n
	}
	return top[0], cover, all
}
