package device

// Several is a device that stands for several of one kind.
type Several interface {
	Device
	// Count is how many there are.
	Count() int
	// First is the first of them alone, with the same parameters. Closing is
	// left to the whole.
	First() Device
}

// One is d, or the first of several.
func One(d Device) Device {
	if s, ok := d.(Several); ok {
		return s.First()
	}
	return d
}

// Count is how many devices d stands for.
func Count(d Device) int {
	if s, ok := d.(Several); ok {
		return s.Count()
	}
	return 1
}

// Fill writes a value into an input once for each device.
func Fill(input []float32, value ...float32) {
	for len(input) > 0 {
		input = input[copy(input, value):]
	}
}
