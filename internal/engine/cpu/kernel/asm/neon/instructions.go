package neon

import "fmt"

// The words of the A64 instructions on four float32 (Arm ARM, C7.2), without
// registers.
const (
	fadd   = 0x4e20d400
	fsub   = 0x4ea0d400
	fmul   = 0x6e20dc00
	fdiv   = 0x6e20fc00
	fmla   = 0x4e20cc00
	fmls   = 0x4ea0cc00
	fmax   = 0x4e20f400
	faddp  = 0x6e20d400
	fcmeq  = 0x4e20e400
	fcmge  = 0x6e20e400
	add    = 0x4ea08400
	and    = 0x4e201c00
	bic    = 0x4e601c00
	orr    = 0x4ea01c00
	eor    = 0x6e201c00
	bsl    = 0x6e601c00
	fabs   = 0x4ea0f800
	fneg   = 0x6ea0f800
	fsqrt  = 0x6ea1f800
	frintn = 0x4e218800
	fcvtns = 0x4e21a800
	fcmgt0 = 0x4ea0c800
	fcmeq0 = 0x4ea0d800
	cmlt0  = 0x4ea0a800
	// shl by 23 of 32 bits.
	shl23 = 0x4f375400
	// Of these the third register is one of its lanes.
	fmlaElement = 0x4f801000
	fmlsElement = 0x4f805000
	fmulElement = 0x4f809000
)

func (a *Assembler) word(word uint32, name string, registers ...Vec) {
	text := ""
	for i, r := range registers {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("v%d.4s", int(r))
	}
	a.encoded(word, name+" "+text)
}

func (a *Assembler) encoded(word uint32, text string) {
	fmt.Fprintf(&a.body, "\tWORD\t$%#08x // %s\n", word, text)
}

func (a *Assembler) three(base uint32, name string, d, n, m Vec) {
	a.word(base|uint32(m)<<16|uint32(n)<<5|uint32(d), name, d, n, m)
}

func (a *Assembler) two(base uint32, name string, d, n Vec) {
	a.word(base|uint32(n)<<5|uint32(d), name, d, n)
}

// Arithmetic: d = n ∘ m, in the order of Arm's manual, not of Go's assembler.

// FADD is d = n + m.
func (a *Assembler) FADD(d, n, m Vec) { a.three(fadd, "fadd", d, n, m) }

// FSUB is d = n − m.
func (a *Assembler) FSUB(d, n, m Vec) { a.three(fsub, "fsub", d, n, m) }

// FMUL is d = n·m.
func (a *Assembler) FMUL(d, n, m Vec) { a.three(fmul, "fmul", d, n, m) }

// FDIV is d = n/m.
func (a *Assembler) FDIV(d, n, m Vec) { a.three(fdiv, "fdiv", d, n, m) }

// FMLA is d += n·m.
func (a *Assembler) FMLA(d, n, m Vec) { a.three(fmla, "fmla", d, n, m) }

// FMLS is d −= n·m.
func (a *Assembler) FMLS(d, n, m Vec) { a.three(fmls, "fmls", d, n, m) }

// FMLALane is d += n·m, m being one number.
func (a *Assembler) FMLALane(d, n Vec, m Lane) { a.lane(fmlaElement, "fmla", d, n, m) }

// FMLSLane is d −= n·m.
func (a *Assembler) FMLSLane(d, n Vec, m Lane) { a.lane(fmlsElement, "fmls", d, n, m) }

// FMULLane is d = n·m.
func (a *Assembler) FMULLane(d, n Vec, m Lane) { a.lane(fmulElement, "fmul", d, n, m) }

func (a *Assembler) lane(base uint32, name string, d, n Vec, m Lane) {
	high, low := uint32(m.I)>>1, uint32(m.I)&1
	a.three(base|high<<11|low<<21, fmt.Sprintf("%s by [%d],", name, m.I), d, n, m.V)
}

// FMAX is the larger of n and m, NaN if one is.
func (a *Assembler) FMAX(d, n, m Vec) { a.three(fmax, "fmax", d, n, m) }

// FADDP adds neighbouring lanes: of n into the lower half of d, of m into the upper.
func (a *Assembler) FADDP(d, n, m Vec) { a.three(faddp, "faddp", d, n, m) }

// FABS is d = |n|.
func (a *Assembler) FABS(d, n Vec) { a.two(fabs, "fabs", d, n) }

// FNEG is d = −n.
func (a *Assembler) FNEG(d, n Vec) { a.two(fneg, "fneg", d, n) }

// FSQRT is d = √n.
func (a *Assembler) FSQRT(d, n Vec) { a.two(fsqrt, "fsqrt", d, n) }

// FRINTN rounds to the nearest integer, halves to even.
func (a *Assembler) FRINTN(d, n Vec) { a.two(frintn, "frintn", d, n) }

// FCVTNS is FRINTN as an integer.
func (a *Assembler) FCVTNS(d, n Vec) { a.two(fcvtns, "fcvtns", d, n) }

// ADD is d = n + m of integers.
func (a *Assembler) ADD(d, n, m Vec) { a.three(add, "add", d, n, m) }

// SHL23 shifts integers left by 23 bits, into a float32's exponent.
func (a *Assembler) SHL23(d, n Vec) { a.two(shl23, "shl #23,", d, n) }

// Masks: all bits of a lane are set where the condition holds.

// FCMEQ is n = m, false for NaN.
func (a *Assembler) FCMEQ(d, n, m Vec) { a.three(fcmeq, "fcmeq", d, n, m) }

// FCMGE is n ≥ m.
func (a *Assembler) FCMGE(d, n, m Vec) { a.three(fcmge, "fcmge", d, n, m) }

// FCMGT0 is n > 0.
func (a *Assembler) FCMGT0(d, n Vec) { a.two(fcmgt0, "fcmgt #0.0,", d, n) }

// FCMEQ0 is n = 0.
func (a *Assembler) FCMEQ0(d, n Vec) { a.two(fcmeq0, "fcmeq #0.0,", d, n) }

// CMLT0 is the sign bit of n, in all bits of its lane.
func (a *Assembler) CMLT0(d, n Vec) { a.two(cmlt0, "cmlt #0,", d, n) }

// AND is d = n & m, bit by bit.
func (a *Assembler) AND(d, n, m Vec) { a.three(and, "and", d, n, m) }

// BIC is d = n &^ m.
func (a *Assembler) BIC(d, n, m Vec) { a.three(bic, "bic", d, n, m) }

// ORR is d = n | m.
func (a *Assembler) ORR(d, n, m Vec) { a.three(orr, "orr", d, n, m) }

// EOR is d = n ^ m.
func (a *Assembler) EOR(d, n, m Vec) { a.three(eor, "eor", d, n, m) }

// Choose turns a mask into yes where it is set and no where not.
func (a *Assembler) Choose(mask, yes, no Vec) Vec {
	a.three(bsl, "bsl", mask, yes, no)
	return mask
}

// Copy is d = n.
func (a *Assembler) Copy(d, n Vec) { a.three(orr, "mov", d, n, n) }

// Zero is d = 0.
func (a *Assembler) Zero(d Vec) { a.three(eor, "eor", d, d, d) }
