package palette

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Numbers of the search. Measured on the CMP façades (JPEG): 39 % of the pixels
// are flat, the rarest of the twelve classes has 1/1000 of them, and what is left
// when the twelve are taken out with this radius 1/20000. JPEG moves a flat area
// by up to 4, and well-known palettes have colours that are 20 apart. Within half
// the radius lie 90 % and more of a class's pixels, 99 % over all classes; of the
// colours of the façades' photographs 70 %, of natural ones 63 %.
const (
	flatRange  = 4          // 3×3 pixels whose samples differ by this much at most are flat
	radius     = 16         // colours this near to a commoner one are its noise
	leastShare = 1.0 / 5000 // of the flat pixels: less is an accident
	leastCore  = 0.8        // of a class's pixels within half the radius: less, and it is a shade of something
	leastClear = 0.95       // of the flat pixels in such classes: less, and the pictures are no labels
	leastFlat  = 0.1        // of all pixels: less, and the pictures are no labels
	mostExact  = 256        // colours: more, and there is noise among them
	leastEqual = 0.9        // of pixels with a neighbour of the same colour: less, and there is noise
	commoner   = 20         // times: a colour this much rarer than one near it may be its noise
	mostNoisy  = 1 << 20    // different flat colours: more, and the pictures are no labels
	shadeStep  = 4          // neighbours that differ by this much at most in each sample are shades of each other
	mostShades = 0.8        // of neighbours that differ: more, and the pictures are ramps, as depth is,
	fewColours = 16         // unless there are so few colours: then they may be numbers of classes
	leastArea  = 0.4        // of the rarer colours' pixels are inside areas of theirs: less, and they are lines
	areaEdges  = 0.5        // times the pixels that are not flat, where there is noise: the same
)

// Survey finds a palette in label pictures: Add each, and ask for the Palette.
//
// Where the pictures have few colours and no noise, as PNG files have, every
// colour is a class, however rare and thin. Otherwise (JPEG, resampled or
// smoothed pictures) only areas are looked at whose colour hardly changes over
// 3×3 pixels: edges, where compression and resampling invent colours, are not
// flat. The commonest of their colours is a class and takes in the colours near
// it, then the commonest of the rest, until what is left is too rare.
//
// The result depends on the pictures only, not on their order. A Survey is a
// sum: Merge adds one that another goroutine made.
type Survey struct {
	pixels, equal int
	steps, shades int              // neighbours that differ, and that hardly do
	all           map[[3]uint8]int // nil once there are too many for an exact palette
	flat          map[[3]uint8]int
	flats         int
}

// NewSurvey begins a survey.
func NewSurvey() *Survey {
	return &Survey{all: map[[3]uint8]int{}, flat: map[[3]uint8]int{}}
}

// Add counts a picture's colours; one with alpha is laid on white.
// Pictures whose bands are not colours are an error.
func (s *Survey) Add(pic *imgio.Picture) error {
	rgb, err := pic.Convert(3)
	if err != nil {
		return err
	}
	m := raster{width: rgb.Width, height: rgb.Height, pixels: make([][3]uint8, rgb.Width*rgb.Height)}
	for i := range m.pixels {
		m.pixels[i] = colourOf(rgb.Pix[3*i:])
	}
	s.pixels += len(m.pixels)
	exact := map[[3]uint8]int{}
	for i, c := range m.pixels {
		x, y := i%m.width, i/m.width
		if exact != nil {
			if exact[c]++; len(exact) > mostExact {
				exact = nil
			}
		}
		if m.hasEqual(x, y) {
			s.equal++
		}
		if x+1 < m.width {
			s.step(c, m.pixels[i+1])
		}
		if y+1 < m.height {
			s.step(c, m.pixels[i+m.width])
		}
		if len(s.flat) <= mostNoisy && m.isFlat(x, y) {
			s.flat[c]++
			s.flats++
		}
	}
	s.addExact(exact)
	return nil
}

