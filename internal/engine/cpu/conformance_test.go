package cpu_test

import (
	"testing"

	"easel/internal/engine/conformance"
	"easel/internal/engine/cpu"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/device"
)

// Every kernel set, and the unfused plan, pass the suite that any executor is
// given.
func TestConformance(t *testing.T) {
	t.Parallel()
	options := map[string]cpu.Options{"unfused": {Unfused: true, Threads: 2}}
	for _, k := range gemm.Available() {
		options[k.Name] = cpu.Options{Kernels: k.Name, Threads: 2}
	}
	for name, o := range options {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(t testing.TB) device.Device {
				d, err := cpu.New(o)
				if err != nil {
					t.Fatal(err)
				}
				return d
			}, conformance.Options{})
		})
	}
}

// The suite with bfloat16, in Go, which every processor has, and in assembly. What is
// rounded is off by some percent of what is summed (conv's TestRoundedAccuracy), and so by
// much more of sums that cancel, as the cases' losses do.
func TestConformanceInBFloat16(t *testing.T) {
	t.Parallel()
	for _, k := range gemm.Available() {
		if k.BFloat16() == nil {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(t testing.TB) device.Device {
				d, err := cpu.New(cpu.Options{Kernels: k.Name, Precision: device.BFloat16, Threads: 2})
				if err != nil {
					t.Fatal(err)
				}
				return d
			}, conformance.Options{Loosen: 3000})
		})
	}
}

// Virtual devices in step, fused and not, pass the suite for several devices.
func TestConformanceOfDevices(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]cpu.Options{"fused": {Threads: 2}, "unfused": {Threads: 2, Unfused: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.RunDevices(t, func(t testing.TB, count int) device.Device {
				d, err := cpu.NewDevices(count, o)
				if err != nil {
					t.Fatal(err)
				}
				return d
			}, conformance.Options{})
		})
	}
}
