package dataset

// recolouring changes the colours of a picture, each part from −1 to 1, 0 for
// nothing.
type recolouring struct{ brightness, contrast, saturation float64 }

// of recolours the pixels in place, which are in −1..1: brightness is added,
// contrast stretches the distance to the picture's mean, saturation an RGB pixel's
// distance to its grey. Alpha, the last channel if there is one, stays.
func (r recolouring) of(pixels []float32, channels int, alpha bool) {
	if r == (recolouring{}) {
		return
	}
	colours := channels
	if alpha {
		colours--
	}
	var sum float64
	for i := 0; i < len(pixels); i += channels {
		for _, v := range pixels[i:][:colours] {
			sum += float64(v)
		}
	}
	mean := float32(sum / float64(len(pixels)/channels*colours))
	brightness, contrast := float32(r.brightness), 1+float32(r.contrast)
	for i := 0; i < len(pixels); i += channels {
		pixel := pixels[i:][:colours]
		if colours == 3 {
			r.saturate(pixel)
		}
		for c, v := range pixel {
			pixel[c] = min(max(mean+contrast*(v-mean)+brightness, -1), 1)
		}
	}
}

func (r recolouring) saturate(rgb []float32) {
	grey, saturation := (rgb[0]+rgb[1]+rgb[2])/3, 1+float32(r.saturation)
	for c, v := range rgb {
		rgb[c] = grey + saturation*(v-grey)
	}
}
