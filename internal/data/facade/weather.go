package facade

// weather is the light of one photograph.
type weather struct {
	zenith, horizon, cloud rgb
	overcast               bool
	sun, ambient           rgb     // the light's colours times their strengths
	side                   float32 // −1: the sun is on the left, 1: on the right
	shadowX, shadowY       float32 // shadow length for each unit of height
	exposure               float32
}

func newWeather(d dice) weather {
	w := weather{
		zenith:  d.vary(hex(pick(d, uint32(0x4a80c0), 0x5a90d0, 0x6a98c8, 0x88a8c8)), 0.2),
		horizon: d.vary(hex(pick(d, uint32(0xb8d0e4), 0xd8dce0, 0xe8d8c0)), 0.1),
		cloud:   d.vary(hex(0xf4f4f4), 0.08),
		side:    d.sign(), exposure: d.between(0.95, 1.25),
		overcast: d.chance(0.25),
	}
	w.shadowX, w.shadowY = d.between(0.3, 1.2), d.between(0.8, 1.8)
	warm := d.between(0, 0.25)
	strength, fill := d.between(0.65, 0.95), d.between(0.28, 0.42)
	if w.overcast {
		strength, fill = d.between(0, 0.2), d.between(0.7, 0.9)
		w.zenith, w.horizon = mix(w.zenith, hex(0xb0b4b8), 0.8), mix(w.horizon, hex(0xd8d8d8), 0.8)
		w.cloud = hex(0xc8cacc)
	}
	w.sun = rgb{strength * (1 + 0.4*warm), strength, strength * (1 - warm)}
	w.ambient = rgb{fill * 0.92, fill * 0.98, fill * 1.1}
	return w
}
