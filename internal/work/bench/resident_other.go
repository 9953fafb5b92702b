//go:build !linux

package bench

// watchResident reports nothing: other systems cannot reset the peak between cases.
func watchResident() func() (int64, bool) { return func() (int64, bool) { return 0, false } }
