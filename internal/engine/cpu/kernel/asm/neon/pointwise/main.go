// Command pointwise writes the NEON assembly of package
// easel/internal/engine/cpu/kernel/pointwise. Run it with go generate there.
//
// The routines, their names and signatures are those of the AVX2 assembly: whole
// groups of eight channels, here two vectors of four, in rows whose distance is
// given in elements. Every body below is written for one vector and emitted for
// both.
package main

import (
	"flag"
	"log"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// writer is an assembler with the loops of this package.
type writer struct{ *neon.Assembler }

func main() {
	out := flag.String("out", "", "assembly file")
	stubs := flag.String("stubs", "", "file of declarations")
	flag.Parse()
	w := &writer{neon.New("pointwise", "pointwise")}
	w.affine()
	w.channelSums()
	w.normSums()
	w.normApply()
	w.activationBackward()
	w.binaries()
	w.scalings()
	w.transcendental()
	w.updates()
	w.losses()
	w.pools()
	if err := w.Write(*out, *stubs); err != nil {
		log.Fatal(err)
	}
}
