package imgio

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Range says which numbers in a file become 0 and 1 in a Picture. The zero Range is the
// whole range of the file's type: 0 to 255, 0 to 65535, or 0 to 1 for floating point. Data
// of 12 bits in 16-bit files need 0:4095, computed tomography in Hounsfield units
// -1024:3071. In JSON, a Range is a list of two numbers.
type Range struct{ Low, High float64 }

// ParseRange reads LOW:HIGH.
func ParseRange(s string) (Range, error) {
	low, high, ok := strings.Cut(s, ":")
	l, errLow := strconv.ParseFloat(low, 64)
	h, errHigh := strconv.ParseFloat(high, 64)
	r := Range{l, h}
	if !ok || errLow != nil || errHigh != nil {
		return Range{}, fmt.Errorf("%q is not a range: write LOW:HIGH, such as 0:4095", s)
	}
	return r, r.Validate()
}

// String returns what ParseRange reads; it is empty for the zero Range.
func (r Range) String() string {
	if r == (Range{}) {
		return ""
	}
	return strconv.FormatFloat(r.Low, 'g', -1, 64) + ":" + strconv.FormatFloat(r.High, 'g', -1, 64)
}

// Validate refuses a range whose ends are equal, unless it is the zero Range.
func (r Range) Validate() error {
	if r != (Range{}) && !(r.Low < r.High && !math.IsInf(r.High-r.Low, 0)) {
		return fmt.Errorf("the range %g:%g is empty", r.Low, r.High)
	}
	return nil
}

// MarshalJSON writes a list of the two numbers.
func (r Range) MarshalJSON() ([]byte, error) { return json.Marshal([2]float64{r.Low, r.High}) }

// UnmarshalJSON reads a list of two numbers.
func (r *Range) UnmarshalJSON(data []byte) error {
	var two []float64
	if err := json.Unmarshal(data, &two); err != nil {
		return err
	}
	if len(two) != 2 {
		return errors.New("a range is a list of two numbers")
	}
	*r = Range{two[0], two[1]}
	return r.Validate()
}

// or returns r, or the whole range of a type if r is the zero Range.
func (r Range) or(depth int) Range {
	if r != (Range{}) {
		return r
	}
	return Range{0, typeLimit(depth)}
}

// Numbers returns the numbers of p's file that are 0 and 1: its range, or that of its type.
func (p *Picture) Numbers() Range { return p.Range.or(p.Depth) }

// fraction maps a number of a file to 0..1; outside reports whether it was out of range or
// NaN.
func (r Range) fraction(v float64) (f float32, outside bool) {
	f = float32((v - r.Low) / (r.High - r.Low))
	if f >= 0 && f <= 1 {
		return f, false
	}
	return clamp(f), true
}

// number is the inverse of fraction.
func (r Range) number(f float32) float64 { return r.Low + float64(f)*(r.High-r.Low) }

// typeLimit is the largest number of the type with the given depth: 255, 65535 or 1.
func typeLimit(depth int) float64 {
	switch depth {
	case 32:
		return 1
	case 16:
		return math.MaxUint16
	default:
		return math.MaxUint8
	}
}

// InRange returns p with other numbers of its file as 0 and 1, and the fraction of its
// samples that were out of range and clamped. Alpha does not change. The result may be p
// itself.
func (p *Picture) InRange(r Range) (*Picture, float64) {
	from, to := p.Range.or(p.Depth), r.or(p.Depth)
	if from == to {
		return p, 0
	}
	q, outside := p.Clone(), 0
	q.Range = r
	for i, v := range p.Pix {
		if p.Alpha && i%p.Channels == p.Channels-1 {
			continue
		}
		number := from.number(v)
		if p.Depth < 32 {
			number = math.Round(number)
		}
		var out bool
		if q.Pix[i], out = to.fraction(number); out {
			outside++
		}
	}
	return q, float64(outside) / float64(len(p.Pix)/p.Channels*p.colours())
}

// stored returns what a file holds for a sample of p that is not alpha: a whole number
// within the file's type, unless it is floating point.
func (p *Picture) stored(v float32) float64 {
	r := p.Range.or(p.Depth)
	if p.Depth == 32 {
		return r.number(v)
	}
	if r.Low == 0 && r.High == typeLimit(p.Depth) {
		return float64(quantise(v, r.High))
	}
	low, high := 0.0, typeLimit(p.Depth)
	if p.signed() {
		low, high = -(high+1)/2, (high-1)/2
	}
	return min(max(math.Floor(r.number(clamp(v))+0.5), low), high)
}

// signed reports whether the file of p has negative numbers.
func (p *Picture) signed() bool { return p.Depth < 32 && p.Range.Low < 0 }
