package pointwise

// vectors is the name of the assembly's instruction set.
const vectors = "neon"

// hasVectors reports whether this processor runs the assembly: every arm64 does.
func hasVectors() bool { return true }

// indexed tells whether the assembly has the pools with an index, and signs.
const indexed = false

// The pools with an index and signs are not chosen: see Kernels.Indexes.

func maxPool2IndexedVector(_, _, _, _ *float32, _, _, _ int) { panic("pointwise: no indexed pool") }

func maxPool2ScatterVector(_, _, _, _ *float32, _ int32, _, _, _ int) {
	panic("pointwise: no indexed pool")
}

func signsVector(_, _ *float32, _ int) { panic("pointwise: no signs") }

func signGateVector(_, _, _ *float32, _ float32, _ int) { panic("pointwise: no signs") }
