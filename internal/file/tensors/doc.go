// Package tensors is shared by the containers of tensors: it opens files and decodes their
// numbers.
//
//	file, size, err := tensors.Open(path)
//	err = tensors.Decode("BF16", source, values) // float32, whatever the file has
//
// Element types have the names of the safetensors format: F32, F16, BF16, F64. Numbers are
// little-endian, as in every container that easel reads.
package tensors
