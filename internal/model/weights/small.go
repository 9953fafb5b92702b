package weights

import (
	"bytes"
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
	"easel/internal/model/weights/small"
)

// Small is the name of the network that is part of easel, in place of a file: VGG-19 with
// convolutions of low rank, distilled from the whole one. See "Small networks" in package vgg.
const Small = "small"

// HasSmall reports whether this build has the small network; those with the tag nosmall do
// not.
func HasSmall() bool { return len(small.File) > 0 }

// openSmall reads the network that is part of easel.
func openSmall(kind vgg.Kind) (*vgg.Weights, About, error) {
	if !HasSmall() {
		return nil, About{}, hint.New(
			errors.New("this easel was built without its small network (tag nosmall)"),
			"{run weights fetch vgg19} downloads VGG-19, {weights=random} needs nothing",
		)
	}
	file, err := safetensors.NewReader(Small, bytes.NewReader(small.File), int64(len(small.File)))
	if err != nil {
		return nil, About{}, err
	}
	return read(Small, "", file, kind)
}

// OpenFull is Open for uses that compare features one by one, for which a small network,
// which only stands in for VGG-19 in style transfer, is refused.
func OpenFull(path string, kind vgg.Kind) (*vgg.Weights, About, error) {
	w, about, err := Open(path, kind)
	if err == nil && w.Rank > 0 {
		err = hint.New(
			fmt.Errorf("%s: a small network does for style transfer, but not here", path),
			"{run weights fetch vgg19} downloads VGG-19",
		)
	}
	return w, about, err
}
