// Package safetensors reads and writes safetensors files: named tensors with
// metadata, written so that a full disk or a killed process never leaves half a
// file under the final name.
//
//	err := safetensors.Write(path, metadata, tensors)
//	r, err := safetensors.Open(path)
//	defer r.Close()
//	shape, values, err := r.Tensor("conv1/kernel")
//
// Files of other programs serve as well: weights in half precision, bfloat16 or
// double precision come out as float32. What a file means is not known here:
// package stored puts easel's models into this container.
//
// # The file
//
// Eight bytes with the header's length (little-endian), the header (JSON, padded
// with spaces to a multiple of eight, so that the data are aligned), then the
// tensors' bytes, without holes or overlaps. Equal input gives equal bytes:
// tensors are sorted by name, and nothing in the file depends on time or place.
// The header's "__metadata__" maps strings to strings.
//
// # Guarantees
//
// [Open] reads the header only and checks all of it: lengths, names, types,
// shapes against byte ranges, ranges against the file's size. A [Reader] then
// reads what it is asked for and nothing else, and may be used by many
// goroutines at once. Every error names the file. Errors for which there is an
// advice have a method Hint() string.
//
// # Why not a library
//
// github.com/nlpodyssey/safetensors (2025) wants the whole file in memory and gives
// bytes. A model of 200 MB opens here in milliseconds, because it is mapped and
// weights are used where they lie; numbers become float32 whatever they were; and
// a file is written whole or not at all.
package safetensors
