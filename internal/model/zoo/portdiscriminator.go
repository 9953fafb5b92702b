package zoo

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
)

// withDiscriminator adds the port's patch discriminator of a file to a generator, so
// that training can continue with both.
func (m *Imported) withDiscriminator(path string) error {
	if m.Style != nil {
		return errors.New("a network of a style has no discriminator")
	}
	s, err := open(path)
	if err != nil {
		return err
	}
	err = m.addDiscriminator(s)
	if err := errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	return nil
}

func (m *Imported) addDiscriminator(s *source) error {
	c := m.Config.Network
	at := []int{0} // the convolutions' places; a norm and a rectifier follow each but the first
	for next := 2; s.dim(layerAt(next)+".weight", 3) > 0; next += 3 {
		at = append(at, next)
	}
	if len(at) < 3 {
		return fmt.Errorf("it is not a patch discriminator of the PyTorch port; %s", s.list())
	}
	kind := pix2pix.NormNone
	switch {
	case s.dim("model.3.weight", 0) > 0:
		kind = pix2pix.NormBatch
	case s.has("model.2.bias"):
		kind = pix2pix.NormInstance
	}
	if (kind == pix2pix.NormNone) != (c.Norm == pix2pix.NormNone) {
		return fmt.Errorf("its norm is %s, but the generator's is %s: they were not trained together", kind, c.Norm)
	}
	c.Discriminator, c.PatchLayers, c.DiscriminatorWidth = pix2pix.Patch, len(at)-2, s.dim("model.0.weight", 0)
	if s.dim("model.0.weight", 1) == c.OutputChannels {
		c.Objective = pix2pix.L1.With(pix2pix.GAN) // it does not see the input
	}
	n := &network{name: "a patch discriminator of the PyTorch port", idle: portIdle(kind), places: discriminatorPlaces(at, kind)}
	parameters, err := discriminatorParameters(c)
	if err != nil {
		return err
	}
	if err := n.checkPlaces(s, parameters); err != nil {
		return err
	}
	list, err := s.readAll(n, parameters)
	if err != nil {
		return err
	}
	m.Config.Network = c
	m.Tensors = append(m.Tensors, list...)
	return nil
}

// discriminatorPlaces are its tensors in a file of the port's.
func discriminatorPlaces(at []int, kind pix2pix.NormKind) []place {
	var places []place
	for i, layer := range at {
		own, conv := fmt.Sprintf("discriminator/layer%d", i+1), layerAt(layer)
		places = append(places, place{own: own + "/kernel", theirs: conv + ".weight", layout: outInRows})
		edge := i == 0 || i == len(at)-1
		bias := place{own: own + "/bias"}
		if edge {
			bias.theirs = conv + ".bias" // the port has the others before instance norms only, where they do nothing
		}
		places = append(places, bias)
		if !edge {
			places = append(places, portNorm(own, layerAt(layer+1), kind)...)
		}
	}
	return places
}

// discriminatorParameters are the weights of a configuration's discriminator.
func discriminatorParameters(c pix2pix.Config) (nn.Parameters, error) {
	var parameters nn.Parameters
	_, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		x, y := g.Input("a", 1, c.ImageSize, c.ImageSize, c.InputChannels), g.Input("b", 1, c.ImageSize, c.ImageSize, c.OutputChannels)
		g.Output("map", pix2pix.Discriminator(scope.Sub("discriminator"), c, x, y, pix2pix.Mode{Statistics: graph.PerPicture}))
		parameters = scope.Parameters()
	})
	return parameters, err
}

// readAll reads a network's tensors.
func (s *source) readAll(n *network, parameters nn.Parameters) ([]safetensors.Tensor, error) {
	var list []safetensors.Tensor
	for _, p := range parameters {
		at, _ := n.placeOf(p.Name)
		data, err := s.read(at, p)
		if err != nil {
			return nil, err
		}
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: data})
	}
	return list, nil
}
