package train

import "math"

// A plateau is when validation no longer improves, for the schedule of that name. The
// numbers are the PyTorch port's, with validations for its epochs.
type plateau struct {
	Drops int     `json:"drops"` // number of reductions of the rate
	Best  float64 `json:"best"`  // best value so far
	Since int     `json:"since"` // validations since then
	Begun bool    `json:"begun"`
}

const (
	plateauFactor    = 0.2  // for the rate after a plateau
	plateauThreshold = 0.01 // least improvement that counts, relative to the best
	plateauPatience  = 5    // validations without improvement
)

// factor returns the factor for the rate after the plateaus so far.
func (p plateau) factor() float64 { return math.Pow(plateauFactor, float64(p.Drops)) }

// validated records a validation's value.
func (p *plateau) validated(value float64, larger bool) {
	margin := plateauThreshold * math.Abs(p.Best)
	if !p.Begun || larger && value > p.Best+margin || !larger && value < p.Best-margin {
		p.Best, p.Since, p.Begun = value, 0, true
		return
	}
	if p.Since++; p.Since > plateauPatience {
		p.Drops, p.Since = p.Drops+1, 0
	}
}
