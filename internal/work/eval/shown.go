package eval

import "easel/internal/file/imgio"

// Shown is a pair with each model's output for its input.
type Shown struct {
	Name          string
	Input, Target *imgio.Picture
	// Made are outputs by model; nil if there is none.
	Made []*imgio.Picture
}

// Shown returns the Options.Rows pairs that the page shows, in the order of the set. An
// Evaluation that was read from a file has none.
func (e *Evaluation) Shown() []Shown {
	var all []Shown
	for _, i := range e.gallery.indices() {
		r := e.gallery.rows[i]
		if r == nil {
			continue // left out
		}
		made := make([]*imgio.Picture, len(e.Models))
		copy(made, r.made)
		all = append(all, Shown{r.name, r.input, r.target, made})
	}
	return all
}
