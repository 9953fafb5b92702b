// Package tensorflow reads weights that TensorFlow and programs around it wrote:
// checkpoints of TensorFlow 1 and 2 and of deeplearn.js, layers models of TensorFlow.js, and the .pict
// files of affinelayer's pix2pix.
//
//	b, err := tensorflow.OpenBundle("model-10000.index")
//	l, err := tensorflow.OpenLayers("model.json")
//	v, err := tensorflow.OpenVariables("manifest.json")
//	p, err := tensorflow.OpenPict("cats.pict")
//	for _, name := range b.Names() {
//		shape, data, err := b.Tensor(name)
//	}
//
// Shapes are those of the file: kernels are [height, width, in, out], and of
// transposed convolutions [height, width, out, in].
//
// # Guarantees
//
// Nothing in a file is carried out. Opening reads what describes the tensors,
// with fixed limits, and holds it against the sizes of the files; Tensor reads one
// tensor. A checkpoint's checksums are checked. Files named inside another file
// are looked for in its folder only. Every error names the file.
package tensorflow
