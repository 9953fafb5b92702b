// Package neon writes Go assembly for arm64: what package avo does for amd64, as
// far as easel's kernels need it, because avo has no arm64 and Go's assembler has
// few of the float vector instructions. Those are written as words, with the
// instruction beside them.
//
// An Assembler writes one file. Function begins a routine; GP and V take
// registers, and what a Scope takes it gives back. Parameters are loaded by name:
// their places follow from the routine's signature (ABI0), from which the Go
// declaration is written too.
package neon

import (
	"fmt"
	"math"
	"os"
	"strings"

	"easel/internal/engine/cpu/kernel/asm/signature"
)

// Reg is a general register, Vec a vector of four float32.
type (
	Reg int
	Vec int
)

func (r Reg) String() string { return fmt.Sprintf("R%d", int(r)) }

// Quad is a vector's name as 128 bits of memory.
func (v Vec) Quad() string { return fmt.Sprintf("F%d", int(v)) }

func (v Vec) String() string { return fmt.Sprintf("V%d.S4", int(v)) }

// generals are the registers that Go leaves to assembly: R18 is the system's,
// and from R26 on Go's own.
var generals = []Reg{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25}

const vectors = 32

// Assembler collects a file of routines and their declarations.
type Assembler struct {
	text, stubs strings.Builder
	params      []param
	usedGP      int
	usedV       int
	body        strings.Builder // of the routine that is being written
	frame       int             // bytes of its stack
}

type param struct {
	name, kind string
	offset     int
}

// New begins a file for a package, by a generator of this folder.
func New(pkg, generator string) *Assembler {
	a := &Assembler{}
	head := signature.Line("neon/"+generator) + "\n\n"
	a.text.WriteString(head + "#include \"textflag.h\"\n")
	a.stubs.WriteString(head + "package " + pkg + "\n")
	return a
}

// Write writes the assembly and, if stubs is not empty, the declarations.
func (a *Assembler) Write(assembly, stubs string) error {
	if err := os.WriteFile(assembly, []byte(a.text.String()), 0o644); err != nil || stubs == "" {
		return err
	}
	return os.WriteFile(stubs, []byte(a.stubs.String()), 0o644)
}

// Function writes a routine: its name, its signature as Go writes it, what it
// does, and its instructions.
func (a *Assembler) Function(name, signature, doc string, body func()) {
	size := a.layout(signature)
	a.usedGP, a.usedV, a.frame = 0, 0, 0
	a.body.Reset()
	body()
	a.Op("RET")
	flags := "NOSPLIT"
	if a.frame > 0 {
		flags = "0"
	}
	fmt.Fprintf(&a.text, "\n// func %s%s\nTEXT ·%s(SB), %s, $%d-%d\n%s", name, signature, name, flags, a.frame, size, a.body.String())
	fmt.Fprintf(&a.stubs, "\n// %s %s\n//\n//go:noescape\nfunc %s%s\n", name, doc, name, signature)
}

// Local takes memory for n vectors on the stack, aligned, and returns its address.
func (a *Assembler) Local(n int) Reg {
	const saved = 16 // the link register, and what aligns
	a.frame = saved + 16*n
	r := a.GP()
	a.Op("ADD", fmt.Sprintf("$%d", saved), "RSP", r)
	return r
}

// layout places parameters and the result as ABI0 does and returns their size.
func (a *Assembler) layout(signature string) int {
	list, result, _ := strings.Cut(strings.TrimPrefix(signature, "("), ")")
	a.params = nil
	at := 0
	place := func(name, kind string) {
		size := 8
		if kind == "float32" {
			size = 4
		}
		at = (at + size - 1) / size * size
		a.params = append(a.params, param{name, kind, at})
		at += size
	}
	fields := strings.Split(list, ",")
	for i, f := range fields {
		name, kind, typed := strings.Cut(strings.TrimSpace(f), " ")
		for next := i + 1; !typed; next++ { // a, b int
			_, kind, typed = strings.Cut(strings.TrimSpace(fields[next]), " ")
		}
		place(name, kind)
	}
	if result = strings.TrimSpace(result); result != "" {
		at = (at + 7) / 8 * 8
		place("ret", result)
	}
	return at
}

