package facade

// lighting computes the light that reaches each sample of a picture from the
// heights of all of them: sun where nothing stands in its way, and the sky's
// light, less of it in corners and under ledges.
type lighting struct {
	weather *weather
	heights []float32
	side    int
	top     float32 // the greatest height
	stepX   float32 // towards the sun, in samples, for one sample upwards
	rise    float32 // of the sun's ray in one such step
	reach   int     // how far away a corner is still felt, in samples
}

func newLighting(w *weather, heights []float32, side int) *lighting {
	l := &lighting{weather: w, heights: heights, side: side, reach: max(1, side/90)}
	for _, h := range heights {
		l.top = max(l.top, h)
	}
	l.stepX = w.side * w.shadowX / w.shadowY
	l.rise = 1 / (w.shadowY * float32(side))
	return l
}

func (l *lighting) at(x, y int) rgb {
	h := l.heights[y*l.side+x]
	above, below := l.height(x, y-l.reach)-h, l.height(x, y+l.reach)-h
	sunward, away := l.step(x, y, l.weather.side, h), l.step(x, y, -l.weather.side, h)
	open := 1 - min(0.35, 14*max(0, above)) - min(0.18, 8*max(0, sunward)) - min(0.18, 8*max(0, away))
	sun := float32(0)
	if !l.shaded(x, y, h) {
		// Edges towards the sun catch more of it, those away from it less.
		sun = 1 + min(0.25, 12*max(0, -above)) + min(0.15, 8*max(0, -sunward)) - min(0.25, 8*max(0, -away)) - min(0.3, 12*max(0, -below))
	}
	a, s := &l.weather.ambient, &l.weather.sun
	return rgb{a[0]*open + s[0]*sun, a[1]*open + s[1]*sun, a[2]*open + s[2]*sun}
}

// step is how much higher the wall is beside a sample. Only edges count, so
// half the reach: otherwise narrow things would be all edge.
func (l *lighting) step(x, y int, side, h float32) float32 {
	return l.height(x+int(side)*max(1, l.reach/2), y) - h
}

// height is the height at a sample; outside the picture and in the sky the
// wall is taken to go on.
func (l *lighting) height(x, y int) float32 {
	if x < 0 || y < 0 || x >= l.side || y >= l.side {
		return 0
	}
	return max(paneHeight, l.heights[y*l.side+x])
}

// shaded follows the sun's ray from a sample until it is above everything.
func (l *lighting) shaded(x, y int, h float32) bool {
	fx := float32(x) + 0.5
	for ray := h + l.rise; ray < l.top; ray += l.rise {
		y--
		fx += l.stepX
		if y < 0 || fx < 0 || int(fx) >= l.side {
			return false
		}
		if l.heights[y*l.side+int(fx)] > ray {
			return true
		}
	}
	return false
}
