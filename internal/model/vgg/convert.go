package vgg

import "fmt"

// Kind is the preprocessing that a network was trained with.
type Kind string

// The two common kinds of weights. The numbers do not reveal which one they are.
const (
	// Torchvision weights see RGB, 0 to 1, minus ImageNet's mean and divided by
	// its deviation.
	Torchvision Kind = "torchvision"
	// Caffe weights, those of the paper's authors, see BGR, 0 to 255, minus
	// ImageNet's mean.
	Caffe Kind = "caffe"
)

// Kinds are the names of the kinds.
func Kinds() []Kind { return []Kind{Torchvision, Caffe} }

// preprocessing is (picture − mean)·scale, of RGB in 0 to 1.
type preprocessing struct {
	mean, scale [3]float64
	// bgr is set where the kernel's input channels are blue, green, red.
	bgr bool
}

func (k Kind) preprocessing() (preprocessing, error) {
	switch k {
	case Torchvision:
		return preprocessing{
			mean:  [3]float64{0.485, 0.456, 0.406},
			scale: [3]float64{1 / 0.229, 1 / 0.224, 1 / 0.225},
		}, nil
	case Caffe:
		return preprocessing{
			mean:  [3]float64{123.68 / 255, 116.779 / 255, 103.939 / 255},
			scale: [3]float64{255, 255, 255},
			bgr:   true,
		}, nil
	}
	return preprocessing{}, fmt.Errorf("unknown kind of weights %q: expected %s or %s", k, Torchvision, Caffe)
}

// FromOIHW makes Weights from those of the given kind and width whose kernels are laid out
// as in Caffe and PyTorch, [out, in, 3, 3]. Convolving (x − mean)·s with a kernel equals
// convolving x − mean with s times the kernel, so scale and channel order become part of
// conv1_1. The arguments do not change.
func FromOIHW(kind Kind, width int, filters []Filter) (*Weights, error) {
	p, err := kind.preprocessing()
	if err != nil {
		return nil, err
	}
	w := &Weights{Width: width, Filters: filters}
	if err := w.Validate(); err != nil {
		return nil, err
	}
	w.Filters = make([]Filter, len(filters))
	for i, f := range filters {
		shape, _ := KernelShape(f.Layer, width)
		w.Filters[i] = Filter{Layer: f.Layer, Kernel: toHWIO(f.Kernel, shape[2], shape[3]), Bias: append([]float32(nil), f.Bias...)}
	}
	for c := range w.Mean {
		w.Mean[c] = float32(p.mean[c])
	}
	p.foldInto(w.Filters[0].Kernel, width)
	return w, nil
}

// toHWIO converts [out, in, 3, 3] to [3, 3, in, out].
func toHWIO(kernel []float32, in, out int) []float32 {
	moved := make([]float32, len(kernel))
	for o := range out {
		for i := range in {
			for tap := range 9 {
				moved[(tap*in+i)*out+o] = kernel[(o*in+i)*9+tap]
			}
		}
	}
	return moved
}

// foldInto makes the kernel [3, 3, 3, out] of conv1_1 one for RGB minus mean.
func (p preprocessing) foldInto(kernel []float32, out int) {
	for tap := range 9 {
		rows := kernel[tap*3*out:][:3*out]
		if p.bgr {
			for o := range out {
				rows[o], rows[2*out+o] = rows[2*out+o], rows[o]
			}
		}
		for c, scale := range p.scale {
			for o := range out {
				rows[c*out+o] = float32(float64(rows[c*out+o]) * scale)
			}
		}
	}
}
