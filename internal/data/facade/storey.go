package facade

// How far things stand out from the wall, or lie back.
const (
	paneHeight    = -0.014
	doorHeight    = -0.018
	shopHeight    = -0.008
	sillHeight    = 0.012
	lintelHeight  = 0.008
	courseHeight  = 0.01
	corniceHeight = 0.024
	pillarHeight  = 0.008
	shutterHeight = 0.005
	balconyHeight = 0.034
	awningHeight  = 0.045
)

// trimming is everything that runs along the whole house or up it.
func (b *builder) trimming() {
	b.pilasters()
	ledge := func(y0, y1, height, over float32) {
		b.add(moulding, box{b.left - over, y0, b.right + over, y1}, rectangle, height,
			func(at box) painter { return ledgePaint(b.dice, b.trim, at) })
	}
	if b.chance(0.85) {
		deep := b.between(0.016, 0.036)
		ledge(b.eaves-deep/2, b.eaves+deep/2, corniceHeight, 0.012)
		if b.chance(0.35) {
			b.brackets(b.eaves+deep/2, b.between(0.01, 0.018))
		}
	}
	floors := len(b.storeys) - 1
	for i := 1; i <= floors; i++ {
		if b.course || (i == floors && b.chance(0.6)) {
			y := b.storeys[i].low
			ledge(y-0.006, y+b.between(0.005, 0.012), courseHeight, 0)
		}
	}
	if b.chance(0.3) { // plinth
		ledge(b.ground-b.between(0.02, 0.04), b.ground, 0.006, 0)
	}
}

// brackets stand in a row under the cornice.
func (b *builder) brackets(y, size float32) {
	count := int((b.right - b.left) / (size * 3))
	step := (b.right - b.left) / float32(count)
	for i := range count {
		x := b.left + (float32(i)+0.5)*step
		b.add(moulding, box{x - size/2, y, x + size/2, y + size*1.2}, rectangle, courseHeight,
			func(box) painter { return plainPaint(b.dice, b.trim, 0.1) })
	}
}

// pilasters stand between bays, or at the corners only.
func (b *builder) pilasters() {
	if b.pillars == 0 {
		return
	}
	width := b.between(0.018, 0.034)
	bottom := b.ground
	if b.pillars > 0 && b.shops {
		bottom = b.storeys[len(b.storeys)-1].low
	}
	up := func(x float32) {
		b.add(pillar, box{x - width/2, b.eaves, x + width/2, bottom}, rectangle, pillarHeight,
			func(at box) painter { return columnPaint(b.dice, b.trim, at, b.weather.side) })
	}
	up(b.left + width/2)
	up(b.right - width/2)
	for i := b.pillars; b.pillars > 0 && i < len(b.bays); i += b.pillars {
		if bay := b.bays[i]; (bay.high-bay.low)*(1-b.windowWidth) > width*1.3 {
			up(bay.low)
		}
	}
}

func (b *builder) storey(i int) {
	if i == len(b.storeys)-1 {
		b.groundFloor(b.storeys[i])
		return
	}
	at := b.storeys[i]
	noble := i == len(b.storeys)-2 && len(b.storeys) > 2 // the first floor has the best rooms
	b.row(at, noble, b.balconyRow(i, noble))
}

// balconyRow says which bays of a storey have balconies.
func (b *builder) balconyRow(i int, noble bool) func(bay int) bool {
	n := len(b.bays)
	switch b.balconies {
	case middleBalconies:
		return func(bay int) bool { return bay == n/2 || bay == (n-1)/2 }
	case alternateBalconies:
		return func(bay int) bool { return (bay+i)%2 == 0 }
	case everyBalcony:
		return func(int) bool { return i%2 == 0 || noble }
	}
	return func(int) bool { return false }
}

func (b *builder) row(at span, noble bool, balcony func(int) bool) {
	h := at.high - at.low
	long := b.balconies == longBalcony && noble
	top, height := at.low+0.16*h, b.windowHeight*h
	for i, bay := range b.bays {
		x, half := (bay.low+bay.high)/2, b.windowWidth*(bay.high-bay.low)/2
		half = min(half, 0.62*h)
		opening := box{x - half, top, x + half, top + height}
		if long || balcony(i) {
			opening.y1 = at.high - 0.02*h
		}
		b.opening(opening, noble)
		if balcony(i) && !long {
			out := min(0.3*half, (bay.high-bay.low)/2-half)
			b.balcony(box{opening.x0 - out, at.high - 0.36*h, opening.x1 + out, at.high})
		}
	}
	if long {
		first, last := b.bays[0], b.bays[len(b.bays)-1]
		b.balcony(box{first.low + 0.02, at.high - 0.36*h, last.high - 0.02, at.high})
	}
}

