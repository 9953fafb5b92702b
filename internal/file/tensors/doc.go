// Package tensors is what the containers of tensors have in common: opening the
// file, and the bytes of its numbers. The containers themselves are its
// neighbours, safetensors and pytorch.
//
//	file, size, err := tensors.Open(path)
//	err = tensors.Decode("BF16", source, values) // float32, whatever the file has
//
// Element types have the names of the safetensors format: F32, F16, BF16, F64.
// Numbers are little-endian, as in every container that is read here.
package tensors
