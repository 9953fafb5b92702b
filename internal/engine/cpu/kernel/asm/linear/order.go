package linear

// lightest is the plan whose order of outputs keeps the fewest values alive.
func (g *graph) lightest() *Plan {
	order := make([]int, g.outputs)
	for i := range order {
		order[i] = i
	}
	best := g.plan(order)
	least := best.alive()
	permute(order, 0, func() {
		p := g.plan(order)
		if n := p.alive(); n < least {
			best, least = p, n
		}
	})
	return best
}

func permute(order []int, from int, f func()) {
	if from == len(order) {
		f()
		return
	}
	for i := from; i < len(order); i++ {
		order[from], order[i] = order[i], order[from]
		permute(order, from+1, f)
		order[from], order[i] = order[i], order[from]
	}
}

// alive is a thousand times the most values that a plan holds at a time, plus
// their sum over its operations: inputs from their first to their last use,
// others from their making.
func (p *Plan) alive() int {
	last := make([]int, p.Inputs+len(p.Ops))
	first := make([]int, p.Inputs+len(p.Ops))
	for i, op := range p.Ops {
		first[p.Inputs+i], last[p.Inputs+i] = i, i
		for _, v := range []int{op.A, op.B} {
			if v == None {
				continue
			}
			if v < p.Inputs && last[v] == 0 {
				first[v] = i
			}
			last[v] = i
		}
	}
	most, sum := 0, 0
	for i := range p.Ops {
		n := 0
		for v := range last {
			if first[v] <= i && i < last[v] {
				n++
			}
		}
		most, sum = max(most, n), sum+n
	}
	return most*1000 + sum
}
