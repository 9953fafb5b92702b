// Package pytorch reads tensors from files written by torch.save: state dicts, in the zip
// container of PyTorch 1.6 and later, and in the older one of five pickles followed by raw
// numbers.
//
//	f, err := pytorch.Open("vgg19-dcbb9e9d.pth")
//	defer f.Close()
//	for _, name := range f.Names() {
//		shape, data, err := f.Tensor(name)
//	}
//
// # Guarantees
//
// A pickle is a program. Here it can only make numbers, texts, tuples, lists, dicts and
// references to tensors; anything else that it calls becomes an object without contents.
// Open reads only the pickles, at most the first few megabytes, and checks them against the
// size of the file; Tensor reads one tensor, and needs memory only for it. A file cannot
// make the package panic, run for ever, or take more memory than its size justifies; fuzz
// tests check that. Every error names the file.
//
// # Why not a library
//
// github.com/nlpodyssey/gopickle 0.2.0, the only Go reader of these files, loads all tensors
// of a file at once (575 MB of VGG-19, of which style transfer needs 80), allocates lengths
// that the file claims (ten bytes can kill the process), panics on unknown opcodes, ignores
// short reads, and does not return from an empty file. github.com/kisielk/og-rek 1.3.0 is
// careful, but does not support BUILD and fills only plain dicts, while a state dict is an
// OrderedDict.
package pytorch
