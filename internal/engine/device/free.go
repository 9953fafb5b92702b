package device

// owner is a device with memory of its own.
type owner interface {
	FreeMemory() (free int64, known bool)
}

// FreeMemory is what a device can still give, in bytes, and whether that is
// known. Devices with memory of their own tell it with a method FreeMemory; for
// others it is the machine's.
func FreeMemory(d Device) (free int64, known bool) {
	if own, ok := d.(owner); ok {
		return own.FreeMemory()
	}
	return AvailableMemory()
}

// HasMemory reports whether a device has memory of its own, so that what it holds
// takes nothing of the machine's.
func HasMemory(d Device) bool {
	_, ok := d.(owner)
	return ok
}
