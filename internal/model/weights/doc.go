// Package weights finds, reads, writes and fetches files with the weights of
// VGG-19.
//
//	w, about, err := weights.Open("vgg19.safetensors", "")  // "": the kind that the file tells
//	path, err := weights.Cached()                           // where Fetch has put them, or ""
//
// # Files
//
// Open reads safetensors with the names of torchvision and timm (features.0.weight, [out,
// in, 3, 3]) or of the layers (conv1_1.weight), the same as state dicts of PyTorch, and
// files by Write. It ignores the fully connected layers that most files have. The deepest
// convolutions may be missing. Names and shapes are checked before any number is read, and
// then that all numbers are finite.
//
// # Kinds
//
// Weights for RGB from 0 to 1 and weights for BGR from 0 to 255 look alike, and confusing
// them only makes the pictures worse. So the kind is taken from the file's metadata, from
// names that only one kind has, or from known numbers. Otherwise Open fails and asks for
// the kind; it never guesses. See kindOf for the evidence.
package weights
