// Command asm writes the assembly of the kernels: tiles of matrix products and
// packing for amd64. Run it with go generate in the package that it is for.
//
// It is a module of its own so that the generator's library is not a
// dependency of the program.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	for _, n := range []int{4, 2, 1} {
		tileAVX512(n)
	}
	tileAVX2()
	Generate()
}