// step counts two neighbours.
func (s *Survey) step(a, b [3]uint8) {
	if a == b {
		return
	}
	s.steps++
	for c := range a {
		if max(a[c], b[c])-min(a[c], b[c]) > shadeStep {
			return
		}
	}
	s.shades++
}

func (s *Survey) addExact(all map[[3]uint8]int) {
	if s.all == nil || all == nil {
		s.all = nil
		return
	}
	for c, n := range all {
		s.all[c] += n
	}
	if len(s.all) > mostExact {
		s.all = nil
	}
}

// Merge adds what another survey counted.
func (s *Survey) Merge(other *Survey) {
	s.pixels += other.pixels
	s.equal += other.equal
	s.steps += other.steps
	s.shades += other.shades
	s.flats += other.flats
	for c, n := range other.flat {
		s.flat[c] += n
	}
	s.addExact(other.all)
}

const surveyHint = "give label pictures: flat areas, one colour a class; in side-by-side pairs, the half that has them"

// Palette returns the classes, the commonest first, indices 0 up, no names. It
// is an error if the pictures are not label pictures, or have only one colour.
func (s *Survey) Palette() (*Palette, error) {
	if s.pixels == 0 {
		return nil, hint.New(errors.New("find palette: there are no pictures"), surveyHint)
	}
	var found [][3]uint8
	switch {
	case s.isExact():
		if found = common(s.all); len(found) > fewColours && float64(s.shades) > mostShades*float64(s.steps) {
			return nil, hint.New(fmt.Errorf("find palette: these are not label pictures: %.0f %% of neighbours that differ are shades of each other",
				100*float64(s.shades)/float64(s.steps)), surveyHint)
		}
	case float64(s.flats) < leastFlat*float64(s.pixels):
		return nil, hint.New(fmt.Errorf("find palette: these are not label pictures: flat areas are only %.0f %% of them",
			100*float64(s.flats)/float64(s.pixels)), surveyHint)
	case len(s.flat) > mostNoisy:
		return nil, hint.New(errors.New("find palette: these are not label pictures: their colours are too many"), surveyHint)
	default:
		var clear int
		if found, clear = s.peaks(); float64(clear) < leastClear*float64(s.flats) {
			return nil, hint.New(fmt.Errorf("find palette: these are not label pictures: %.0f %% of their flat areas are shades and not single colours",
				100-100*float64(clear)/float64(s.flats)), surveyHint)
		}
	}
	switch {
	case len(found) == 1:
		return nil, hint.New(fmt.Errorf("find palette: the pictures have only one colour, %s", Class{Colour: found[0]}), surveyHint)
	case len(found) > mostExact:
		return nil, hint.New(fmt.Errorf("find palette: these are not label pictures: they would have %d classes", len(found)), surveyHint)
	}
	p := &Palette{}
	for i, c := range found {
		p.Classes = append(p.Classes, Class{Index: i, Colour: c})
	}
	return p, nil
}

// Commonest returns the fraction of pixels with the commonest colour, 0..1: of all
// pixels if there are few colours, otherwise of those in flat areas.
func (s *Survey) Commonest() float64 {
	counts, n := s.all, s.pixels
	if !s.isExact() {
		counts, n = s.flat, s.flats
	}
	most := 0
	for _, pixels := range counts {
		most = max(most, pixels)
	}
	return float64(most) / float64(max(n, 1))
}

// AreAreas reports whether the colours other than the commonest one fill areas, as
// the foreground of a mask does, and are not lines on paper.
func (s *Survey) AreAreas() bool {
	counts, n := s.flat, 0
	if s.isExact() {
		counts = s.all
	}
	if len(counts) == 0 {
		return false
	}
	paper := common(counts)[0]
	inside := 0
	for c, pixels := range s.flat {
		if distance(c, paper) > radius*radius {
			inside += pixels
		}
	}
	if !s.isExact() {
		return float64(inside) >= areaEdges*float64(s.pixels-s.flats)
	}
	for c, pixels := range s.all {
		if c != paper {
			n += pixels
		}
	}
	return float64(inside) >= leastArea*float64(n)
}

