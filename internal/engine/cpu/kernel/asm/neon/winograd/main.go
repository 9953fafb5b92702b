// Command winograd writes the NEON assembly of package
// easel/internal/engine/cpu/kernel/winograd: the transforms of its filters, as command
// asm/winograd does for amd64. Run it with go generate there.
package main

import (
	"flag"
	"log"

	"easel/internal/engine/cpu/kernel/asm/linear"
	"easel/internal/engine/cpu/kernel/asm/neon"
)

func main() {
	out := flag.String("out", "", "assembly file")
	stubs := flag.String("stubs", "", "file of declarations")
	flag.Parse()
	a := neon.New("winograd", "winograd")
	for _, r := range linear.Routines() {
		transform(a, r)
	}
	if err := a.Write(*out, *stubs); err != nil {
		log.Fatal(err)
	}
}
