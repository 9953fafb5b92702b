package linear

import (
	"math"
	"math/rand/v2"
	"slices"
)

// restarts is how many random beginnings Factor tries.
const restarts = 5000

// Factor plans y = P·x. From P's rows as they are, and from many random changes
// to them, it takes out greedily what rows have in common, and keeps the
// cheapest result: the fewest operations, and the fewest of whichever are more,
// additions or multiplications, which have pipes of their own on many
// processors. A change makes one of two rows from the other and from their
// difference, or both from their half sum and half difference: as rows of
// points ±p have powers of p in common, up to signs. The same P always has the
// same plan.
func Factor(matrix [][]float64) *Plan {
	r := rand.New(rand.NewPCG(1, 2))
	var best *graph
	for range restarts {
		g := newGraph(matrix)
		for range r.IntN(5) {
			g.change(r)
		}
		for len(g.sums) < most && g.share(r) {
		}
		if best != nil && g.cost() > best.cost()+1 {
			continue
		}
		g.balance()
		if best == nil || g.cost()+g.longer() < best.cost()+best.longer() {
			best = g
		}
	}
	return best.lightest()
}

// longer is the larger number of additions and multiplications.
func (g *graph) longer() int {
	additions := 0
	for _, sum := range g.sums[g.inputs:] {
		units := 0
		for _, c := range sum {
			if c == 1 || c == -1 {
				units++
			}
		}
		if slices.Contains(sum, 1) {
			units--
		}
		additions += units
	}
	return max(additions, g.cost()-additions)
}

// balance makes multiplications into additions where that needs no operation
// more: c·a + c·b is c·(a + b).
func (g *graph) balance() {
	for again := true; again && len(g.sums) < most; {
		again = false
		for _, c := range g.candidates() {
			if c.j == None || c.scale != 1 || c.term != 1 && c.term != -1 || g.saves(c) < 0 {
				continue
			}
			next := g.clone()
			next.take(c)
			if next.longer() < g.longer() {
				*g, again = *next, true
				break
			}
		}
	}
}

func (g *graph) clone() *graph {
	next := *g
	next.sums = slices.Clone(g.sums)
	for i, sum := range next.sums {
		next.sums[i] = slices.Clone(sum)
	}
	return &next
}

// change rewrites two random outputs.
func (g *graph) change(r *rand.Rand) {
	i, j := g.inputs+r.IntN(g.outputs), g.inputs+r.IntN(g.outputs)
	if i == j || g.uses(j, i) {
		return
	}
	a, b := g.sums[i], g.sums[j]
	if r.IntN(2) == 0 && !g.uses(i, j) {
		g.halve(a, b)
		return
	}
	k := r.IntN(g.inputs)
	if a[k] == 0 || b[k] == 0 || operations(b) == 0 {
		return
	}
	ratio := exact(a[k] / b[k])
	for n := range a {
		a[n] = exact(a[n] - ratio*b[n])
	}
	a[j] += ratio
}

// halve makes a and b the sum and the difference of two new sums.
func (g *graph) halve(a, b []float64) {
	even, odd := g.add(), g.add()
	for n := range a {
		g.sums[even][n], g.sums[odd][n] = (a[n]+b[n])/2, (a[n]-b[n])/2
		a[n], b[n] = 0, 0
	}
	a[even], a[odd], b[even], b[odd] = 1, 1, 1, -1
}

// candidate is a sum that others may have a multiple of: node i and, unless j
// is None, ratio times node j.
type candidate struct {
	i, j        int
	scale, term float64
}

// share takes the sum out that saves most, a random one of those, and reports
// whether one saves anything.
func (g *graph) share(r *rand.Rand) bool {
	var best []candidate
	most := 1
	for _, c := range g.candidates() {
		switch saved := g.saves(c); {
		case saved < most:
		case saved > most:
			best, most = []candidate{c}, saved
		default:
			best = append(best, c)
		}
	}
	if best == nil {
		return false
	}
	g.take(best[r.IntN(len(best))])
	return true
}

// candidates are the pairs of terms of all sums, scaled so that one or the
// other needs no multiplication, and multiples of nodes.
func (g *graph) candidates() (list []candidate) {
	seen := map[candidate]bool{}
	add := func(c candidate) {
		if !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	for _, sum := range g.sums[g.inputs:] {
		for i, a := range sum {
			if a == 0 {
				continue
			}
			if magnitude := math.Abs(a); magnitude != 1 {
				add(candidate{i, None, magnitude, 0})
			}
			for j := i + 1; j < len(sum); j++ {
				if b := sum[j]; b != 0 {
					add(candidate{i, j, 1, exact(b / a)})
					add(candidate{i, j, exact(a / b), 1})
				}
			}
		}
	}
	return list
}

// in returns which multiple of the candidate is in a sum, 0 for none.
func (c candidate) in(sum []float64) float64 {
	by := exact(sum[c.i] / c.scale)
	switch {
	case c.j == None && by != 1 && by != -1, c.j != None && (by == 0 || exact(by*c.term) != sum[c.j]):
		return 0
	}
	return by
}

// saves is how many operations fewer there are with the candidate as a node.
func (g *graph) saves(c candidate) int {
	saved := -1 // the node itself is one operation
	for _, sum := range g.sums[g.inputs:] {
		by := c.in(sum)
		if by == 0 {
			continue
		}
		saved += operations(sum)
		terms, unit := 1, by == 1
		for n, v := range sum {
			if v != 0 && n != c.i && n != c.j {
				terms++
				unit = unit || v == 1
			}
		}
		saved -= terms
		if unit {
			saved++
		}
	}
	return saved
}

func (g *graph) take(c candidate) {
	node := g.add()
	for _, sum := range g.sums[g.inputs:node] {
		if by := c.in(sum); by != 0 {
			sum[c.i], sum[node] = 0, by
			if c.j != None {
				sum[c.j] = 0
			}
		}
	}
	g.sums[node][c.i] = c.scale
	if c.j != None {
		g.sums[node][c.j] = c.term
	}
}

// exact removes the rounding error of a quotient: coefficients are multiples of
// 1/720720 or what is nearest to them.
func exact(v float64) float64 {
	const parts = 1 << 4 * 9 * 5 * 7 * 11 * 13
	return math.Round(v*parts) / parts
}
