package distill

import (
	"strings"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

// The scopes of the parameters on the device.
const (
	teacherScope = "teacher"
	studentScope = "student"
)

// styled are the layers whose Gram matrices count: those of the papers.
var styled = map[string]bool{"relu1_1": true, "relu2_1": true, "relu3_1": true, "relu4_1": true, deepest: true}

// minor is the weight of a layer that style transfer compares only if it is told to.
const minor = 0.3

// major are the layers that it compares by default.
func major(layer string) bool { return styled[layer] || layer == "relu4_2" }

// step is a training step, or with no update a judgement. Its input is picture [batch, crop,
// crop, 3], and with an update the scalars rate and step. Its outputs are the scalars
// feature/<layer>, the error of the student relative to the teacher's mean square,
// gram/<layer>, the same of Gram matrices, and loss.
type step struct {
	graph      *graph.Graph
	parameters nn.Parameters
}

var adam = nn.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}

func (o Options) step(c vgg.Config, batch int, update bool) (*step, error) {
	s := &step{}
	var err error
	s.graph, err = graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		loss := o.losses(scope, c, g.Input("picture", batch, o.Crop, o.Crop, 3))
		g.Output("loss", loss)
		if update {
			updates := nn.Gradients(loss, learning(scope.Parameters()))
			adam.Step(scope, updates, g.Input("rate"), g.Input("step"))
		}
		s.parameters = scope.Parameters()
	})
	return s, err
}

// losses adds both networks to the graph, and returns the sum of the losses.
func (o Options) losses(scope *nn.Scope, c vgg.Config, x *graph.Node) (total *graph.Node) {
	g := scope.Graph()
	names := rectified()
	whole := vgg.Features(scope.Sub(teacherScope), c, x, names...)
	c.Rank = o.Rank
	small := vgg.Features(scope.Sub(studentScope), c, x, names...)
	add := func(kind, name string, loss *graph.Node, weight float64) {
		g.Output(kind+"/"+name, loss)
		loss = graph.Scale(loss, float32(weight))
		if total != nil {
			loss = graph.Add(total, loss)
		}
		total = loss
	}
	for _, name := range names {
		target, own := whole[name], small[name]
		weight := minor
		if major(name) {
			weight = 1
		}
		add("feature", name, graph.L2(own, target), weight) // the target's mean square is 1
		if styled[name] {
			add("gram", name, relative(graph.Gram(own), graph.Gram(target)), o.GramWeight)
		}
	}
	return total
}

// relative is the squared error of x relative to the square of y.
func relative(x, y *graph.Node) *graph.Node {
	return graph.Mul(graph.L2(x, y), graph.Pow(graph.Mean(graph.Mul(y, y)), -1))
}

// learning are the parameters that a step changes: the student's, without the first
// convolution and the mean colour, which are the teacher's.
func learning(all nn.Parameters) (list nn.Parameters) {
	for _, p := range all.Under(studentScope).Trainable() {
		if !strings.HasPrefix(p.Name, studentScope+"/conv1_1/") && !strings.HasSuffix(p.Name, "/shift") {
			list = append(list, p)
		}
	}
	return list
}