// opening is a window with its surround, blind and balcony.
func (b *builder) opening(at box, noble bool) {
	b.crown(at, noble)
	b.pane(at, b.head)
	if b.chance(b.closed) { // a blind, some way down
		down := at.part(0, 0, 1, b.between(0.3, 1))
		base := mix(b.paint, hex(0xe0dcd0), 0.5)
		b.add(shutter, down, b.head, paneHeight+0.006, func(at box) painter { return slatPaint(b.dice, base, at, 0) })
	}
	if b.chance(b.shutters) {
		b.shutterPair(at)
	}
	if b.chance(b.sills) {
		out := 0.1 * at.width()
		b.add(sill, box{at.x0 - out, at.y1, at.x1 + out, at.y1 + 0.014}, rectangle, sillHeight,
			func(at box) painter { return ledgePaint(b.dice, b.trim, at) })
	}
}

func (b *builder) shutterPair(at box) {
	w := at.width() * 0.5
	for _, leaf := range []box{{at.x0 - w, at.y0, at.x0, at.y1}, {at.x1, at.y0, at.x1 + w, at.y1}} {
		b.add(shutter, leaf, rectangle, shutterHeight, func(at box) painter { return slatPaint(b.dice, b.paint, at, 0.14) })
	}
}

// crown is what the mason put around a window or over it.
func (b *builder) crown(at box, noble bool) {
	paint := func(at box) painter { return ledgePaint(b.dice, b.trim, at) }
	plain := func(box) painter { return plainPaint(b.dice, b.trim, 0.12) }
	w := at.width()
	switch {
	case b.lintel == surround:
		b.add(moulding, at.inset(-0.14*w, -0.1*w), b.head, lintelHeight/2, plain)
	case b.lintel == pediment && noble:
		b.add(moulding, box{at.x0 - 0.16*w, at.y0 - 0.36*w, at.x1 + 0.16*w, at.y0 - 0.04*w},
			pick(b.dice, gable, segment), lintelHeight, plain)
	case b.lintel == plainLintel && b.head == rectangle, b.lintel == pediment:
		b.add(moulding, box{at.x0 - 0.12*w, at.y0 - 0.022, at.x1 + 0.12*w, at.y0 - 0.004}, rectangle, lintelHeight, paint)
	case b.lintel == plainLintel:
		b.add(moulding, box{at.x0 - 0.1*w, at.y0 - 0.1*w, at.x1 + 0.1*w, at.y0 + 0.45*w}, b.head, lintelHeight/2, plain)
	}
}

// pane is a window without anything around it.
func (b *builder) pane(at box, o outline) {
	b.add(window, at, o, paneHeight, func(at box) painter { return windowPaint(b.dice, &b.glazing, at, o) })
}

// balcony is a slab with a railing of bars, or with a stone balustrade.
func (b *builder) balcony(at box) {
	metal := plainPaint(b.dice, b.metal, 0.2)
	stone := b.metal[1] > 0.5 // pale: balusters, thicker
	pitch, thick := float32(0.013), float32(0.32)
	if stone {
		pitch, thick = 0.02, 0.6
	}
	slab := box{at.x0 - 0.004, at.y1 - 0.014, at.x1 + 0.004, at.y1 + 0.004}
	rail := box{at.x0, at.y0, at.x1, slab.y0 + 0.004}
	e := b.add(balcony, rail, rectangle, balconyHeight, func(box) painter { return metal })
	rail = e.box
	e.solid = func(x, y float32) bool {
		f := (x - rail.x0) / pitch
		return y < rail.y0+0.012 || f-float32(floor(f)) < thick || x > rail.x1-0.004
	}
	b.add(balcony, slab, rectangle, balconyHeight+0.004, func(at box) painter { return ledgePaint(b.dice, b.trim, at) })
}
