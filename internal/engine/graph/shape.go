package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Shape is the extent of each axis of a value; pictures are
// [batch, height, width, channels] and scalars [].
type Shape []int

// Size is the number of elements.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both have the same extents.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Channels is the extent of the last axis, 1 for a scalar.
func (s Shape) Channels() int {
	if len(s) == 0 {
		return 1
	}
	return s[len(s)-1]
}

// Positions is the number of elements per channel: batch·height·width of a
// picture.
func (s Shape) Positions() int { return s.Size() / s.Channels() }

// String formats the shape as "[1 256 256 3]".
func (s Shape) String() string {
	return "[" + strings.Trim(fmt.Sprint([]int(s)), "[]") + "]"
}

// Error is the misuse of an operation: shapes that do not fit, an option out
// of range.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

func fail(format string, args ...any) {
	panic(&Error{Text: "graph: " + fmt.Sprintf(format, args...)})
}

// Build runs f on a new graph and returns the graph, or the Error with which
// f misused an operation. Other panics pass through.
func Build(f func(g *Graph)) (g *Graph, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			g, err = nil, e
		}
	}()
	g = New()
	f(g)
	return g, nil
}

func wantRank(op string, s Shape, rank int) {
	if len(s) != rank {
		fail("%s: wants %d axes, has %v", op, rank, s)
	}
}

// wantOneOf checks the value of an enumeration that ends with last.
func wantOneOf(op string, value, last int) {
	if value < 0 || value > last {
		fail("%s: there is no kind %d", op, value)
	}
}

func wantSame(op string, a, b Shape) {
	if !a.Equal(b) {
		fail("%s: shapes differ: %v and %v", op, a, b)
	}
}

func wantShape(op, what string, s Shape, want ...int) {
	if !s.Equal(want) {
		fail("%s: %s is %v, wants %v", op, what, s, Shape(want))
	}
}
