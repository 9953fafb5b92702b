package facade

// scene is a façade laid out, ready to be drawn.
type scene struct {
	size     int
	elements []element // later ones are in front of earlier ones
	weather  weather
	grain    grain
}

// grain is what the camera adds.
type grain struct {
	seed           uint32
	noise          float32 // standard deviation, of encoded values
	blur, vignette float32
}

// builder holds the decisions that the parts of one façade share.
type builder struct {
	dice
	*scene
	style
	left, right, eaves, ground float32 // of the wall
}

// style is what makes one façade one house.
type style struct {
	wall, base, trim, paint, metal, roof rgb
	masonry, baseMasonry                 masonry
	glazing                              glazing
	bays                                 []span
	storeys                              []span  // from the top down; the last is the ground floor
	windowWidth, windowHeight            float32 // in bays and storeys
	head                                 outline
	sills, shutters, closed              float32 // chances, of a window
	lintel                               lintel
	course                               bool // a moulding between storeys
	pillars                              int  // one every so many bays; 0 none, −1 at the corners
	balconies                            balconies
	shops                                bool
}

type span struct{ low, high float32 }

type lintel uint8

const (
	noLintel lintel = iota
	plainLintel
	surround
	pediment
)

type balconies uint8

const (
	noBalconies balconies = iota
	middleBalconies
	alternateBalconies
	everyBalcony
	longBalcony
)

func newScene(d dice, size int) *scene {
	s := &scene{size: size, weather: newWeather(d)}
	b := &builder{dice: d, scene: s}
	b.style = newStyle(d, &s.weather)
	b.site()
	b.divide()
	b.backdrop()
	b.roofing()
	b.walls()
	b.trimming()
	for i := range b.storeys {
		b.storey(i)
	}
	s.grain = grain{d.Uint32(), d.between(0.004, 0.018), d.between(0, 0.18), d.between(0, 0.12)}
	return s
}

// add puts an element in front of all others. Its edges go to whole pixels, and
// paint is called with the box that results.
func (b *builder) add(c class, at box, o outline, height float32, paint func(box) painter) *element {
	at = at.snap(b.size)
	b.elements = append(b.elements, element{class: c, box: at, outline: o, height: height, paint: paint(at)})
	return &b.elements[len(b.elements)-1]
}

func newStyle(d dice, w *weather) style {
	s := style{
		trim: d.colour(trimColours), paint: d.colour(paintColours), roof: d.colour(roofColours),
		metal:       d.vary(hex(pick(d, uint32(0x22262a), 0x303030, 0x2c3c34, 0xd8d8d0)), 0.15),
		windowWidth: d.between(0.4, 0.66), windowHeight: d.between(0.5, 0.72),
		head:   pick(d, rectangle, rectangle, rectangle, segment, arch),
		lintel: pick(d, noLintel, plainLintel, surround, pediment),
		course: d.chance(0.5), pillars: pick(d, 0, 0, 0, -1, -1, 1, 2),
		balconies: pick(d, noBalconies, noBalconies, middleBalconies, alternateBalconies, everyBalcony, longBalcony),
		shops:     d.chance(0.45), sills: pick(d, float32(0), 1, 1, 1),
	}
	if d.chance(0.35) && s.lintel != surround {
		s.shutters, s.windowWidth = 1, d.between(0.34, 0.44)
	}
	s.closed = pick(d, float32(0), 0, 0.1, 0.25)
	s.materials(d)
	s.glazing = newGlazing(d, w)
	return s
}

func (s *style) materials(d dice) {
	s.masonry = pick(d, plaster, plaster, plaster, brick, brick, ashlar, boards)
	switch s.masonry {
	case brick:
		s.wall = d.colour(brickColours)
	case ashlar:
		s.wall = d.colour(stoneColours)
	default:
		s.wall = d.colour(plasterColours)
	}
	s.base, s.baseMasonry = s.wall, s.masonry
	if s.masonry != boards && d.chance(0.5) {
		s.baseMasonry = pick(d, rusticated, rusticated, ashlar, plaster)
		s.base = mix(s.wall, d.colour(stoneColours), d.between(0.4, 1))
	}
	if d.chance(0.25) { // trim of the wall's own colour
		s.trim = mix(s.trim, s.wall, 0.7)
	}
}

func newGlazing(d dice, w *weather) glazing {
	g := glazing{
		frame: d.colour(frameColours), rail: d.between(0.007, 0.012), columns: pick(d, 1, 2, 2, 2, 3),
		bars: pick(d, []float32{0.3}, []float32{0.5}, []float32{0.33, 0.66}, []float32{0.25, 0.5, 0.75}, nil),
		tint: w.zenith.times(0.8), horizon: w.horizon.times(0.8),
		reflection: d.between(0.2, 0.65), curtain: d.vary(hex(pick(d, uint32(0xf0ece4), 0xe0d8c8, 0xc8b8a0, 0x98a0a8)), 0.1),
		lit: pick(d, float32(0), 0.05, 0.12, 0.35), curtained: d.between(0.1, 0.7), netCurtains: d.chance(0.15),
	}
	return g
}
