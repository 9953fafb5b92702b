package train

import "math"

// A plateau is where validation stands still, for the schedule of that name.
// The numbers are the PyTorch port's, with validations for its epochs.
type plateau struct {
	Drops int     `json:"drops"` // how often the rate was lowered
	Best  float64 `json:"best"`  // value that identifies the best model
	Since int     `json:"since"` // validations that it stands for
	Begun bool    `json:"begun"`
}

const (
	plateauFactor    = 0.2  // of the rate after a plateau
	plateauThreshold = 0.01 // improvement that counts, as a part of the best
	plateauPatience  = 5    // validations without one
)

// factor is what plateaus so far have left of the rate.
func (p plateau) factor() float64 { return math.Pow(plateauFactor, float64(p.Drops)) }

// validated adds a validation's value.
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
