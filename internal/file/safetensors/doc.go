// Package safetensors reads and writes safetensors files: named tensors and metadata. A
// full disk or a killed process never leaves half a file under the final name.
//
//	err := safetensors.Write(path, metadata, tensors)
//	r, err := safetensors.Open(path)
//	defer r.Close()
//	shape, values, err := r.Tensor("conv1/kernel")
//
// It also reads files of other programs: float16, bfloat16 and float64 become float32. It
// does not know what the tensors mean: package stored puts easel's models into this
// container.
//
// # The file
//
// A file is eight bytes with the length of the header (little-endian), the header (JSON,
// padded with spaces to a multiple of eight so that the data are aligned), and the tensors'
// bytes without gaps or overlaps. Equal input gives equal bytes: tensors are sorted by
// name, and nothing depends on time or place. "__metadata__" in the header maps strings to
// strings.
//
// # Guarantees
//
// [Open] reads only the header, and checks all of it: lengths, names, types, shapes against
// byte ranges, and ranges against the size of the file. A [Reader] then reads only the
// tensors that are asked for, and may be used by many goroutines at once. Every error names
// the file, and has a method Hint() string if there is advice.
//
// # Why not a library
//
// github.com/nlpodyssey/safetensors (2025) needs the whole file in memory and returns
// bytes. Here a model of 200 MB opens in milliseconds, because it is mapped and its weights
// are used in place; all types become float32; and a file is written completely or not at
// all.
package safetensors
