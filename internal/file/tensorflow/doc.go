// Package tensorflow reads weights written by TensorFlow and related programs: checkpoints
// of TensorFlow 1 and 2 and of deeplearn.js, layers models of TensorFlow.js, and the .pict
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
// Shapes are as in the file: kernels are [height, width, in, out], those of transposed
// convolutions [height, width, out, in].
//
// # Guarantees
//
// No code in a file is executed. Opening reads the descriptions of the tensors, within
// fixed limits, and compares them with the sizes of the files; Tensor reads one tensor.
// Checksums of checkpoints are verified. Files named in another file are opened only in its
// folder. Every error names the file.
package tensorflow
