package backend_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/backend"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/device"
	"easel/internal/engine/xla"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "cpu"} {
		d, err := backend.Open(name, backend.Options{Threads: 1})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if d.Name() != backend.Default || device.Count(d) != 1 {
			t.Errorf("%q is %d of %q", name, device.Count(d), d.Name())
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"abacus", "cpu:", "cpu:2", "xla:", "XLA"} {
		wantHint(t, name, backend.Check(name), "xla:cuda")
		_, err := backend.Open(name, backend.Options{})
		wantHint(t, name, err, "xla:cuda")
	}
	for _, name := range []string{"xla", "xla:cuda", "xla:/path/to/plugin.so"} {
		err := backend.Check(name)
		if xla.Built && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !xla.Built {
			wantHint(t, name, err, "-tags xla")
		}
	}
}

func wantHint(t *testing.T, name string, err error, part string) {
	t.Helper()
	e, ok := err.(interface{ Hint() string })
	if !ok || !strings.Contains(e.Hint(), part) {
		t.Errorf("%s: want an error with a hint of %q, got %v", name, part, err)
	}
}

func TestVirtualDevices(t *testing.T) {
	t.Parallel()
	d, err := backend.Open("cpu", backend.Options{Threads: 1, Devices: 3})
	if err != nil {
		t.Fatal(err)
	}
	if device.Count(d) != 3 {
		t.Errorf("stands for %d devices, want 3", device.Count(d))
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestPrecisionOfTheProcessor(t *testing.T) {
	t.Parallel()
	for _, kernels := range []string{"", "avx2"} {
		d, err := backend.Open("cpu", backend.Options{Kernels: kernels, Precision: device.BFloat16})
		if kernels == "" && gemm.Detect().BFloat16() != nil {
			if err != nil {
				t.Error(err)
			} else if err := d.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		wantHint(t, "bf16", err, `Precision: "float32"`)
	}
	if err := backend.CheckPrecision("cpu", device.Float32); err != nil {
		t.Error(err)
	}
	wantHint(t, "tf32", backend.CheckPrecision("cpu", device.TF32), `Precision: "float32"`)
	_, err := backend.Open("cpu", backend.Options{Precision: device.TF32})
	wantHint(t, "tf32", err, `Precision: "float32"`)
	if err := backend.CheckPrecision("xla:cuda", device.BFloat16); err != nil {
		t.Error(err)
	}
}

func TestBits(t *testing.T) {
	t.Parallel()
	bits, err := backend.Bits("cpu")
	if err != nil {
		t.Fatal(err)
	}
	deciding, names := backend.Precisions(bits)
	want := []string{"float32"}
	if gemm.Detect().BFloat16() != nil {
		want = append(want, "bf16")
	}
	if deciding != "cpu "+gemm.Detect().Name+" "+runtime.GOARCH || !slices.Equal(names, want) {
		t.Errorf("%q: %q with %q", bits, deciding, names)
	}
	if deciding, names := backend.Precisions("xla:x 1.2 GPU +tf32 +bf16"); deciding != "xla:x 1.2 GPU" || !slices.Equal(names, []string{"float32", "tf32", "bf16"}) {
		t.Errorf("of XLA: %q with %q", deciding, names)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	if n, err := backend.Count("cpu"); err != nil || n != 1 {
		t.Errorf("the processor is %d devices, %v", n, err)
	}
	_, err := backend.Count("abacus")
	wantHint(t, "abacus", err, "cpu")
}
