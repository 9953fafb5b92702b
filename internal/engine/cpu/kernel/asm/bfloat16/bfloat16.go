// Package bfloat16 writes the instructions of AVX512-BF16, which neither avo nor
// Go's assembler knows. Each is emitted as another instruction with the same kinds
// of operands, which nothing else here uses, so that avo gives it registers; once
// all is written, [Encode] puts its bytes in that one's place.
package bfloat16

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// instruction is EVEX.512.pp.0F38.W0 opcode /r.
type instruction struct {
	name   string
	prefix int // the field pp: 2 for F3, 3 for F2
	opcode int
}

// standIns are the instructions by the name of what is emitted for them.
var standIns = map[string]instruction{
	"VPDPWSSD":  {"VDPBF16PS", 2, 0x52},
	"VPMULHRSW": {"VCVTNE2PS2BF16", 3, 0x72},
}

// MultiplyAdd adds a·b to the sums in c: of each pair of bfloat16 numbers first the
// product of the second ones, then that of the first ones.
func MultiplyAdd(b, a, c operand.Op) { build.VPDPWSSD(b, a, c) }

// Round rounds 32 float32 numbers to bfloat16, low ones first.
func Round(low, high, to operand.Op) { build.VPMULHRSW(low, high, to) }

// Encode puts the bytes of the instructions into the file that the flag -out names.
func Encode() {
	path := flag.Lookup("out").Value.String()
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	names := make([]string, 0, len(standIns))
	for name := range standIns {
		names = append(names, name)
	}
	line := regexp.MustCompile(`\t(` + strings.Join(names, "|") + `)\s+Z(\d+), Z(\d+), Z(\d+)`)
	out := line.ReplaceAllStringFunc(string(text), func(s string) string {
		m := line.FindStringSubmatch(s)
		var z [3]int
		for i := range z {
			z[i], _ = strconv.Atoi(m[2+i])
		}
		return standIns[m[1]].encode(z[0], z[1], z[2])
	})
	if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
		log.Fatal(err)
	}
}

// encode is the instruction on three registers in the order of Go's assembler:
// second source, first source, destination. The bits of registers in the prefix are
// inverted.
func (i instruction) encode(second, first, to int) string {
	bit := func(register, bit int) int { return ^register >> bit & 1 }
	const map0F38, vector512, registers = 2, 2, 0xc0
	bytes := []any{
		0x62,
		bit(to, 3)<<7 | bit(second, 4)<<6 | bit(second, 3)<<5 | bit(to, 4)<<4 | map0F38,
		(^first&15)<<3 | 1<<2 | i.prefix,
		vector512<<5 | bit(first, 4)<<3,
		i.opcode,
		registers | to&7<<3 | second&7,
	}
	return fmt.Sprintf("\t// %s Z%d, Z%d, Z%d\n", i.name, second, first, to) +
		fmt.Sprintf("\tLONG $0x%02[4]x%02[3]x%02[2]x%02[1]x; WORD $0x%02[6]x%02[5]x", bytes...)
}
