package train_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// shared is a run of four pairs a step, with noise and dropout.
func shared(t *testing.T, data string, norm pix2pix.NormKind, devices int) train.Options {
	t.Helper()
	o := tiny(t, data)
	o.Network.Norm, o.Network.NoiseChannels = norm, 1
	o.Devices, o.Batch = devices, 4/devices
	o.Length = train.Length{Steps: 4}
	return o
}

func wantSameLosses(t *testing.T, got, want string) {
	t.Helper()
	_, a := log(t, got)
	_, b := log(t, want)
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d and %d steps", len(a), len(b))
	}
	for i := range a {
		var x, y map[string]float64
		if json.Unmarshal([]byte(a[i]), &x) != nil || json.Unmarshal([]byte(b[i]), &y) != nil || len(x) != len(y) || len(x) == 0 {
			t.Fatalf("losses %s and %s", a[i], b[i])
		}
		for name := range y {
			if off := math.Abs(x[name] - y[name]); !(off <= 1e-4*(1+math.Abs(y[name]))) {
				t.Errorf("step %d, %s: %v, on one device %v", i+1, name, x[name], y[name])
			}
		}
	}
}

// wantSameTensors wants checkpoints of the same tensors, with about the same
// numbers.
func wantSameTensors(t *testing.T, a, b *safetensors.File) {
	t.Helper()
	if len(a.Tensors) != len(b.Tensors) {
		t.Fatalf("%d and %d tensors", len(a.Tensors), len(b.Tensors))
	}
	for i, x := range a.Tensors {
		y := b.Tensors[i]
		if x.Name != y.Name || !slices.Equal(x.Shape, y.Shape) {
			t.Fatalf("%s %v, on one device %s %v", x.Name, x.Shape, y.Name, y.Shape)
		}
		for j := range y.Data {
			if off := math.Abs(float64(x.Data[j] - y.Data[j])); !(off <= 2e-3) {
				t.Fatalf("%s differs at %d: %v and %v", x.Name, j, x.Data[j], y.Data[j])
			}
		}
	}
}

// TestDevicesShareAStep: four pairs on one, two or four devices are one run.
func TestDevicesShareAStep(t *testing.T) {
	t.Parallel()
	data := pairs(t, 8, 2)
	for _, norm := range []pix2pix.NormKind{pix2pix.NormAuto, pix2pix.NormInstance, pix2pix.NormNone} {
		t.Run(string(norm), func(t *testing.T) {
			t.Parallel()
			one := shared(t, data, norm, 1)
			mustTrain(t, one, nil)
			want, _ := weights(t, one.Out)
			for _, devices := range []int{2, 4} {
				o := shared(t, data, norm, devices)
				mustTrain(t, o, func(e train.Event) {
					if e.Kind == train.Started && e.Facts.Devices != devices {
						t.Errorf("started on %d devices, not %d", e.Facts.Devices, devices)
					}
				})
				wantSameLosses(t, o.Out, one.Out)
				got, _ := weights(t, o.Out)
				wantSameTensors(t, got, want)
			}
		})
	}
}

// TestADeviceOfItsOwnStatistics: without sync_norm the number of devices shows.
func TestADeviceOfItsOwnStatistics(t *testing.T) {
	t.Parallel()
	data := pairs(t, 8, 2)
	var first [2]string
	for i, sync := range []bool{true, false} {
		o := shared(t, data, pix2pix.NormBatch, 2)
		o.SyncNorm, o.Length = sync, train.Length{Steps: 1}
		mustTrain(t, o, nil)
		_, losses := log(t, o.Out)
		first[i] = losses[0]
	}
	if first[0] == first[1] {
		t.Errorf("both have losses %s", first[0])
	}
}

// TestResumeOnOtherDevices: a run goes on where it was on the same number of
// devices with the same bits, and on another with the same numbers to rounding.
func TestResumeOnOtherDevices(t *testing.T) {
	t.Parallel()
	data := pairs(t, 8, 2)
	whole := shared(t, data, pix2pix.NormAuto, 2)
	mustTrain(t, whole, nil)
	want, _ := weights(t, whole.Out)
	for _, devices := range []int{2, 1, 4} {
		o := shared(t, data, pix2pix.NormAuto, 2)
		o.Length.Steps = 2
		mustTrain(t, o, nil)
		again := resume(t, o.Out, 4)
		again.Devices, again.Batch = devices, 4/devices
		again.Threads = 2
		mustTrain(t, again, nil)
		got, step := weights(t, o.Out)
		if step != 4 {
			t.Errorf("ends at step %d", step)
		}
		wantSameLosses(t, o.Out, whole.Out)
		if devices == 2 {
			sameBits(t, got, want)
		} else {
			wantSameTensors(t, got, want)
		}
	}
}

func TestResumeRefusesAnotherStep(t *testing.T) {
	t.Parallel()
	data := pairs(t, 8, 2)
	o := shared(t, data, pix2pix.NormAuto, 2)
	o.Length.Steps = 1
	mustTrain(t, o, nil)
	for _, change := range []func(o *train.Options){
		func(o *train.Options) { o.Devices = 4 },
		func(o *train.Options) { o.Devices = 0 }, // all: the processor is one
		func(o *train.Options) { o.SyncNorm, o.Devices, o.Batch = false, 4, 1 },
	} {
		again := resume(t, o.Out, 2)
		change(&again)
		err := train.Train(t.Context(), again, nil)
		if err == nil || !strings.Contains(err.Error(), "batch 2 × devices 2") {
			t.Errorf("%d pairs on %d devices: %v", again.Batch, again.Devices, err)
		}
	}
}

func TestDevicesAreRecorded(t *testing.T) {
	t.Parallel()
	o := shared(t, pairs(t, 8, 2), pix2pix.NormInstance, 1)
	o.Devices, o.Length = 0, train.Length{Steps: 1}
	mustTrain(t, o, nil)
	text, err := os.ReadFile(filepath.Join(o.Out, "config.json"))
	if err != nil || !strings.Contains(string(text), `"devices": 1,`) {
		t.Errorf("all devices are recorded as %s, %v", text, err)
	}
	for devices, want := range map[int]string{-1: "devices is -1", 257: "devices is 257"} {
		o.Devices = devices
		if err := train.Train(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d devices: %v", devices, err)
		}
	}
	if s := fmt.Sprint(train.Default().Devices, train.Default().SyncNorm); s != "1 true" {
		t.Errorf("defaults %s", s)
	}
}

// TestDevicesShareClasses: so it is with networks that classify, some classes
// being ignored.
func TestDevicesShareClasses(t *testing.T) {
	t.Parallel()
	data := facades(t, 8)
	var one string
	for _, devices := range []int{1, 2} {
		o := labels(t, data)
		o.Devices, o.Batch, o.Length = devices, 4/devices, train.Length{Steps: 3}
		o.Ignore = []string{"0"}
		mustTrain(t, o, nil)
		if devices == 1 {
			one = o.Out
			continue
		}
		wantSameLosses(t, o.Out, one)
	}
}
