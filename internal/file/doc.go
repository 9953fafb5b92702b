// Package file is the floor of files: reading and writing them, whatever they are used
// for.
//
// Pictures: imgio, which decodes JPEG by jpeg and writes WebP by webp. Video: ffmpeg, which
// runs the programs of that name. Containers of tensors: safetensors, pytorch, onnx,
// tensorflow and torch7, with what they have in common in tensors. Known files from the
// network: fetch. Folders, and buckets of object stores: blobs. ZIP and tar files of
// strangers: archive. Writing a file whole or not at all: atomicfile. One owner at a time
// for a folder or an output: lock. What identifies a file: digest.
//
// It imports base, the standard library, golang.org/x/image and x/sys, and the encodings
// of other programs' containers (protobuf's wire format, snappy), and with the tag cloud
// gocloud.dev. Networks and data sets belong on the floors above: a package here must make
// sense to somebody who has never heard of pix2pix.
package file
