package tiled

import (
	"math"

	"easel/internal/engine/device"
)

// moments are the mean and the variance of a norm's map over the whole picture.
type moments struct {
	mean, squares []float64 // sums of squared deviations from the mean
	count         float64
	epsilon       float64
}

func newMoments(n norm) *moments {
	return &moments{mean: make([]float64, n.channels), squares: make([]float64, n.channels), epsilon: n.epsilon}
}

// add adds count positions of a window, as summed by measure. Means and squares of two
// parts are combined by Chan, Golub and LeVeque 1983, eq. 2.1.
func (m *moments) add(p device.Program, count float64) error {
	var values [3][]float32
	for i, name := range []string{momentsOutput, sumOutput, squaresOutput} {
		v, err := device.Read(p, name)
		if err != nil {
			return err
		}
		values[i] = append(values[i], v...)
	}
	if count == 0 {
		return nil
	}
	own, sums, squares := values[0], values[1], values[2]
	both := m.count + count
	for c := range m.mean {
		deviation := 1 / float64(own[len(m.mean)+c])
		offset := float64(sums[c]) / count
		mean := float64(own[c]) + deviation*offset
		apart := mean - m.mean[c]
		m.squares[c] += deviation*deviation*max(float64(squares[c])-count*offset*offset, 0) + apart*apart*m.count*count/both
		m.mean[c] += apart * count / both
	}
	m.count = both
	return nil
}

// give writes mean and 1/√(variance + ε) to a program's input, [1, 2, channels].
func (m *moments) give(input []float32) {
	for c, mean := range m.mean {
		input[c], input[len(m.mean)+c] = float32(mean), float32(1/math.Sqrt(m.squares[c]/m.count+m.epsilon))
	}
}
