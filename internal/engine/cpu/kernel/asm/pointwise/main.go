// Command pointwise writes the AVX2 and FMA assembly of package
// easel/internal/engine/cpu/kernel/pointwise. Run it with go generate there.
//
// Every routine works on whole vectors of eight channels, in rows whose
// distance is given in elements; what is left of a row is the caller's.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"easel/internal/engine/cpu/kernel/asm/signature"
)

func main() {
	ConstraintExpr("amd64")
	affine()
	channelSums()
	normSums()
	normApply()
	activationBackward()
	binaries()
	scalings()
	transcendental()
	updates()
	losses()
	lanes := bitOfLane(0)
	pools(lanes)
	signs(lanes)
	Generate()
	signature.Sign("pointwise")
}
