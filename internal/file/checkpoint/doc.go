// Package checkpoint keeps networks in files: safetensors files that say in
// their own metadata what they are and how to run them, written so that a full
// disk or a killed process never leaves half a file under the final name.
//
// Most callers want the upper half:
//
//	err := checkpoint.WriteModel(path, checkpoint.Header{Kind: checkpoint.KindModel, Config: config}, tensors)
//	header, err := checkpoint.ReadHeader(path)      // what is it, how was it trained
//	reader, header, err := checkpoint.OpenModel(path) // and its tensors
//
// The lower half, [Write], [Open] and [Reader], is plain safetensors and serves
// files of other programs as well: weights in half precision, bfloat16 or
// double precision come out as float32.
//
// A run keeps its checkpoints as step-00001000.safetensors in one folder:
// [StepPath] names them, [Latest] finds the one to resume from, [Prune] removes
// old ones together with what a killed process left behind.
//
// # The file
//
// Eight bytes with the header's length (little-endian), the header (JSON, padded
// with spaces to a multiple of eight, so that the data are aligned), then the
// tensors' bytes, without holes or overlaps. Equal input gives equal bytes:
// tensors are sorted by name, and nothing in the file depends on time or place.
// The header's "__metadata__" maps strings to strings; easel's own entry, "easel",
// is the JSON form of [Header].
//
// # Guarantees
//
// [Open] reads the header only and checks all of it: lengths, names, types,
// shapes against byte ranges, ranges against the file's size. A [Reader] then
// reads what it is asked for and nothing else, and may be used by many
// goroutines at once. Every error names the file. Errors for which there is an
// advice have a method Hint() string.
package checkpoint
