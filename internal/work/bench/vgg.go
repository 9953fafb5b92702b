package bench

import (
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

// The layers of style transfer as in §3 of Gatys et al. 2016.
const contentLayer = "relu4_2"

var styleLayers = []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}

// features is VGG-19 with untrained weights, as far as relu5_1, on one picture
// of size×size.
func features(g *graph.Graph, size int) (picture *graph.Node, layers map[string]*graph.Node, weights nn.Parameters) {
	scope := nn.NewScope(g)
	picture = g.Input("picture", 1, size, size, 3)
	layers = vgg.Features(scope.Sub("vgg"), vgg.Default(), picture, append(styleLayers, contentLayer)...)
	return picture, layers, scope.Parameters()
}

// vggForward evaluates the layers that the losses read, and nothing after them.
func vggForward(size int) (*graph.Graph, nn.Parameters, error) {
	var weights nn.Parameters
	g, err := graph.Build(func(g *graph.Graph) {
		var layers map[string]*graph.Node
		_, layers, weights = features(g, size)
		for _, name := range append(styleLayers, contentLayer) {
			g.Output(name, layers[name])
		}
	})
	return g, weights, err
}

// vggGradient evaluates the loss with five Gram matrices and one content layer, and its
// gradient with respect to the pixels.
func vggGradient(size int) (*graph.Graph, nn.Parameters, error) {
	var weights nn.Parameters
	g, err := graph.Build(func(g *graph.Graph) {
		var layers map[string]*graph.Node
		var picture *graph.Node
		picture, layers, weights = features(g, size)
		content := layers[contentLayer]
		loss := graph.L2(content, g.Input("content", content.Shape()...))
		for _, name := range styleLayers {
			f := layers[name]
			gram := graph.Scale(graph.Gram(f), 1/float32(f.Shape().Positions()))
			loss = graph.Add(loss, graph.L2(gram, g.Input("style/"+name, gram.Shape()...)))
		}
		g.Output("loss", loss)
		g.Output("gradient", graph.Gradient(loss, picture)[0])
	})
	return g, weights, err
}
