package facade

// glazing is how the windows of one façade are made.
type glazing struct {
	frame       rgb
	rail        float32   // width of the frame
	columns     int       // of panes
	bars        []float32 // heights of the cross bars, in fractions
	tint        rgb       // what the glass reflects from high up
	horizon     rgb       // and from low down
	reflection  float32
	curtain     rgb
	lit         float32 // chance of a lamp
	curtained   float32 // chance of curtains
	netCurtains bool
}

// room is what is behind one window.
type room struct {
	curtain uint8 // 0 none, 1 at the sides, 2 below, 3 everywhere
	opening float32
	lit     bool
	lamp    rgb
	skyline float32 // above it the glass reflects the sky, below the other side of the street
	depth   rgb     // what an unlit room looks like
	seed    uint32
	fabric  rgb
}

func (g *glazing) room(d dice) room {
	r := room{
		opening: d.between(0.15, 0.4), lit: d.chance(g.lit), lamp: d.vary(hex(0xf0b860), 0.3),
		skyline: d.between(0.2, 0.9), depth: hex(0x1c1e22).times(d.between(0.5, 2.5)), seed: d.Uint32(),
		fabric: d.vary(g.curtain, 0.15),
	}
	if d.chance(g.curtained) {
		r.curtain = uint8(d.from(1, 3))
	}
	if g.netCurtains && r.curtain == 0 {
		r.curtain = 2
	}
	return r
}

// windowPaint paints frame, panes, what is behind and what they reflect.
func windowPaint(d dice, g *glazing, b box, o outline) painter {
	r := g.room(d)
	rail := min(g.rail, b.width()/9)
	inner := b.inset(rail, rail)
	half := rail * 0.4
	return func(x, y float32) sample {
		column, row, bar := g.pane(inner, half, x, y)
		if bar || !o.inside(inner, x, y) {
			return sample{rgb: g.frame.times(0.95 + 0.1*lattice(floor(x*300), floor(y*300), r.seed))}
		}
		u, v := (x-inner.x0)/inner.width(), (y-inner.y0)/inner.height()
		return g.glass(&r, u, v, lattice(column, row, r.seed))
	}
}

// pane says which pane a point is in, and whether it is on a bar instead.
func (g *glazing) pane(inner box, half, x, y float32) (column, row int32, bar bool) {
	step := inner.width() / float32(g.columns)
	f := (x - inner.x0) / step
	column = floor(f)
	f -= float32(column)
	if (column > 0 && f*step < half) || (int(column) < g.columns-1 && (1-f)*step < half) {
		bar = true
	}
	for _, at := range g.bars {
		distance := y - inner.y0 - at*inner.height()
		if distance > 0 {
			row++
		}
		bar = bar || abs(distance) < half
	}
	return column, row, bar
}

func (g *glazing) glass(r *room, u, v, tilt float32) sample {
	behind, own := r.depth.times(1.3-0.6*v), float32(0.4)
	if r.lit {
		glow := 1.1 - 0.6*v - 0.5*(u-0.5)*(u-0.5)
		behind, own = r.lamp.times(glow), 1
	}
	if r.covered(u, v) {
		folds := 0.75 + 0.35*noise(u*14, v*1.5, r.seed+1)
		behind = mix(behind, r.fabric.times(folds*0.75), 0.75)
	}
	above := ramp(-0.06, 0.06, r.skyline-v+0.12*(tilt-0.5)+0.1*(noise(u*3, 0, r.seed+2)-0.5))
	mirror := mix(hex(0x3a3834), mix(g.tint, g.horizon, v), above)
	strength := g.reflection * (0.75 + 0.5*tilt)
	if r.lit {
		strength *= 0.4
	}
	c := mix(behind, mirror, strength)
	return sample{c, own + (1-own)*strength}
}

// covered says whether a curtain hangs at a point of the glass.
func (r *room) covered(u, v float32) bool {
	switch r.curtain {
	case 1:
		return abs(u-0.5) > 0.5-r.opening*(0.7+0.3*v)
	case 2:
		return v > 1-1.8*r.opening
	}
	return r.curtain == 3
}

// slatPaint paints shutters and blinds.
func slatPaint(d dice, base rgb, b box, frame float32) painter {
	seed, slat := d.Uint32(), d.between(0.008, 0.013)
	edge := frame * b.width()
	base = d.vary(base, 0.08)
	return func(x, y float32) sample {
		tone := 0.92 + 0.16*noise(x*50, y*50, seed)
		if edge > 0 && (!b.inset(edge, edge).contains(x, y) || abs(y-(b.y0+b.y1)/2) < edge/2) {
			return sample{rgb: base.times(tone)}
		}
		f := y / slat
		f -= float32(floor(f))
		return sample{rgb: base.times(tone * (0.55 + 0.55*f))}
	}
}

