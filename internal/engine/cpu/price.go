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

// work is what all tasks cost in groups, longest the most that one costs alone.
func (s *step) work() (work, longest float64) {
	for task := range s.tasks {
		cost := s.cost(task)
		longest = max(longest, cost)
		if s.group == 1 {
			work += cost
		} else if task%s.group == 0 {
			work += s.groupCost(task / s.group)
		}
	}
	return work, longest
}
