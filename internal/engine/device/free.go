package device

// FreeMemory is what a device can still give, in bytes, and whether that is
// known. Devices with memory of their own tell it with a method FreeMemory; for
// others it is the machine's.
func FreeMemory(d Device) (free int64, known bool) {
	if own, ok := d.(interface{ FreeMemory() (int64, bool) }); ok {
		return own.FreeMemory()
	}
	return AvailableMemory()
}