// doorPaint paints one or two leaves with panels, and a fanlight above.
func doorPaint(d dice, g *glazing, base rgb, b box, o outline) painter {
	fanlight := pick(d, float32(0), 0.18, 0.25)
	glazed := d.chance(0.35)
	leaves, rows := float32(d.from(1, 2)), float32(d.from(2, 4))
	seed := d.Uint32()
	r := g.room(d)
	return func(x, y float32) sample {
		u, v := (x-b.x0)/b.width(), (y-b.y0)/b.height()
		if !o.inside(b.inset(0.07*b.width(), 0.03*b.height()), x, y) {
			return sample{rgb: base.times(1.2)}
		}
		if v < fanlight {
			if abs(v-fanlight) < 0.02 || abs(u-0.5) < 0.03 {
				return sample{rgb: base.times(1.1)}
			}
			return g.glass(&r, u, v, 0.5)
		}
		fu, fv := u*leaves, (v-fanlight)/(1-fanlight)*rows
		row := floor(fv)
		fu, fv = fu-float32(floor(fu)), fv-float32(row)
		tone := 0.9 + 0.2*noise(x*40, y*120, seed)
		if fu < 0.03 || (leaves == 1 && abs(u-0.86) < 0.04 && abs(v-0.58) < 0.015) {
			return sample{rgb: base.times(0.3)}
		}
		if fu < 0.16 || fu > 0.84 || fv < 0.12 || fv > 0.9 {
			return sample{rgb: base.times(tone)}
		}
		if glazed && row == 0 {
			return g.glass(&r, u, v, 0.3)
		}
		return sample{rgb: base.times(tone * (0.62 + 0.3*ramp(0.12, 0.3, fv) + 0.15*ramp(0.75, 0.84, fu)))}
	}
}

// shopPaint paints a fascia with a name on it, panes with goods, and a plinth.
func shopPaint(d dice, g *glazing, b box) painter {
	sign, letters := d.colour(signColours), d.vary(hex(pick(d, uint32(0xf0e8d0), 0xe8c050, 0x303030)), 0.1)
	frame, seed := d.vary(sign, 0.3), d.Uint32()
	fascia, plinth := d.between(0.16, 0.24), d.between(0.1, 0.2)
	panes := max(1, float32(floor(b.width()/b.height()*d.between(1, 2)+0.5)))
	r := g.room(d)
	r.curtain, r.lit, r.lamp = 0, d.chance(0.5), d.vary(hex(0xf0dcb0), 0.2)
	left := d.between(0.12, 0.3)
	return func(x, y float32) sample {
		u, v := (x-b.x0)/b.width(), (y-b.y0)/b.height()
		if v < fascia {
			return sample{rgb: fasciaPaint(sign, letters, left, u, v/fascia, x, seed)}
		}
		f := u * panes
		f -= float32(floor(f))
		edge := 0.012 / b.width() * panes
		if v > 1-plinth || f < edge || f > 1-edge || v < fascia+0.04 {
			return sample{rgb: frame.times(0.8 + 0.2*noise(x*30, y*90, seed))}
		}
		w := (v - fascia) / (1 - plinth - fascia)
		s := g.glass(&r, u, w*0.8, lattice(floor(u*panes), 1, seed))
		if goods := ramp(0.5, 0.75, w) * noise(x*70, y*50, seed+3); goods > 0.3 { // on display
			s.rgb = mix(s.rgb, wares(x, y, seed), 0.6)
		}
		return s
	}
}

// wares are small things in muted colours.
func wares(x, y float32, seed uint32) rgb {
	column, row := floor(x*85), floor(y*60)
	tone := 0.15 + 0.6*lattice(column, row, seed+4)
	return mix(rgb{tone, tone, tone}, rgb{
		lattice(column, row, seed+5), lattice(column, row, seed+6), lattice(column, row, seed+7),
	}, 0.4)
}

// fasciaPaint writes something like letters in the middle of a shop sign.
func fasciaPaint(sign, letters rgb, left, u, v, x float32, seed uint32) rgb {
	f := x / 0.011
	letter := floor(f)
	f -= float32(letter)
	if u < left || u > 1-left || v < 0.3 || v > 0.75 || f < 0.3 || lattice(letter, 9, seed) < 0.15 {
		return sign.times(1.1 - 0.3*v)
	}
	if lattice(letter*3+floor(f*3), floor(v*7), seed) < 0.25 {
		return sign
	}
	return letters
}

// awningPaint is cloth in stripes, or plain.
func awningPaint(d dice, b box) painter {
	one, other := d.colour(signColours), d.vary(hex(0xf0ece0), 0.1)
	if d.chance(0.4) {
		other = one
	}
	stripe := d.between(0.012, 0.022)
	return func(x, y float32) sample {
		c := one
		if floor(x/stripe)&1 == 0 {
			c = other
		}
		return sample{rgb: c.times(1.15 - 0.4*(y-b.y0)/b.height())}
	}
}

// skyPaint is a gradient with clouds, or a cover of them.
func skyPaint(d dice, w weather) painter {
	seed := d.Uint32()
	low, scale := d.between(0.35, 0.8), d.between(2.5, 6)
	if w.overcast {
		low = 0.2
	}
	return func(x, y float32) sample {
		c := mix(w.zenith, w.horizon, min(1, y*2.2))
		cloud := ramp(low, low+0.3, fractal(x*scale, y*scale*1.8, seed, 4))
		return sample{mix(c, w.cloud, 0.9*cloud), 1}
	}
}
