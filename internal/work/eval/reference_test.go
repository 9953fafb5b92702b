package eval

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

// formula is the picture of testdata/reference.py.
func formula(k int) *imgio.Picture {
	p := imgio.New(40, 48, 3)
	for y := range p.Height {
		for x := range p.Width {
			for c := range 3 {
				v := (3*x + 5*y + (40+9*k)*c + 4*((x*x+3*y*y)%29) + k*((x*y+c)%23)) % 256
				p.Set(x, y, c, float32(v)/255)
			}
		}
	}
	return p
}

// TestReference compares values over a set of two with scikit-image and NumPy.
func TestReference(t *testing.T) {
	t.Parallel()
	var want map[Key]float64
	text, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	judges := []judge{pixelJudge{}, colourJudge{}}
	sums := tallies(judges)
	for _, k := range []int{0, 2} {
		a, err := (&subject{judges: judges}).additions(t.Context(), &sample{target: formula(k), made: formula(k + 1)})
		if err != nil {
			t.Fatal(err)
		}
		for j, tally := range sums {
			tally.add(a.Sums[j], nil)
		}
	}
	compared := 0
	for _, tally := range sums {
		for i, v := range tally.value(tally.sums) {
			key := tally.measures()[i].Key
			expected, ok := want[key]
			if !ok {
				continue
			}
			compared++
			tolerance := 1e-6 * math.Abs(expected)
			if key == HistogramL || key == HistogramA || key == HistogramB {
				tolerance = 1e-3 // a value on the edge of two bins
			}
			if !near.Within(v-expected, tolerance) {
				t.Errorf("%s is %v, want %v", key, v, expected)
			}
		}
	}
	if compared != len(want) {
		t.Errorf("%d values compared, %d stored", compared, len(want))
	}
}