// Place is where a parameter, or the result "ret", lies.
func (a *Assembler) Place(name string) string {
	for _, p := range a.params {
		if p.name == name {
			return fmt.Sprintf("%s+%d(FP)", name, p.offset)
		}
	}
	panic("no parameter " + name)
}

// GP takes a general register.
func (a *Assembler) GP() Reg {
	if a.usedGP == len(generals) {
		panic("no general register left")
	}
	a.usedGP++
	return generals[a.usedGP-1]
}

// V takes a vector register.
func (a *Assembler) V() Vec {
	if a.usedV == vectors {
		panic("no vector register left")
	}
	a.usedV++
	return Vec(a.usedV - 1)
}

// FreeV is how many vector registers are left.
func (a *Assembler) FreeV() int { return vectors - a.usedV }

// Scope gives the registers back that body takes.
func (a *Assembler) Scope(body func()) {
	gp, v := a.usedGP, a.usedV
	body()
	a.usedGP, a.usedV = gp, v
}

// Op writes an instruction that Go's assembler knows.
func (a *Assembler) Op(name string, operands ...any) {
	text := make([]string, len(operands))
	for i, o := range operands {
		text[i] = fmt.Sprint(o)
	}
	fmt.Fprintln(&a.body, strings.TrimRight(fmt.Sprintf("\t%s\t%s", name, strings.Join(text, ", ")), "\t"))
}

// Label writes a label.
func (a *Assembler) Label(name string) { fmt.Fprintf(&a.body, "%s:\n", name) }

// Param loads a parameter into a register of its own.
func (a *Assembler) Param(name string) Reg {
	r := a.GP()
	a.Op("MOVD", a.Place(name), r)
	return r
}

// Broadcast loads a float32 parameter into all lanes.
func (a *Assembler) Broadcast(name string) Vec {
	v := a.V()
	a.Op("FMOVS", a.Place(name), v.Quad())
	a.Op("VDUP", fmt.Sprintf("V%d.S[0]", v), v)
	return v
}

// Constant is the same bits in all lanes.
func (a *Assembler) Constant(bits uint32) Vec {
	v := a.V()
	a.Scope(func() {
		r := a.GP()
		a.Op("MOVD", fmt.Sprintf("$%#x", bits), r)
		a.Op("VDUP", r, v)
	})
	return v
}

// Lane is one number of a vector.
type Lane struct {
	V Vec
	I int
}

// Lanes puts numbers into as few vectors as hold them, four in each.
func (a *Assembler) Lanes(numbers []float32) []Lane {
	list := make([]Lane, len(numbers))
	var v Vec
	for i, number := range numbers {
		if i%4 == 0 {
			v = a.V()
		}
		list[i] = Lane{v, i % 4}
		a.Scope(func() {
			r := a.GP()
			a.Op("MOVD", fmt.Sprintf("$%#x", math.Float32bits(number)), r)
			a.Op("VMOV", r, fmt.Sprintf("V%d.S[%d]", v, i%4))
		})
	}
	return list
}

// Mem is memory at a register and a displacement in bytes.
func Mem(base Reg, bytes int) string {
	if bytes == 0 {
		return fmt.Sprintf("(%s)", base)
	}
	return fmt.Sprintf("%d(%s)", bytes, base)
}

// Load is the vector at an address.
func (a *Assembler) Load(from string) Vec {
	v := a.V()
	a.Op("FMOVQ", from, v.Quad())
	return v
}

// Store writes a vector to an address.
func (a *Assembler) Store(v Vec, to string) { a.Op("FMOVQ", v.Quad(), to) }
