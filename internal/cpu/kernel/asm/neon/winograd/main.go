// Command winograd writes the NEON assembly of package
// easel/internal/cpu/kernel/winograd: the transforms of its filters, as command
// asm/winograd does for amd64. Run it with go generate there.
package main

import (
	"flag"
	"fmt"
	"log"

	"easel/internal/cpu/kernel/asm/neon"
	"easel/internal/cpu/kernel/winograd/toom"
)

// filters are the F(m, r) that are written.
var filters = [][2]int{{4, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 4}, {4, 4}}

func main() {
	out := flag.String("out", "", "assembly file")
	stubs := flag.String("stubs", "", "file of declarations")
	flag.Parse()
	a := neon.New("winograd", "go run ./neon/winograd")
	for _, f := range filters {
		m := toom.New(f[0], f[1])
		for _, p := range []struct {
			kind   string
			matrix [][]float64
			ahead  bool
		}{
			{"input", m.BT, false}, {"kernel", m.G, true}, {"output", m.AT, false},
			{"outputGradient", toom.Transpose(m.AT), false}, {"kernelGradient", toom.Transpose(m.G), false},
		} {
			transform(a, fmt.Sprintf("%sF%dx%dNEON", p.kind, f[0], f[1]), p.matrix, p.ahead)
		}
	}
	if err := a.Write(*out, *stubs); err != nil {
		log.Fatal(err)
	}
}
