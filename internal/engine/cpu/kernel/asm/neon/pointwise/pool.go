package main

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// pixels repeats body for the vectors of each of the pixels of parameter width:
// one are operands that move by a pixel, two by two. Bases are the addresses of
// the next pixels.
func (w *writer) pixels(distance neon.Reg, one, two []*operand, body func(d int)) {
	n, left := w.Param("width"), w.GP()
	all := append(append([]*operand{}, one...), two...)
	for _, o := range all {
		o.at = []neon.Reg{w.GP()}
	}
	w.Label("pixel")
	for _, o := range all {
		w.Op("MOVD", o.base, o.at[0])
	}
	w.Op("MOVD", w.Place("vector"), left)
	w.Label("channels")
	w.turn(all, 2, body)
	w.Op("SUBS", "$8", left, left)
	w.Op("BNE", "channels")
	for _, o := range one {
		w.Op("ADD", distance, o.base, o.base)
	}
	for _, o := range two {
		w.Op("ADD", fmt.Sprintf("%s<<1", distance), o.base, o.base)
	}
	w.Op("SUBS", "$1", n, n)
	w.Op("BNE", "pixel")
}

// distance is the parameter c in bytes.
func (w *writer) distance() neon.Reg {
	c := w.Param("c")
	w.Op("LSL", "$2", c, c)
	return c
}

// pair is a row's pixel and the one to its right.
func (w *writer) pair(name string, distance neon.Reg) []*operand {
	left, right := w.Param(name), w.GP()
	w.Op("ADD", distance, left, right)
	return []*operand{{name: name, base: left}, {name: name, base: right}}
}

func (w *writer) pools() {
	w.Function("maxPool2Vector", "(dst *float32, upper *float32, lower *float32, width int, c int, vector int)",
		"is the largest of 2×2 pixels, for channels below vector.", func() {
			distance := w.distance()
			dst := &operand{name: "dst", base: w.Param("dst")}
			window := append(w.pair("upper", distance), w.pair("lower", distance)...)
			w.pixels(distance, []*operand{dst}, window, func(d int) {
				v := w.Load(window[0].mem(d))
				for _, p := range window[1:] {
					w.FMAX(v, v, w.Load(p.mem(d)))
				}
				w.Store(v, dst.mem(d))
			})
		})
	w.Function("maxPool2GradientVector", "(upperD *float32, lowerD *float32, d *float32, upper *float32, lower *float32, width int, c int, vector int)",
		"gives d to the first largest of 2×2 pixels, for channels below vector.", func() {
			distance := w.distance()
			gradient := &operand{name: "d", base: w.Param("d")}
			window := append(w.pair("upper", distance), w.pair("lower", distance)...)
			result := append(w.pair("upperD", distance), w.pair("lowerD", distance)...)
			w.pixels(distance, []*operand{gradient}, append(append([]*operand{}, window...), result...), func(d int) {
				var pixel [4]neon.Vec
				for k, p := range window {
					pixel[k] = w.Load(p.mem(d))
				}
				top, rest := w.V(), w.Load(gradient.mem(d))
				w.FMAX(top, pixel[0], pixel[1])
				w.FMAX(top, top, pixel[2])
				w.FMAX(top, top, pixel[3])
				for k := range 3 {
					mask, share := w.V(), w.V()
					w.FCMEQ(mask, pixel[k], top)
					w.AND(share, rest, mask)
					w.BIC(rest, rest, mask)
					w.Store(share, result[k].mem(d))
				}
				w.Store(rest, result[3].mem(d))
			})
		})
}
