// Package pytorch reads tensors from files that torch.save wrote: state dicts,
// in the zip container of PyTorch 1.6 and later and in the older one of five
// pickles followed by raw numbers.
//
//	f, err := pytorch.Open("vgg19-dcbb9e9d.pth")
//	defer f.Close()
//	for _, name := range f.Names() {
//		shape, data, err := f.Tensor(name)
//	}
//
// # Guarantees
//
// A pickle is a program. Nothing of it is carried out here but the making of
// numbers, texts, tuples, lists, dicts and references to tensors; whatever else
// a file wants to call is noted as an object without contents. Open reads the
// pickles only, the first few megabytes at most, and checks them against the
// file's size; Tensor reads one tensor, with memory for that one alone.
// A file cannot make the package panic, run on, or take more memory than its own
// size justifies: fuzzing holds that. Every error names the file.
//
// # Why not a library
//
// github.com/nlpodyssey/gopickle 0.2.0, the only Go reader of these files, loads
// all tensors of a file at once (575 MB of VGG-19, of which style transfer needs
// 80), takes lengths from the file for the size of what it allocates (the
// process dies of ten bytes), panics on unknown opcodes, ignores short reads, and
// does not return from an empty file. github.com/kisielk/og-rek 1.3.0 is careful
// but has no BUILD and fills only plain dicts, and a state dict is an OrderedDict.
package pytorch
