package pull

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"easel/internal/base/hint"
)

// Item is a known file.
type Item struct {
	// Name is the name to ask for; names of data sets begin with "data/".
	Name string `json:"name"`
	// About says what it is, and Licence what its origin says of its use.
	About   string `json:"about"`
	Licence string `json:"licence"`
	URL     string `json:"url"`
	// Size is about how large it is, in bytes.
	Size int64 `json:"size"`
	// SHA256, in hexadecimal, where it is known beforehand.
	SHA256 string `json:"sha256,omitempty"`
}

// Data reports whether it is a data set.
func (i Item) Data() bool { return strings.HasPrefix(i.Name, dataPrefix) }

const dataPrefix = "data/"

// file is its name in the cache.
func (i Item) file() string {
	return strings.ReplaceAll(i.Name, "/", "-") + "-" + path.Base(i.URL)
}

// Where the authors keep their files.
const (
	authors  = "http://efrosgans.eecs.berkeley.edu/"
	onnxZoo  = "https://github.com/onnx/models/raw/main/validated/vision/style_transfer/fast_neural_style/model/"
	megabyte = 1_000_000
)

// Sizes of models: a U-Net of the port, and a ResNet of nine blocks.
const (
	unetSize   = 217_726_887
	resnetSize = 46 * megabyte
	styleSize  = 6_728_029
)

// Items are all known files, models first. Sizes of models are those of their
// networks; of data sets they are rounded.
func Items() []Item {
	var list []Item
	for _, m := range []struct{ name, about string }{
		{"facades_label2photo", "façades from labels (direction BtoA)"}, {"edges2shoes", "shoes from outlines"},
		{"sat2map", "maps from aerial photographs"}, {"map2sat", "aerial photographs from maps"}, {"day2night", "night from day"},
	} {
		list = append(list, Item{m.name, "pix2pix: " + m.about, "BSD-2-Clause code; the weights as their data", authors + "pix2pix/models-pytorch/" + m.name + ".pth", unetSize, ""})
	}
	for _, name := range []string{
		"apple2orange", "orange2apple", "summer2winter_yosemite", "winter2summer_yosemite", "horse2zebra", "zebra2horse", "monet2photo",
		"style_monet", "style_cezanne", "style_ukiyoe", "style_vangogh", "iphone2dslr_flower",
		"sat2map", "map2sat", "cityscapes_photo2label", "cityscapes_label2photo", "facades_photo2label", "facades_label2photo",
	} {
		list = append(list, Item{"cyclegan/" + name, "CycleGAN: " + strings.ReplaceAll(name, "2", " to "), "BSD-2-Clause code; the weights as their data", authors + "cyclegan/pretrained_models/" + name + ".pth", resnetSize, ""})
	}
	for _, name := range []string{"mosaic", "candy", "rain-princess", "udnie", "pointilism"} {
		list = append(list, Item{"style/" + name, "a style of fast_neural_style", "BSD-3-Clause", onnxZoo + name + "-9.onnx", styleSize, ""})
	}
	for _, d := range []struct {
		name, about, licence string
		size                 int64
	}{
		{"facades", "400 façades and their labels (CMP Facade Database)", "see cmp.felk.cvut.cz/~tylecr1/facade", 30 * megabyte},
		{"cityscapes", "2975 streets and their labels", "non-commercial: cityscapes-dataset.com/license", 103 * megabyte},
		{"maps", "1096 aerial photographs and maps", "Google's terms of use", 250 * megabyte},
		{"night2day", "20000 pairs of 91 webcams (Laffont et al. 2014)", "see transattr.cs.brown.edu", 1_900 * megabyte},
		{"edges2shoes", "50000 shoes and their outlines (UT Zappos50K)", "non-commercial research", 2_200 * megabyte},
		{"edges2handbags", "137000 handbags and their outlines", "see the authors' page", 8_600 * megabyte},
	} {
		list = append(list, Item{dataPrefix + d.name, d.about, d.licence, authors + "pix2pix/datasets/" + d.name + ".tar.gz", d.size, ""})
	}
	return list
}

// Find is the item of a name.
func Find(name string) (Item, error) {
	list := Items()
	i := slices.IndexFunc(list, func(i Item) bool { return i.Name == name })
	if i < 0 {
		return Item{}, hint.New(fmt.Errorf("%q is not a known name", name), "{run pull} lists what is known")
	}
	return list[i], nil
}
