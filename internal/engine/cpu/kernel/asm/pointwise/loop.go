package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// width is the size of a vector in bytes.
const width = 32

// routine begins a function and its documentation.
func routine(name, signature, doc string) {
	TEXT(name, NOSPLIT, signature)
	Doc(name + " " + doc)
	Pragma("noescape")
}

// finish ends a function.
func finish() {
	VZEROUPPER()
	RET()
}

// pointer loads a parameter.
func pointer(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// broadcast loads a float32 parameter into all lanes.
func broadcast(name string) VecVirtual {
	v := YMM()
	address, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(address.Addr, v)
	return v
}

// zero is a vector of zeros.
func zero() VecVirtual {
	v := YMM()
	VXORPS(v, v, v)
	return v
}

// load reads a vector.
func load(m Mem) VecVirtual {
	v := YMM()
	VMOVUPS(m, v)
	return v
}

// at is the vector at byte index i of p, and displacement d.
func at(p, i Register, d int) Mem { return Mem{Base: p, Index: i, Scale: 1, Disp: d} }

// A view is an operand of rows.
type view struct {
	p      GPVirtual
	stride string // the parameter
}

func viewOf(name string) view { return view{pointer(name), name + "Stride"} }

// bytes loads a count of elements as bytes.
func bytes(name string) GPVirtual {
	n := pointer(name)
	SHLQ(Imm(2), n)
	return n
}

// vectors repeats body for byte indices below end, in steps of unroll vectors
// while they fit and of one after that.
func vectors(label string, i, end Register, unroll int, body func(d int)) {
	XORQ(i, i)
	if unroll > 1 {
		ahead := GP64()
		Label(label + "_many")
		LEAQ(Mem{Base: i, Disp: unroll * width}, ahead)
		CMPQ(ahead, end)
		JG(LabelRef(label + "_one"))
		for u := 0; u < unroll; u++ {
			body(u * width)
		}
		MOVQ(ahead, i)
		JMP(LabelRef(label + "_many"))
	}
	Label(label + "_one")
	CMPQ(i, end)
	JGE(LabelRef(label + "_end"))
	body(0)
	ADDQ(Imm(width), i)
	JMP(LabelRef(label + "_one"))
	Label(label + "_end")
}

// rows repeats body for each vector of each of the parameters rows × c of the
// views. The body gets the byte index and the displacement.
func rows(views []view, unroll int, body func(i Register, d int)) {
	n, end, i := pointer("rows"), bytes("c"), GP64()
	Label("row")
	vectors("channels", i, end, unroll, func(d int) { body(i, d) })
	for _, v := range views {
		advance(v, i, 1)
	}
	DECQ(n)
	JNZ(LabelRef("row"))
}

// advance moves a view by rows; scratch is overwritten.
func advance(v view, scratch GPVirtual, by int) {
	Load(Param(v.stride), scratch)
	for ; by > 0; by-- {
		LEAQ(Mem{Base: v.p, Index: scratch, Scale: 4}, v.p)
	}
}

// groupedRows repeats body for each vector of channels and each group of size
// rows, then for the remaining rows one at a time. The body gets the pointers
// of each view's rows, in order.
func groupedRows(views []view, size int, body func(pointers [][]GPVirtual, i Register)) {
	n, end, i := pointer("rows"), bytes("c"), GP64()
	for _, group := range []int{size, 1} {
		label := fmt.Sprintf("rows%d", group)
		Label(label)
		CMPQ(n, Imm(uint64(group)))
		JL(LabelRef(label + "_done"))
		pointers := make([][]GPVirtual, len(views))
		for k, v := range views {
			pointers[k] = rowPointers(v, i, group)
		}
		vectors(label, i, end, 1, func(int) { body(pointers, i) })
		for _, v := range views {
			advance(v, i, group)
		}
		SUBQ(Imm(uint64(group)), n)
		JMP(LabelRef(label))
		Label(label + "_done")
	}
}

// rowPointers is the addresses of the next rows of a view.
func rowPointers(v view, scratch GPVirtual, count int) []GPVirtual {
	list := []GPVirtual{v.p}
	if count > 1 {
		Load(Param(v.stride), scratch)
	}
	for len(list) < count {
		p := GP64()
		LEAQ(Mem{Base: list[len(list)-1], Index: scratch, Scale: 4}, p)
		list = append(list, p)
	}
	return list
}
