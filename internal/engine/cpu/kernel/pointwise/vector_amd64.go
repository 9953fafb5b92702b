package pointwise

import "github.com/klauspost/cpuid/v2"

// vectors is the name of the assembly's instruction set.
const vectors = "avx2"

// hasVectors reports whether this processor runs the assembly.
func hasVectors() bool { return cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) }

// indexed tells whether the assembly has the pools with an index, and signs.
const indexed = true
