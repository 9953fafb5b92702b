package facade

// site decides where on the picture the house stands.
func (b *builder) site() {
	b.left, b.right = 0, 1
	if b.chance(0.35) {
		b.left = b.between(0.02, 0.12)
	}
	if b.chance(0.35) {
		b.right = 1 - b.between(0.02, 0.12)
	}
	b.ground = 1
	if b.chance(0.85) {
		b.ground = 1 - b.between(0.025, 0.07)
	}
	b.eaves = b.between(0.1, 0.26)
}

// divide draws the storeys and the bays.
func (b *builder) divide() {
	storeys := b.from(2, 5)
	heights := make([]float32, storeys)
	for i := range heights {
		heights[i] = 1
	}
	heights[storeys-1] = b.between(1.05, 1.4)
	if storeys > 2 && b.chance(0.4) {
		heights[0] = b.between(0.7, 0.9)
	}
	b.storeys = spans(heights, b.eaves, b.ground)
	storey := b.storeys[0].high - b.storeys[0].low
	bays := int((b.right-b.left)/(storey*b.between(0.7, 1.15)) + 0.5)
	margin := b.between(0, 0.03)
	b.bays = spans(b.rhythm(min(8, max(2, bays))), b.left+margin, b.right-margin)
}

// rhythm gives the bays' relative widths.
func (b *builder) rhythm(bays int) []float32 {
	widths := make([]float32, bays)
	wide := b.between(1.2, 1.6)
	kind := b.IntN(4)
	for i := range widths {
		widths[i] = 1
		fromEdge := min(i, bays-1-i)
		switch {
		case kind == 1 && i%2 == 1, kind == 2 && fromEdge == (bays-1)/2, kind == 3 && fromEdge == 0 && bays > 3:
			widths[i] = wide
		}
	}
	return widths
}

// spans divides a stretch in given proportions.
func spans(parts []float32, low, high float32) []span {
	total := float32(0)
	for _, p := range parts {
		total += p
	}
	list := make([]span, len(parts))
	for i, p := range parts {
		next := low + (high-low)*p/total
		list[i] = span{low, next}
		low, total, parts[i] = next, total-p, 0
	}
	return list
}

// far is the height of what is behind the wall and never shaded by it.
const far = -1

func (b *builder) backdrop() {
	b.add(sky, box{0, 0, 1, 1}, rectangle, far, func(box) painter { return skyPaint(b.dice, b.weather) })
	if b.ground < 1 {
		b.add(pavement, box{0, b.ground, 1, 1}, rectangle, 0, func(at box) painter { return pavementPaint(b.dice, at) })
	}
}

// roofing puts one of several roofs on the house, or none to be seen.
func (b *builder) roofing() {
	top := max(0.01, b.eaves-b.between(0.07, 0.2))
	at := box{b.left - 0.01, top, b.right + 0.01, b.eaves}
	cover := func(at box) painter { return roofPaint(b.dice, b.roof, at) }
	switch b.IntN(5) {
	case 0: // flat: a parapet
		at = box{b.left, b.eaves - b.between(0.015, 0.04), b.right, b.eaves}
		b.add(wall, at, rectangle, 0, func(at box) painter { return wallPaint(b.dice, b.masonry, b.wall, at.y0, at.y1+0.2) })
	case 1: // a gable towards the street, with a window in it
		at.y0 = max(0.01, b.eaves-b.between(0.14, 0.24))
		b.add(roof, at, gable, 0.01, cover)
		front := box{b.left, at.y0 + 0.02, b.right, b.eaves}
		b.add(wall, front, gable, 0, func(at box) painter { return wallPaint(b.dice, b.masonry, b.wall, at.y0, at.y1+0.2) })
		middle, h := (b.left+b.right)/2, front.height()
		if b.chance(0.7) {
			b.pane(box{middle - 0.22*h, b.eaves - 0.55*h, middle + 0.22*h, b.eaves - 0.12*h}, pick(b.dice, arch, rectangle))
		}
	case 2: // mansard with dormers
		b.chimneys(top)
		b.add(roof, at, mansard, 0, cover)
		b.dormers(at)
	default:
		b.chimneys(top)
		b.add(roof, at, pick(b.dice, rectangle, mansard), 0, cover)
		if b.chance(0.3) {
			b.dormers(at)
		}
	}
}

func (b *builder) chimneys(top float32) {
	for range b.from(0, 3) {
		x := b.between(b.left+0.08, b.right-0.1)
		stack := box{x, max(0, top-b.between(0.02, 0.06)), x + b.between(0.025, 0.05), top + 0.04}
		base := b.colour(brickColours)
		b.add(roof, stack, rectangle, -0.02, func(at box) painter { return wallPaint(b.dice, brick, base, at.y0, 1) })
	}
}

// dormers are windows in the roof, one over each bay or every second one.
func (b *builder) dormers(on box) {
	if on.height() < 0.07 {
		return
	}
	step := b.from(1, 2)
	head := pick(b.dice, gable, segment, rectangle)
	paint := func(box) painter { return plainPaint(b.dice, b.trim, 0.15) }
	for i := (len(b.bays) % 2) * (step - 1); i < len(b.bays); i += step {
		bay := b.bays[i]
		half := min(0.05, 0.28*(bay.high-bay.low))
		x := (bay.low + bay.high) / 2
		at := box{x - half, on.y0 + 0.3*on.height(), x + half, on.y1 - 0.06*on.height()}
		hood := box{at.x0 - 0.25*half, at.y0 - 0.2*on.height(), at.x1 + 0.25*half, at.y0 + 0.02}
		b.add(moulding, hood, head, 0.03, paint)
		b.add(moulding, at.inset(-0.1*half, 0), rectangle, 0.025, paint)
		b.pane(at.inset(0.2*half, 0.01), rectangle)
	}
}

// walls are the upper storeys and the ground floor.
func (b *builder) walls() {
	floor := b.storeys[len(b.storeys)-1].low
	b.add(wall, box{b.left, b.eaves, b.right, b.ground}, rectangle, 0, func(box) painter {
		return wallPaint(b.dice, b.masonry, b.wall, b.eaves, b.ground)
	})
	if b.baseMasonry == b.masonry && b.base == b.wall {
		return
	}
	b.add(wall, box{b.left, floor, b.right, b.ground}, rectangle, 0.003, func(box) painter {
		return wallPaint(b.dice, b.baseMasonry, b.base, floor-0.05, b.ground)
	})
}
