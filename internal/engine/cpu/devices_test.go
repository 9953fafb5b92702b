package cpu_test

import (
	"slices"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
)

// devicesStep trains the small step on some devices, all with batches of the
// same noise, and returns the losses and the generator's first kernel.
func devicesStep(t *testing.T, o cpu.Options, count, batch int) (losses, kernel []float32) {
	t.Helper()
	d, err := cpu.NewDevices(count, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	c := small()
	step, err := pix2pix.TrainStep(c, batch, c.ImageSize, c.ImageSize, pix2pix.StepOptions{Devices: count})
	if err != nil {
		t.Fatal(err)
	}
	if err := step.Parameters.Store(d, 1); err != nil {
		t.Fatal(err)
	}
	needed, err := d.Estimate(step.Graph)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(step.Graph)
	if err != nil {
		t.Fatal(err)
	}
	if p.Memory() != needed {
		t.Errorf("%d bytes estimated, %d taken", needed, p.Memory())
	}
	noise(p)
	device.Fill(p.Input("rate"), 2e-4)
	for i := range 3 {
		key := graph.Key(7, uint64(i+1))
		device.Fill(p.Input("key"), key[:]...)
		device.Fill(p.Input("step"), float32(i+1))
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for _, name := range step.Losses {
			losses = append(losses, p.Output(name)[0])
		}
	}
	_, kernel, err = d.Parameter("generator/encoder1/kernel")
	if err != nil {
		t.Fatal(err)
	}
	return losses, kernel
}

func TestDevicesHaveTheSameBitsForEveryNumberOfThreads(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 3} {
		want, _ := devicesStep(t, cpu.Options{Threads: 1}, count, 2)
		for _, threads := range []int{2, 7} {
			if got, _ := devicesStep(t, cpu.Options{Threads: threads}, count, 2); !slices.Equal(got, want) {
				t.Errorf("%d devices, %d threads: losses %v, with one thread %v", count, threads, got, want)
			}
		}
	}
}

// TestDevicesAreOneDevice: four pictures on one, two or four devices.
func TestDevicesAreOneDevice(t *testing.T) {
	t.Parallel()
	want, kernel := devicesStep(t, cpu.Options{Threads: 2}, 1, 4)
	for _, count := range []int{2, 4} {
		got, k := devicesStep(t, cpu.Options{Threads: 2}, count, 4/count)
		wantClose(t, "losses", got, want, 1e-4)
		wantClose(t, "encoder1's kernel", k, kernel, 2e-3)
	}
}

func wantClose(t *testing.T, what string, got, want []float32, tolerance float32) {
	t.Helper()
	for i := range want {
		if off := max(got[i]-want[i], want[i]-got[i]); !(off <= tolerance) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

func TestDevicesDoNotAllocate(t *testing.T) {
	d, err := cpu.NewDevices(2, cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	g := graph.New()
	x, key := g.Input("x", 2, 8, 8, 3), g.Input("key", graph.KeySize)
	g.Output("y", graph.DeviceMean(graph.Mul(x, graph.Mask(key, 0.5, 1, 2, 8, 8, 3))))
	p, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		p.Output("y")
	}); n != 0 {
		t.Errorf("a run allocates %g times", n)
	}
}

func TestNoDevices(t *testing.T) {
	t.Parallel()
	if _, err := cpu.NewDevices(0, cpu.Options{}); err == nil {
		t.Error("no devices are devices")
	}
}
