// Package file is the floor of bytes: reading and writing files, other people's and
// ours, without knowing what they are for.
//
// Pictures: imgio, and jpeg for one format of them. Containers of tensors: safetensors, pytorch, onnx, tensorflow
// and torch7, with what they have in common in tensors. Known files from the
// network: fetch. ZIP files of strangers: archive. Writing a file whole or not at all: atomicfile. One owner at a
// time for a folder or an output: lock.
//
// It imports base, the standard library, golang.org/x/image and x/sys, and what
// other programs' containers are encoded with (protobuf's wire format, snappy).
// What a network or a data set is belongs on the floors above: a package here must
// make sense to somebody who has never heard of pix2pix.
package file
