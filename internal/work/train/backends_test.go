package train_test

import (
	"testing"

	"easel/internal/engine/backend"
	"easel/internal/engine/backend/backendtest"
)

// A run that was begun on one backend goes on on another: to rounding, it is
// the run that one backend alone would have made.
func TestResumeOnAnotherBackend(t *testing.T) {
	t.Parallel()
	backendtest.Plugins(t, func(t *testing.T, name string) {
		data := pairs(t, 6, 2)
		whole := tiny(t, data)
		whole.Length.Steps = 4
		mustTrain(t, whole, nil)
		want, _ := weights(t, whole.Out)
		for _, order := range [][2]string{{backend.Default, name}, {name, backend.Default}, {name, name}} {
			o := tiny(t, data)
			o.Backend, o.Length.Steps = order[0], 2
			mustTrain(t, o, nil)
			again := resume(t, o.Out, 4)
			again.Backend = order[1]
			mustTrain(t, again, nil)
			got, step := weights(t, o.Out)
			if step != 4 {
				t.Errorf("%v ends at step %d", order, step)
			}
			wantSameLosses(t, o.Out, whole.Out)
			wantSameTensors(t, got, want)
		}
	})
}

// Stopped and resumed on a plugin is, bit for bit, never stopped.
func TestResumeOnThePlugin(t *testing.T) {
	t.Parallel()
	backendtest.Plugins(t, func(t *testing.T, name string) {
		data := pairs(t, 6, 2)
		whole := tiny(t, data)
		whole.Backend, whole.Length.Steps = name, 4
		mustTrain(t, whole, nil)
		o := tiny(t, data)
		o.Backend, o.Length.Steps = name, 2
		mustTrain(t, o, nil)
		mustTrain(t, resume(t, o.Out, 4), nil)
		want, _ := weights(t, whole.Out)
		got, _ := weights(t, o.Out)
		sameBits(t, got, want)
	})
}
