package facade

// masonry describes a wall's surface.
type masonry uint8

const (
	plaster masonry = iota
	brick
	ashlar     // large cut stones
	rusticated // ashlar with deep horizontal joints, for ground floors
	boards     // painted, horizontal
)

// wallPaint paints a wall that reaches from top to bottom. Dirt runs down in
// streaks, gathers under the eaves and splashes up from the ground.
func wallPaint(d dice, m masonry, base rgb, top, bottom float32) painter {
	seed := d.Uint32()
	surface := masonryPaint(d, m, base)
	dirt, streaks := d.between(0, 0.5)*d.Float32(), d.between(20, 45)
	grime := mix(hex(0x4a463c), base, 0.25)
	return func(x, y float32) sample {
		c := surface(x, y)
		t := dirt * ramp(0.35, 0.9, noise(x*streaks, y*3, seed)*(0.5+0.5*noise(x*7, y*7, seed+1)))
		t += dirt * (0.5*ramp(0.06, 0, y-top) + 0.7*ramp(0.07, 0, bottom-y)*noise(x*30, y*30, seed+2))
		return sample{rgb: mix(c, grime, min(0.7, t))}
	}
}

func masonryPaint(d dice, m masonry, base rgb) func(x, y float32) rgb {
	switch m {
	case brick:
		course := d.between(0.012, 0.018)
		return blocks(d, base, blockwork{course, d.between(2.2, 3) * course, 0.2, d.between(0.15, 0.3),
			mix(base, hex(pick(d, uint32(0xd0c8b8), 0x807870, 0xb0a898)), 0.7)})
	case ashlar:
		course := d.between(0.03, 0.05)
		return blocks(d, base, blockwork{course, d.between(1.6, 2.4) * course, 0.07, d.between(0.06, 0.14), base.times(0.55)})
	case rusticated:
		course := d.between(0.035, 0.05)
		return blocks(d, base, blockwork{course, 3 * course, 0.13, 0.06, base.times(0.35)})
	case boards:
		return boardPaint(d, base)
	}
	return plasterPaint(d, base)
}

type blockwork struct {
	course, length float32 // of a block
	joint          float32 // in courses
	spread         float32 // of the blocks' brightness
	mortar         rgb
}

func blocks(d dice, base rgb, b blockwork) func(x, y float32) rgb {
	seed := d.Uint32()
	joint := b.joint * b.course / b.length
	return func(x, y float32) rgb {
		row := floor(y / b.course)
		shifted := x/b.length + 0.5*float32(row&1)
		column := floor(shifted)
		if y/b.course-float32(row) < b.joint || shifted-float32(column) < joint {
			return b.mortar.times(0.9 + 0.2*noise(x*150, y*150, seed))
		}
		tone := 1 + b.spread*(2*lattice(column, row, seed)-1)
		warm := b.spread * 0.35 * (2*lattice(column, row, seed+1) - 1)
		tone *= 0.86 + 0.28*noise(x*110, y*110, seed+2)
		return rgb{base[0] * tone * (1 + warm), base[1] * tone, base[2] * tone * (1 - warm)}
	}
}

func plasterPaint(d dice, base rgb) func(x, y float32) rgb {
	seed, rough, patches := d.Uint32(), d.between(0.05, 0.2), d.between(0.05, 0.3)
	return func(x, y float32) rgb {
		tone := 1 + rough*(noise(x*170, y*170, seed)-0.5) + patches*(fractal(x*9, y*9, seed+1, 2)-0.5)
		return base.times(tone)
	}
}

func boardPaint(d dice, base rgb) func(x, y float32) rgb {
	seed, width := d.Uint32(), d.between(0.016, 0.026)
	return func(x, y float32) rgb {
		row := floor(y / width)
		f := y/width - float32(row)
		tone := 0.92 + 0.16*lattice(row, 0, seed) + 0.12*(noise(x*12, y*200, seed+1)-0.5)
		return base.times(tone * (0.55 + 0.45*ramp(0, 0.25, f)))
	}
}

// plainPaint paints stone trim, metal and other things without a pattern.
func plainPaint(d dice, base rgb, rough float32) painter {
	seed := d.Uint32()
	return func(x, y float32) sample {
		return sample{rgb: base.times(1 + rough*(noise(x*90, y*90, seed)-0.5))}
	}
}

// ledgePaint is trim that sticks out: grooved along, with rain marks.
func ledgePaint(d dice, base rgb, b box) painter {
	seed, dirt := d.Uint32(), d.between(0, 0.3)
	return func(x, y float32) sample {
		v := (y - b.y0) / b.height()
		tone := 1.05 - 0.3*v + 0.12*ramp(0.45, 0.5, v)*ramp(0.75, 0.7, v)
		return sample{rgb: base.times(tone * (1 - dirt*noise(x*40, y*8, seed)))}
	}
}

// columnPaint is round: bright towards the light, dark at the sides.
func columnPaint(d dice, base rgb, b box, sun float32) painter {
	seed, flutes := d.Uint32(), float32(d.from(0, 1)*d.from(3, 5))
	return func(x, y float32) sample {
		u := (x-b.x0)/b.width() - 0.5
		tone := 1 - 0.9*u*u + 0.35*u*sun
		if flutes > 0 {
			f := (u + 0.5) * flutes
			tone *= 0.8 + 0.2*ramp(0, 0.4, f-float32(floor(f)))
		}
		return sample{rgb: base.times(tone * (0.92 + 0.16*noise(x*60, y*30, seed)))}
	}
}

// roofPaint covers a roof with tiles or slates in rows, or with sheet metal in
// upright seams.
func roofPaint(d dice, base rgb, b box) painter {
	seed, row := d.Uint32(), d.between(0.011, 0.018)
	metal := d.chance(0.25)
	return func(x, y float32) sample {
		light := 0.75 + 0.35*(y-b.y0)/b.height()
		if metal {
			f := x / (2 * row)
			f -= float32(floor(f))
			return sample{rgb: base.times(light * (0.7 + 0.3*ramp(0, 0.2, f) + 0.25*ramp(0.85, 0.9, f)))}
		}
		r := floor(y / row)
		f := y/row - float32(r)
		column := floor(x/row + 0.5*float32(r&1))
		tone := 0.75 + 0.5*lattice(column, r, seed) + 0.3*(noise(x*14, y*14, seed+1)-0.5)
		return sample{rgb: base.times(light * tone * (0.6 + 0.4*ramp(1, 0.6, f)))}
	}
}

func pavementPaint(d dice, b box) painter {
	seed, slab := d.Uint32(), d.between(0.05, 0.12)
	base := d.vary(hex(pick(d, uint32(0x8c8880), 0x77787a, 0x9c948a, 0x605e5c)), 0.15)
	return func(x, y float32) sample {
		v := (y - b.y0) / b.height()
		// Slabs spread out towards the viewer.
		f := (x-0.5)*(1-0.3*v)/slab + 0.5
		column := floor(f)
		tone := 0.85 + 0.25*lattice(column, 0, seed) + 0.3*(noise(x*80, y*240, seed+1)-0.5)
		if f-float32(column) < 0.06 || (v > 0.5 && v < 0.6) {
			tone *= 0.7
		}
		return sample{rgb: base.times(tone)}
	}
}
