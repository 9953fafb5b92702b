package pull

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/model/weights"
)

// Item is a known file.
type Item struct {
	// Name is the name to request; names of data sets begin with "data/".
	Name string `json:"name"`
	// About describes it; Licence is what its origin says about its use.
	About   string `json:"about"`
	Licence string `json:"licence"`
	URL     string `json:"url"`
	// Size is its approximate size in bytes.
	Size int64 `json:"size"`
	// SHA256 is in hexadecimal, if known beforehand.
	SHA256 string `json:"sha256,omitempty"`
}

// Data reports whether it is a data set.
func (i Item) Data() bool { return strings.HasPrefix(i.Name, dataPrefix) }

// Weights reports whether it is the weights of a loss network for style transfer, which are
// not converted.
func (i Item) Weights() bool { _, err := weights.FindDownload(i.Name); return err == nil }

const dataPrefix = "data/"

// file returns its name in the cache.
func (i Item) file() string {
	return strings.ReplaceAll(i.Name, "/", "-") + "-" + path.Base(i.URL)
}

// The authors' addresses.
const (
	authors  = "http://efrosgans.eecs.berkeley.edu/"
	cmp      = "https://cmp.felk.cvut.cz/~tylecr1/facade/"
	onnxZoo  = "https://github.com/onnx/models/raw/main/validated/vision/style_transfer/fast_neural_style/model/"
	megabyte = 1_000_000
)

// Sizes of models: a U-Net of the port, and a ResNet with nine blocks.
const (
	unetSize   = 217_726_887
	resnetSize = 46 * megabyte
	styleSize  = 6_728_029
)

// styles are the SHA-256 of the ONNX model zoo's networks of styles, as its manifest
// (ONNX_HUB_MANIFEST.json) has them.
var styles = []struct{ name, sum string }{
	{"mosaic", "fa646dedade881243f8d5a2ceb7de2b93675b21fc24f7482894ac4851a9a0a47"},
	{"candy", "9d11a3529d1e547da6ae07201d93484dbab2ec0a3614535752c8f40f0fe2968a"},
	{"rain-princess", "4162912e6f75fedef6f810ae989b9e10d3d5d43308dab34b027c850cf255e152"},
	{"udnie", "8656b6ce7dec8f22ee13c2d557d6b67bd6f550dde88d0f2e7c9972aeb765cc0d"},
	{"pointilism", "5ee2b8d4d6bc60a777f54e0fe96a1b717360a004b79d56c67390d4a975b14d98"},
}

// Items are all known files, models first. Sizes of models are those of their networks;
// those of data sets are rounded.
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
	for _, s := range styles {
		list = append(list, Item{"style/" + s.name, "a style of fast_neural_style", "BSD-3-Clause", onnxZoo + s.name + "-9.onnx", styleSize, s.sum})
	}
	for _, d := range weights.Downloads() {
		list = append(list, Item{d.Name, d.About, "BSD-3-Clause", d.URL, d.Size, d.SHA256})
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
	for _, d := range []struct {
		name, about, file string
		size              int64
	}{
		{"cmp", "378 façades (A) and their labels (B): the CMP Facade Database's base set", "base", 35 * megabyte},
		{"cmp-extended", "228 façades (A) and their labels (B): its extended set", "extended", 20 * megabyte},
	} {
		list = append(list, Item{dataPrefix + d.name, d.about, "see cmp.felk.cvut.cz/~tylecr1/facade", cmp + "CMP_facade_DB_" + d.file + ".zip", d.size, ""})
	}
	return list
}

// Find returns the item with a name.
func Find(name string) (Item, error) {
	list := Items()
	i := slices.IndexFunc(list, func(i Item) bool { return i.Name == name })
	if i < 0 {
		return Item{}, hint.New(fmt.Errorf("%q is not a known name", name), "{run pull} lists what is known")
	}
	return list[i], nil
}
