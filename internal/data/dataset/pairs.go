package dataset

import "fmt"

// Pairs says what pictures in a folder without A/ and B/ are.
type Pairs string

const (
	// PairsAuto treats them as side-by-side pairs unless they look like single pictures, in
	// which one half continues the other.
	PairsAuto Pairs = ""
	// SideBySide treats them as pairs in any case.
	SideBySide Pairs = "side-by-side"
)

// ParsePairs returns the value of a name; "auto" is PairsAuto.
func ParsePairs(name string) (Pairs, error) {
	switch name {
	case "", "auto":
		return PairsAuto, nil
	case string(SideBySide):
		return SideBySide, nil
	}
	return PairsAuto, fmt.Errorf("unknown pairs %q; there are auto and side-by-side", name)
}
