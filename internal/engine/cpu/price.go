package cpu

// Costs of tasks are in multiply-adds of 16 lanes, as in package conv. The
// prices are for telling how a plan shares out, not for telling its time.
const (
	priceByte   = 0.5  // read or written by a pass
	priceRandom = 40   // a random number
	priceTask   = 1000 // handing out a task, and its beginning
	priceStep   = 8000 // telling the others that a step is complete: a microsecond

	multiplyAdd = 0.125e-9 // seconds, on a core of 2026
)

// cost is what a task of the step costs.
func (s *step) cost(task int) float64 {
	if s.price != nil {
		return s.price(task) + priceTask
	}
	return priceByte*float64(s.bytes())/float64(s.tasks) + priceTask
}

// groupCost is what a group of tasks costs together.
func (s *step) groupCost(group int) float64 { return s.priceWhole(group) + priceTask }

// costs are what the tasks of steps cost, and groups of them together where a step has
// such.
type costs struct{ tasks, groups [][]float64 }

func newCosts(steps []*step) costs {
	c := costs{make([][]float64, len(steps)), make([][]float64, len(steps))}
	for i, s := range steps {
		c.tasks[i] = make([]float64, s.tasks)
		if s.group > 1 {
			c.groups[i] = make([]float64, s.tasks/s.group)
		}
	}
	return c
}

// priced are the costs by arithmetic and bytes.
func priced(steps []*step) costs {
	c := newCosts(steps)
	for i, s := range steps {
		for task := range c.tasks[i] {
			c.tasks[i][task] = s.cost(task)
		}
		for group := range c.groups[i] {
			c.groups[i][group] = s.groupCost(group)
		}
	}
	return c
}
