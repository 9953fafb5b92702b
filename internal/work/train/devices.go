package train

import (
	"fmt"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/model/pix2pix"
)

// A run on several devices is data-parallel: each device has the whole network and its
// share of every step's pairs, gradients are averaged within the step, and noise is drawn
// as for the whole batch. So losses and weights equal, up to rounding, those of one device
// with the whole batch, and a checkpoint does not depend on devices.

// maxDevices keeps a typing error from opening too many.
const maxDevices = 256

// pairsInStep is the batch of all devices together. The number of devices must be resolved.
func (o Options) pairsInStep() int { return o.Batch * max(o.Devices, 1) }

func (o Options) stepOptions() pix2pix.StepOptions {
	return pix2pix.StepOptions{Devices: o.Devices, LocalStatistics: !o.SyncNorm}
}

// sameStep reports whether two ways of sharing a step among devices are equivalent: the
// same number of pairs, and no statistics per device.
func (o Options) sameStep(other Options) bool {
	if o.Batch == other.Batch && o.Devices == other.Devices {
		return true
	}
	local := func(o Options) bool {
		return !o.SyncNorm && o.Devices > 1 && (o.Network.Norm == pix2pix.NormBatch || o.Network.Norm == pix2pix.NormAuto)
	}
	return o.pairsInStep() == other.pairsInStep() && !local(o) && !local(other)
}

// sharing describes in words how a step is shared.
func (o Options) sharing() *option.Error {
	l := o.Declared()
	return option.Errorf("%v %d × %v %d with %v %v", l.Name(&o.Batch), o.Batch, l.Name(&o.Devices), o.Devices, l.Name(&o.SyncNorm), o.SyncNorm)
}

// resolveDevices replaces "all" with a number.
func (o Options) resolveDevices() (Options, error) {
	if o.Devices > 0 {
		return o, nil
	}
	all, err := backend.Count(o.Backend)
	if err != nil {
		return o, fmt.Errorf("open backend %s: %w", o.Backend, err)
	}
	o.Devices = all
	return o, nil
}

// openDevice opens the devices of a run. Several CPU devices are virtual: they share the
// cores.
func openDevice(o Options) (device.Device, error) {
	precision, err := device.ParsePrecision(o.Precision)
	if err != nil {
		return nil, err
	}
	d, err := backend.Open(o.Backend, backend.Options{Threads: o.Threads, Devices: o.Devices, Precision: precision})
	if err != nil {
		return nil, fmt.Errorf("open backend %s: %w", o.Backend, err)
	}
	return d, nil
}
