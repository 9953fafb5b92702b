//go:build !nosmall

// Package small has easel's small network as the bytes of a file, which package weights
// reads. NOTICE.md says where it is from. Builds with the tag nosmall leave it out.
package small

import _ "embed"

// File is the network, in the form of weights.WriteHalf; empty in builds without it.
//
//go:embed small.safetensors
var File []byte
