package device_test

import (
	"errors"
	"testing"

	"easel/internal/engine/device"
)

// lost is a program whose device is gone.
type lost struct{ device.Program }

var errLost = errors.New("the device is lost")

func (lost) Read(string) ([]float32, error) { return nil, errLost }

// kept is a program whose outputs are there.
type kept struct{ device.Program }

func (kept) Output(string) []float32 { return []float32{1, 2} }

func TestRead(t *testing.T) {
	t.Parallel()
	if _, err := device.Read(lost{}, "y"); !errors.Is(err, errLost) {
		t.Errorf("error %v", err)
	}
	if v, err := device.Read(kept{}, "y"); err != nil || len(v) != 2 {
		t.Errorf("%v, %v", v, err)
	}
}
