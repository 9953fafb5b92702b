package conv

import "easel/internal/engine/cpu/kernel/gemm"

// ahead is a part of the kernel that is wanted next: while products are
// computed, which leave main memory alone, it is brought near, some rows with
// each tile. It is a rectangle in each of some taps. The zero value is nothing.
type ahead struct {
	taps        []int // where the rectangles begin
	rows, n, ld int   // of a rectangle: rows of n elements, ld apart
	next, step  int   // rows of all that were fetched, and to fetch at a time
}

// during sets the pace: all is fetched in so many goes.
func (h *ahead) during(goes int) { h.step = ceil(len(h.taps)*h.rows, max(goes, 1)) }

// fetch fetches some rows more.
func (h *ahead) fetch(k *gemm.Kernels, kernel []float32) {
	for left := h.step; left > 0 && h.next < len(h.taps)*h.rows; {
		tap, row := h.next/h.rows, h.next%h.rows
		n := min(left, h.rows-row)
		k.Fetch(kernel[h.taps[tap]+row*h.ld:], n, h.ld, h.n)
		h.next, left = h.next+n, left-n
	}
}

// kernelPart is a rectangle of terms and columns of some taps of a kernel with
// in and out channels.
type kernelPart struct {
	in, out        int
	transposed     bool // a tap is stored [output channel, input channel]
	terms, columns interval
}

// ahead is the part of so many taps, whose numbers tap tells. It keeps its
// places.
func (r kernelPart) ahead(places []int, tap func(i int) int) ahead {
	h := ahead{taps: places, rows: r.terms.len(), n: r.columns.len(), ld: r.out}
	if r.transposed {
		h.rows, h.n, h.ld = h.n, h.rows, r.in
	}
	for i := range places {
		if r.transposed {
			places[i] = (tap(i)*r.out+r.columns.from)*r.in + r.terms.from
		} else {
			places[i] = (tap(i)*r.in+r.terms.from)*r.out + r.columns.from
		}
	}
	return h
}
