package experiment

import (
	"fmt"
	"path/filepath"

	"easel/internal/file/digest"
	"easel/internal/work/eval"
)

// VGG is a file of VGG-19's weights: the network of perceptual losses, and of distances
// between the distributions of outputs and targets.
type VGG struct {
	Path string
	// Contents is a hash of the file.
	Contents string
}

// openVGG describes a file; there is none without a path. What is inside is checked by the
// jobs that read it, the first of which is a training.
func openVGG(path string) (*VGG, error) {
	if path == "" {
		return nil, nil
	}
	sum, err := digest.File(path)
	if err != nil {
		return nil, fmt.Errorf("weights of VGG-19: %w", err)
	}
	return &VGG{Path: path, Contents: sum}, nil
}

// distanceLayers are the layers by which distributions are compared: texture, parts of
// objects, objects.
func distanceLayers() []string { return []string{"relu2_1", "relu3_1", "relu4_1"} }

// features names the layers as evaluations do.
func (v *VGG) features() []string {
	var list []string
	for _, layer := range distanceLayers() {
		list = append(list, v.Path+":"+layer)
	}
	return list
}

// columns are the distances by the layers, and between each output and its target.
func (v *VGG) columns() []Column {
	var list []Column
	for _, layer := range distanceLayers() {
		key := eval.KernelKey(filepath.Base(v.Path) + ":" + layer)
		list = append(list, Column{Key: string(key), Title: "Kernel " + layer, Better: "lower", Digits: 3})
	}
	return append(list, Column{Key: string(eval.Perceptual), Title: "Perceptual", Better: "lower", Digits: 3})
}
