package zoo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/engine/graph"
	"easel/internal/file/pytorch"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// plain reports options that only ONNX has.
func (o ExportOptions) plain() error {
	switch {
	case o.Int8:
		return hint.New(errors.New("export: only ONNX files have weights in 8 bits"), "{half} is for every format")
	case o.Noise:
		return hint.New(errors.New("export: only ONNX files have inputs of noise"), "leave {noise} out")
	}
	return nil
}

// PyTorch writes a generator as the authors' PyTorch port saves its own, which
// loads it with strict=True: a U-Net with transposed convolutions, or a ResNet. It
// returns notes for the user. Anything that the port's networks have no place for is
// an error.
func PyTorch(m *stored.Model, path string, o ExportOptions) ([]string, error) {
	if err := o.plain(); err != nil {
		return nil, err
	}
	e := &portExport{model: m, config: m.Config.Network}
	list, err := e.tensors()
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", m.Path, err)
	}
	return e.notes, pytorch.Write(path, list, pytorch.WriteOptions{Half: o.Half})
}

type portExport struct {
	model  *stored.Model
	config pix2pix.Config
	notes  []string
}

// tensors are the state dict's.
func (e *portExport) tensors() ([]pytorch.Tensor, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	kind, err := e.norm()
	if err != nil {
		return nil, err
	}
	if e.config.EnhancerBlocks > 0 && kind != pix2pix.NormInstance {
		return nil, errors.New("pix2pixHD's local enhancer has instance norms that learn nothing, but this model's norms differ")
	}
	var list []pytorch.Tensor
	places := e.places(kind)
	for _, p := range places {
		shape, data, err := e.numbers(p)
		if err != nil {
			return nil, err
		}
		if p.theirs == "" || shape == nil {
			continue
		}
		list = append(list, pytorch.Tensor{Name: p.theirs, Shape: p.shape(shape), Data: p.toTheirs(data, shape)})
		if layer, ok := strings.CutSuffix(p.own, "/kernel"); ok && kind == pix2pix.NormInstance && !placed(places, layer+"/bias") {
			// Before an instance norm the port's convolutions have a bias, which does nothing.
			bias := make([]float32, shape.Channels())
			list = append(list, pytorch.Tensor{Name: strings.TrimSuffix(p.theirs, "weight") + "bias", Shape: []int{len(bias)}, Data: bias})
		}
	}
	if kind == pix2pix.NormBatch && e.config.NormStatistics != pix2pix.StoredStatistics {
		e.notes = append(e.notes, "running_mean and running_var are 0 and 1, because the model has none: run it without eval(), as the port's test.py does")
	}
	return list, nil
}

// check reports what the port's networks cannot represent.
func (e *portExport) check() error {
	c := e.config
	switch {
	case c.Generator != pix2pix.UNet && c.Generator != pix2pix.ResNet:
		return fmt.Errorf("the PyTorch port has no %s", c.Generator)
	case c.Upsample != pix2pix.Transposed || cmp.Or(c.PictureUpsample, pix2pix.Transposed) != pix2pix.Transposed:
		return errors.New("the PyTorch port's decoders have transposed convolutions, but this model's resizes its maps")
	case c.ActivatedSkips:
		return errors.New("the PyTorch port's skips are taken before the activation, but this model's after it")
	case c.Generator == pix2pix.UNet && c.Levels() < portFewest:
		return fmt.Errorf("the PyTorch port's U-Nets have %d levels or more, this one has %d", portFewest, c.Levels())
	case c.BottleneckNorm:
		return errors.New("the PyTorch port has no norm at the bottleneck, but this model has one")
	case c.NoiseChannels > 0:
		return errors.New("the PyTorch port has no channels of noise")
	case c.Classifies():
		return errors.New("the PyTorch port makes pictures, but this model makes classes; ONNX can hold both")
	}
	return nil
}

// norm is the port's norm that computes the same: a batch norm, or, where norms
// have learned nothing and the edges have biases, an instance norm.
func (e *portExport) norm() (pix2pix.NormKind, error) {
	neutral, biases := true, false
	var last string
	for _, p := range e.places(pix2pix.NormBatch) {
		last = p.own
	}
	for _, name := range e.model.Names() {
		if !strings.HasPrefix(name, "generator/") || strings.Contains(name, "/adam/") {
			continue
		}
		scale, shift := strings.HasSuffix(name, "/norm/scale"), strings.HasSuffix(name, "/norm/shift")
		edge := strings.HasSuffix(name, "/bias") && name != last
		if !scale && !shift && !edge {
			continue
		}
		_, data, err := e.model.Tensor(name)
		if err != nil {
			return "", err
		}
		for _, v := range data {
			neutral = neutral && (edge || scale && v == 1 || shift && v == 0)
			biases = biases || edge && v != 0
		}
	}
	switch {
	case e.config.Norm == pix2pix.NormNone && biases:
		return "", errors.New("the PyTorch port has no biases without norms, but this model's have an effect")
	case e.config.Norm == pix2pix.NormNone:
		return pix2pix.NormNone, nil
	case neutral && (e.config.EdgeBiases || e.config.Generator == pix2pix.ResNet):
		return pix2pix.NormInstance, nil
	case biases:
		return "", errors.New("the PyTorch port has no biases with batch norms, but this model's first and innermost layers have them")
	}
	return pix2pix.NormBatch, nil
}

// places are the same as in the import; the last is the last convolution's bias.
func (e *portExport) places(kind pix2pix.NormKind) []place {
	c := e.config
	if c.Generator == pix2pix.ResNet {
		r := newResnetLayers(c.Blocks, cmp.Or(c.Downsamplings, 2), c.EnhancerBlocks)
		r.norm, r.dropout = kind, c.Dropout != pix2pix.DropoutOff
		return r.places()
	}
	levels := c.Levels()
	places := unetPlaces(levels, kind, portUNetNames(levels))
	if kind != pix2pix.NormInstance {
		return places
	}
	last := len(places) - 1
	return slices.Insert(places, last, portEdgeBiases(levels)...)
}

// numbers are a place's, of the model or what stands for them; nothing where the
// port has no such tensor.
func (e *portExport) numbers(p place) (graph.Shape, []float32, error) {
	if shape, ok := e.model.Shape(p.own); ok {
		_, data, err := e.model.Tensor(p.own)
		return shape, data, err
	}
	layer, mean := strings.CutSuffix(p.own, "/norm/mean")
	layer, variance := strings.CutSuffix(layer, "/norm/variance")
	if !mean && !variance {
		return nil, nil, nil
	}
	shape, _ := e.model.Shape(layer + "/norm/scale")
	data := make([]float32, shape.Size())
	for i := range data {
		if variance {
			data[i] = 1
		}
	}
	return shape, data, nil
}

func placed(places []place, own string) bool {
	return slices.ContainsFunc(places, func(p place) bool { return p.own == own })
}
