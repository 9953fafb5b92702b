package conv

import "easel/internal/cpu/kernel/gemm"

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