// isExact reports whether the colours are those that were drawn, without noise.
// With noise, pixels differ from their neighbours, or most colours are rare ones
// near common ones.
func (s *Survey) isExact() bool {
	if s.all == nil || float64(s.equal) < leastEqual*float64(s.pixels) {
		return false
	}
	shades := 0
	for c, n := range s.all {
		for other, many := range s.all {
			if many >= commoner*n && distance(c, other) <= radius*radius {
				shades++
				break
			}
		}
	}
	return 2*shades < len(s.all)
}

// peaks takes the commonest flat colour and all near it, again and again. It
// returns those that are classes, and how many pixels these have.
func (s *Survey) peaks() (colours [][3]uint8, clear int) {
	type peak struct {
		colour       [3]uint8
		pixels, core int
	}
	left := common(s.flat)
	var found []peak
	for len(left) > 0 && len(found) <= mostExact {
		p := peak{colour: left[0]}
		left = slices.DeleteFunc(left, func(c [3]uint8) bool {
			d := distance(c, p.colour)
			if d <= radius*radius {
				p.pixels += s.flat[c]
			}
			if d <= radius*radius/4 {
				p.core += s.flat[c]
			}
			return d <= radius*radius
		})
		if float64(p.pixels) >= leastShare*float64(s.flats) && float64(p.core) >= leastCore*float64(p.pixels) {
			found = append(found, p)
			clear += p.pixels
		}
	}
	slices.SortStableFunc(found, func(a, b peak) int { return cmp.Compare(b.pixels, a.pixels) })
	for _, p := range found {
		colours = append(colours, p.colour)
	}
	return colours, clear
}

// common returns the colours, the commonest first; equally common ones in the
// order of their values.
func common(counts map[[3]uint8]int) [][3]uint8 {
	colours := slices.Collect(maps.Keys(counts))
	slices.SortFunc(colours, func(a, b [3]uint8) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), slices.Compare(a[:], b[:]))
	})
	return colours
}

// raster is a picture of 8-bit colours.
type raster struct {
	width, height int
	pixels        [][3]uint8
}

// hasEqual reports whether one of the four neighbours has the same colour.
func (m raster) hasEqual(x, y int) bool {
	i := y*m.width + x
	c := m.pixels[i]
	return x > 0 && m.pixels[i-1] == c || x < m.width-1 && m.pixels[i+1] == c ||
		y > 0 && m.pixels[i-m.width] == c || y < m.height-1 && m.pixels[i+m.width] == c
}

// isFlat reports whether the 3×3 pixels around one hardly differ; pixels at the
// border are not flat.
func (m raster) isFlat(x, y int) bool {
	if x == 0 || y == 0 || x == m.width-1 || y == m.height-1 {
		return false
	}
	low, high := [3]uint8{255, 255, 255}, [3]uint8{}
	for dy := -1; dy <= 1; dy++ {
		for _, p := range m.pixels[(y+dy)*m.width+x-1:][:3] {
			for c, v := range p {
				low[c], high[c] = min(low[c], v), max(high[c], v)
				if high[c]-low[c] > flatRange {
					return false
				}
			}
		}
	}
	return true
}

// Numbers of the decision whether pictures are drawings.
const (
	leastPaper = 0.8 // of a drawing is the paper,
	leastWhite = 230 // whose red, green and blue are at least this
)

// OnPaper reports whether the pictures are lines on white paper: one colour, which
// is white or nearly so, covers most of them.
func (s *Survey) OnPaper() bool {
	counts := s.all
	if !s.isExact() {
		counts = s.flat
	}
	paper := 0
	for c, n := range counts {
		if min(c[0], c[1], c[2]) >= leastWhite {
			paper += n
		}
	}
	return s.pixels > 0 && float64(paper) >= leastPaper*float64(s.pixels)
}
