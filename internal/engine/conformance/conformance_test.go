package conformance_test

import (
	"strings"
	"testing"

	"easel/internal/engine/conformance"
	"easel/internal/engine/device"
	"easel/internal/engine/reference"
)

func TestReferenceConforms(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(testing.TB) device.Device { return reference.New() }, conformance.Options{})
}

func TestReferenceConformsOnSeveralDevices(t *testing.T) {
	t.Parallel()
	conformance.RunDevices(t, func(_ testing.TB, count int) device.Device { return reference.NewDevices(count) }, conformance.Options{})
}

func TestGradientsAreDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range conformance.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			seeds := 10
			if strings.HasPrefix(c.Name, "network: ") && c.Name != "network: any" {
				seeds = 3 // they are slow, and made of what the others test
			}
			for seed := range seeds {
				conformance.CheckGradient(t, c, seed)
			}
		})
	}
}
