package pointwise

// vectors is the name of the assembly's instruction set.
const vectors = "neon"

// hasVectors reports whether this processor runs the assembly: every arm64 does.
func hasVectors() bool { return true }
