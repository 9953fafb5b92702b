package zoo

import (
	"errors"
	"fmt"
	"strings"

	"easel/internal/file/torch7"
)

// formatTorch7 is the format that torch7UNet reads.
const formatTorch7 = "Torch 7"

// torch7Net is a file of Torch 7 with a network.
type torch7Net struct {
	*ordered
	modules []*torch7.Object
	// options are those of the program that wrote it, or nil.
	options *torch7.Table
}

// openTorch7 has the weights of a network's modules in the order in which they
// run: "1:SpatialConvolution.weight".
func openTorch7(path string) (*torch7Net, error) {
	f, err := torch7.Open(path)
	if err != nil {
		return nil, err
	}
	n, err := newTorch7Net(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return n, nil
}

func newTorch7Net(f *torch7.File) (*torch7Net, error) {
	modules, err := modulesOf(f.Root)
	if err != nil {
		return nil, err
	}
	n := &torch7Net{ordered: newOrdered(f.Close), modules: modules}
	if t, ok := f.Root.(*torch7.Table); ok {
		n.options, _ = t.Get("opt").(*torch7.Table)
	}
	for i, m := range modules {
		fields := []string{"weight", "bias"}
		if classOf(m) == "SpatialBatchNormalization" {
			fields = append(fields, "running_mean", "running_var")
		}
		for _, field := range fields {
			t, ok := m.Fields().Get(field).(*torch7.Tensor)
			if ok && len(t.Shape) > 0 && t.Shape[0] > 0 {
				n.add(moduleName(i, m)+"."+field, kernelShape(m, t.Shape), func() ([]float32, error) { return f.Floats(t) })
			}
		}
	}
	return n, nil
}

// classOf is a module's class, whether of nn or of cudnn.
func classOf(m *torch7.Object) string {
	_, class, _ := strings.Cut(m.Class, ".")
	return class
}

// moduleName is what the tensors of module i, from 0, are called.
func moduleName(i int, m *torch7.Object) string { return fmt.Sprintf("%d:%s", i+1, classOf(m)) }

// kernelShape is [out, in, height, width] also where an older Torch kept a kernel
// as a matrix.
func kernelShape(m *torch7.Object, shape []int) []int {
	f := m.Fields()
	in, height, width := int(f.Number("nInputPlane")), int(f.Number("kH")), int(f.Number("kW"))
	if len(shape) == 2 && in > 0 && height > 0 && width > 0 && shape[1] == in*height*width {
		return []int{shape[0], in, height, width}
	}
	return shape
}

// modulesOf are the leaves of a network, in the order in which they run.
func modulesOf(root any) ([]*torch7.Object, error) {
	o, ok := root.(*torch7.Object)
	if !ok {
		if t, isTable := root.(*torch7.Table); isTable {
			return modulesOf(t.Get("model"))
		}
		return nil, errors.New("it holds no network")
	}
	var leaves []*torch7.Object
	seen := map[*torch7.Object]bool{}
	var visit func(o *torch7.Object)
	visit = func(o *torch7.Object) {
		if o == nil || seen[o] {
			return
		}
		seen[o] = true
		inside, _ := o.Fields().Get("modules").(*torch7.Table)
		list := inside.List()
		if len(list) == 0 {
			list = nodeModules(o)
		}
		if len(list) == 0 {
			leaves = append(leaves, o)
		}
		for _, m := range list {
			child, _ := m.(*torch7.Object)
			visit(child)
		}
	}
	visit(o)
	return leaves, nil
}

// nodeModules are the modules of an old nngraph, which are kept in its nodes.
func nodeModules(o *torch7.Object) []any {
	nodes, _ := o.Fields().Get("forwardnodes").(*torch7.Table)
	var list []any
	for _, n := range nodes.List() {
		node, _ := n.(*torch7.Object)
		data, _ := node.Fields().Get("data").(*torch7.Table)
		if m := data.Get("module"); m != nil {
			list = append(list, m)
		}
	}
	return list
}
