package zoo

import (
	"fmt"
	"regexp"
	"strings"

	"easel/internal/model/pix2pix"
)

// affinelayer's port to TensorFlow, and its versions for browsers. Its U-Net has a
// norm at the bottleneck too, and a bias at every convolution or, before mid-2017,
// at none. Its norms always run on the picture: nobody updates the stored
// statistics, which are 0 and 1 in every file.

// tensorFlowNames is a scheme of names; encoder and decoder layers are counted
// from the outermost, as the program does.
type tensorFlowNames struct {
	encoder, decoder            string // of a convolution's folder, with its number
	kernel, deconvolution, bias string // within
	// pointwise is the second half of a separable convolution. Its decoders repeat pixels
	// before a convolution.
	pointwise    string
	norm         func(levels, layer int, decoder bool) string
	scale, shift string
}

var affinelayer = tensorFlowNames{
	encoder: "generator/encoder_%d/", decoder: "generator/decoder_%d/",
	kernel: "conv2d/kernel", deconvolution: "conv2d_transpose/kernel", bias: "bias",
	norm: affinelayerNorm, scale: "gamma", shift: "beta",
}

func affinelayerNorm(_, layer int, decoder bool) string {
	return fmt.Sprintf("generator/%s_%d/batch_normalization/", side(decoder), layer)
}

// separableAffinelayer has the names of --separable_conv.
var separableAffinelayer = tensorFlowNames{
	encoder: "generator/encoder_%d/", decoder: "generator/decoder_%d/",
	kernel: "separable_conv2d/depthwise_kernel", deconvolution: "separable_conv2d/depthwise_kernel", bias: "bias",
	pointwise: "separable_conv2d/pointwise_kernel",
	norm:      affinelayerNorm, scale: "gamma", shift: "beta",
}

// oldAffinelayer has the names used before June 2017.
var oldAffinelayer = tensorFlowNames{
	encoder: "generator/encoder_%d/", decoder: "generator/decoder_%d/",
	kernel: "conv/filter", deconvolution: "deconv/filter",
	norm: func(_, layer int, decoder bool) string {
		return fmt.Sprintf("generator/%s_%d/batchnorm/", side(decoder), layer)
	},
	scale: "scale", shift: "offset",
}

// keras numbers layers of a kind as they run: decoders begin at the innermost, and
// norms are counted through.
var keras = tensorFlowNames{
	encoder: "conv2d_%d/", decoder: "conv2d_transpose_%d/",
	kernel: "kernel", deconvolution: "kernel", bias: "bias",
	norm: func(levels, layer int, decoder bool) string {
		if decoder {
			return fmt.Sprintf("batch_normalization_%d/", 2*levels-layer)
		}
		return fmt.Sprintf("batch_normalization_%d/", layer-1)
	},
	scale: "gamma", shift: "beta",
}

func side(decoder bool) string {
	if decoder {
		return "decoder"
	}
	return "encoder"
}

// outermost is the decoder layer's number in the names of a scheme: layer levels
// is the innermost.
func (f *tensorFlowNames) decoderAt(levels, layer int) string {
	if f == &keras {
		layer = levels - layer + 1
	}
	return fmt.Sprintf(f.decoder, layer)
}

// biasAt is the bias that goes with a kernel.
func biasAt(kernel string) string { return kernel[:strings.LastIndexByte(kernel, '/')+1] + "bias" }

// tensorFlowUNet recognises the four schemes.
func tensorFlowUNet(s *source, o ImportOptions) (*network, error) {
	for _, names := range []*tensorFlowNames{&affinelayer, &separableAffinelayer, &oldAffinelayer, &keras} {
		if s.has(fmt.Sprintf(names.encoder, 1) + names.kernel) {
			return names.network(s, o)
		}
	}
	return nil, nil
}

