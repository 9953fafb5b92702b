package backend

import (
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
)

// PrecisionOption declares how the products of a backend multiply, both by name.
func PrecisionOption(precision, backend *string) option.Option {
	return option.Choice(precision, "precision",
		"how products multiply: bf16 on XLA and on processors with AVX512-BF16 or arm64's BF16, tf32 on XLA (all else is float32)",
		device.Precisions()...,
	).Checked(func() error {
		p, err := device.ParsePrecision(*precision)
		if err != nil {
			return err
		}
		return CheckPrecision(*backend, p)
	})
}

// CheckPrecision fails for a precision that the backend of a name has not here: the
// processor multiplies float32 numbers, and bfloat16 if it has instructions for that.
func CheckPrecision(name string, p device.Precision) error {
	kind, _, err := parse(name)
	if err != nil || kind != Default {
		return err
	}
	return checkProcessor("", p)
}

func checkProcessor(kernels string, p device.Precision) error {
	err := cpu.CheckPrecision(kernels, p)
	if err != nil && p != device.Float32 {
		return hint.New(fmt.Errorf("backend %s: %w", Default, err), "use {precision=float32}, or a {backend=xla:…}")
	}
	return err
}
