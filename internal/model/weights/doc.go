// Package weights finds, reads, writes and fetches files with the weights of
// VGG-19.
//
//	w, about, err := weights.Open("vgg19.safetensors", "")  // "": the kind that the file tells
//	path, err := weights.Cached()                           // where Fetch has put them, or ""
//
// # Files
//
// Open reads safetensors with the names of torchvision and timm
// (features.0.weight, [out, in, 3, 3]) or of the layers (conv1_1.weight), the
// same as state dicts of PyTorch, and what Write writes. The fully connected
// layers that most files have are ignored. The deepest convolutions may be
// missing; everything that is there is checked before a number is read: names,
// shapes, and afterwards that the numbers are finite.
//
// # Kinds
//
// Weights that see RGB from 0 to 1 and weights that see BGR from 0 to 255 look
// alike, and one run as the other gives pictures that are merely worse. So the
// kind is taken from the file's metadata, from its names where only one kind has
// them, or from the numbers where they are known ones; otherwise Open fails and asks
// for the kind. It never guesses. See kindOf for the evidence.
package weights
