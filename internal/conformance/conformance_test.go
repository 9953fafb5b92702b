package conformance_test

import (
	"testing"

	"easel/internal/conformance"
	"easel/internal/device"
	"easel/internal/reference"
)

func TestReferenceConforms(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(testing.TB) device.Device { return reference.New() }, conformance.Options{})
}

func TestGradientsAreDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range conformance.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			for seed := range 10 {
				conformance.CheckGradient(t, c, seed)
			}
		})
	}
}