func (f *tensorFlowNames) network(s *source, o ImportOptions) (*network, error) {
	levels := 1
	for s.has(fmt.Sprintf(f.encoder, levels+1) + f.kernel) {
		levels++
	}
	if levels < 5 || levels > 12 {
		return nil, fmt.Errorf("a U-Net of %d levels; TensorFlow's have 8", levels)
	}
	first := fmt.Sprintf(f.encoder, 1) + f.kernel
	width, out := s.dim(first, 3), s.dim(f.decoderAt(levels, 1)+f.deconvolution, 2)
	if f.pointwise != "" {
		width, out = s.dim(fmt.Sprintf(f.encoder, 1)+f.pointwise, 3), s.dim(f.decoderAt(levels, 1)+f.pointwise, 3)
	}
	c := portConfig(1<<levels, s.dim(first, 2), out, width)
	if f.pointwise != "" {
		c.Upsample = pix2pix.Nearest
	}
	c.Norm, c.BottleneckNorm, c.EdgeBiases = pix2pix.NormBatch, true, true
	n := &network{
		name:   fmt.Sprintf("a U-Net of the TensorFlow port: %d levels, width %d", levels, c.Width),
		places: f.places(levels),
		idle:   tensorFlowIdle,
	}
	if o.NormStatistics == pix2pix.StoredStatistics {
		return nil, n.statistics(s, &c, o) // there are none that mean anything
	}
	c.Dropout = o.Dropout
	if o.Dropout == "" {
		c.Dropout = pix2pix.DropoutOff
		n.notes = append(n.notes, "dropout: off; the port has it at decoder layers 1 to 3, at test too, as dropout \"paper\" has it")
	}
	return n, n.describe(s, c, o)
}

func (f *tensorFlowNames) places(levels int) []place {
	var places []place
	norm := func(own string, layer int, decoder bool) {
		at := f.norm(levels, layer, decoder)
		places = append(places, place{own: own + "/norm/scale", theirs: at + f.scale}, place{own: own + "/norm/shift", theirs: at + f.shift})
	}
	bias := func(own, kernel string) {
		p := place{own: own + "/bias"} // 0 where the program had none
		if f.bias != "" {
			p.theirs = biasAt(kernel)
		}
		places = append(places, p)
	}
	for k := 1; k <= levels; k++ {
		own, kernel := fmt.Sprintf("generator/encoder%d", k), fmt.Sprintf(f.encoder, k)+f.kernel
		places = append(places, f.kernelPlace(own, kernel, rowsInOut))
		if k == 1 {
			bias(own, kernel)
		} else {
			norm(own, k, false)
		}
	}
	for j := 1; j <= levels; j++ {
		layer := levels - j + 1
		own, kernel := fmt.Sprintf("generator/decoder%d", j), f.decoderAt(levels, layer)+f.deconvolution
		at := f.kernelPlace(own, kernel, rowsOutIn)
		if f.pointwise != "" {
			// It sees one of the repeated pixels before and two after: of easel's 5×5 not the first.
			at.layout, at.side, at.from = rowsInOut, 4, 1
		}
		places = append(places, at)
		if layer == 1 {
			bias(own, kernel)
		} else {
			norm(own, layer, true)
		}
	}
	return places
}

// kernelPlace is a kernel, of two halves where convolutions are separable.
func (f *tensorFlowNames) kernelPlace(own, kernel string, l layout) place {
	at := place{own: own + "/kernel", theirs: kernel, layout: l}
	if f.pointwise != "" {
		at.pointwise = strings.TrimSuffix(kernel, f.kernel) + f.pointwise
	}
	return at
}

// notGenerator are the discriminator's tensors and what training left behind.
var notGenerator = regexp.MustCompile(`^(discriminator|generator_train|discriminator_train|.*_loss)(/|$)|^global_step$|^(beta[12]_power)(_1)?$|/Adam(_1)?$|/ExponentialMovingAverage$`)

// tensorFlowIdle says which tensors do nothing here: the biases that a norm takes
// off again, statistics that were never updated, and what is not the generator's.
func tensorFlowIdle(name string) bool {
	return strings.HasSuffix(name, "/bias") || strings.HasSuffix(name, "/moving_mean") || strings.HasSuffix(name, "/moving_variance") ||
		notGenerator.MatchString(name)
}
