package facade

// groundFloor has the door, and windows or shops in the other bays.
func (b *builder) groundFloor(at span) {
	n := len(b.bays)
	entrance := pick(b.dice, n/2, n/2, 0, n-1)
	for i := 0; i < n; i++ {
		bay := b.bays[i]
		switch {
		case i == entrance:
			b.entrance(bay, at)
		case b.shops:
			if i+1 < n && i+1 != entrance && b.chance(0.4) {
				i++
				bay.high = b.bays[i].high
			}
			b.shopFront(bay, at)
		default:
			b.groundWindow(bay, at)
		}
	}
}

func (b *builder) groundWindow(bay, at span) {
	h := at.high - at.low
	x, half := (bay.low+bay.high)/2, b.windowWidth*(bay.high-bay.low)/2
	half = min(half, 0.5*h)
	b.opening(box{x - half, at.low + 0.24*h, x + half, at.low + 0.74*h}, false)
}

// entrance is the house door, with steps and sometimes columns and a hood.
func (b *builder) entrance(bay, at span) {
	h := at.high - at.low
	x, half := (bay.low+bay.high)/2, min(0.36*(bay.high-bay.low), 0.23*h)
	head := pick(b.dice, rectangle, b.head, arch)
	leaf := box{x - half, at.low + b.between(0.16, 0.28)*h, x + half, at.high}
	stone := func(box) painter { return plainPaint(b.dice, b.trim, 0.15) }
	if b.chance(0.6) {
		b.add(moulding, box{leaf.x0 - 0.3*half, leaf.y0 - 0.3*half, leaf.x1 + 0.3*half, leaf.y1}, head, lintelHeight, stone)
	}
	b.add(door, leaf, head, doorHeight, func(at box) painter { return doorPaint(b.dice, &b.glazing, b.paint, at, head) })
	if b.chance(0.35) {
		w := 0.35 * half
		for _, x := range []float32{leaf.x0 - w, leaf.x1} {
			b.add(pillar, box{x, leaf.y0, x + w, leaf.y1}, rectangle, 2*pillarHeight,
				func(at box) painter { return columnPaint(b.dice, b.trim, at, b.weather.side) })
		}
		hood := box{leaf.x0 - 1.6*w, leaf.y0 - 0.03, leaf.x1 + 1.6*w, leaf.y0}
		b.add(moulding, hood, pick(b.dice, rectangle, gable), corniceHeight, stone)
	}
	if b.ground < 1 && b.chance(0.6) {
		b.add(pavement, box{leaf.x0 - 0.4*half, at.high - 0.012, leaf.x1 + 0.4*half, at.high}, rectangle, corniceHeight,
			func(at box) painter { return ledgePaint(b.dice, hex(0xb0aca4), at) })
	}
}

func (b *builder) shopFront(bay, at span) {
	h, w := at.high-at.low, bay.high-bay.low
	front := box{bay.low + 0.05*w, at.low + b.between(0.1, 0.16)*h, bay.high - 0.05*w, at.high}
	b.add(shop, front, rectangle, shopHeight, func(at box) painter { return shopPaint(b.dice, &b.glazing, at) })
	if b.chance(0.5) {
		leaf := min(0.22*h, 0.3*w)
		x := pick(b.dice, front.x0+0.04*w, front.x1-0.04*w-leaf)
		b.add(door, box{x, front.y0 + 0.24*h, x + leaf, front.y1}, rectangle, doorHeight,
			func(at box) painter { return doorPaint(b.dice, &b.glazing, b.paint, at, rectangle) })
	}
	if b.chance(0.4) {
		cloth := front.part(0.02, 0.2, 0.98, b.between(0.36, 0.46))
		b.add(shop, cloth, rectangle, awningHeight, func(at box) painter { return awningPaint(b.dice, at) })
	}
}
