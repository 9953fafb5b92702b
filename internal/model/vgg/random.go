package vgg

import (
	"errors"

	"easel/internal/engine/device"
	"easel/internal/model/nn"
)

// randomMean is the colour that an untrained network subtracts: grey.
const randomMean = 0.5

// Random makes an untrained network: He-normal kernels of mean zero without bias, the same
// for the same seed on every machine. Random networks preserve texture and palette of a
// picture well (He, Wang, Hopcroft 2016; Ustyuzhaninov et al. 2016) once their layers have
// a common scale: see Normalise, with the means over the very pictures that they will see.
//
// RandomFor does both.
//
// A filter of mean zero ignores the common brightness of its input. After a ReLU, that
// brightness is most of the signal, and it would be the same in every channel.
func Random(width int, seed uint64) *Weights {
	w := &Weights{Width: width, Mean: [3]float32{randomMean, randomMean, randomMean}}
	for _, name := range layers[len(layers)-1].Convolutions() {
		shape, out := KernelShape(name, width)
		p := nn.Parameter{Name: name + "/kernel", Shape: shape, Init: heNormal(shape[2])}
		kernel := p.Initialise(seed)
		centre(kernel, out)
		w.Filters = append(w.Filters, Filter{Layer: name, Kernel: kernel, Bias: make([]float32, out)})
	}
	return w
}

// RandomFor makes an untrained network and rescales its layers: every filter has the mean
// activation 1 over the given pictures, which should be those to process. The losses of all
// layers then have comparable weight, which such networks lack most (He, Wang, Hopcroft
// 2016). The network has the width and borders of c; the device is used as by NewMeter.
func RandomFor(d device.Device, c Config, seed uint64, pictures ...Picture) (w *Weights, err error) {
	random := Random(c.Width, seed)
	m := NewMeter(d, c, random)
	defer func() { err = errors.Join(err, m.Close()) }()
	for _, p := range pictures {
		if err := m.Add(p); err != nil {
			return nil, err
		}
	}
	means, err := m.Means()
	if err != nil {
		return nil, err
	}
	return Normalise(random, means)
}

// centre subtracts its mean from each filter of kernel [3, 3, in, out].
func centre(kernel []float32, out int) {
	mean := make([]float64, out)
	for i, v := range kernel {
		mean[i%out] += float64(v)
	}
	for i := range kernel {
		kernel[i] -= float32(mean[i%out] / float64(len(kernel)/out))
	}
}
