// Package site exports a model as a static web site: the pages of easel serve for drawing
// and translating, with the model, which runs in the visitor's browser.
//
//	made, err := site.Write(ctx, http.DefaultClient, "runs/facades", "site", site.Options{}, notify)
//
// A site needs no particular server: any that serves files will do, at any path, with no
// special headers. Except for index.html and licences.txt, its files are in folders named
// by a hash of their content, so they may be cached forever:
//
//	index.html
//	easel-6f0c…/             the pages: package work/page, and app/ here
//	model-91be…/             the network as ONNX, in parts
//	onnxruntime-web-1.30.0/  what runs it
//
// # The runtime
//
// Networks run on ONNX Runtime Web: on the GPU with WebGPU if the browser supports it,
// otherwise on the CPU with WebAssembly. It is an npm package of 33 MB that is not part of
// easel. Write fetches it once, by its hash, into the user's cache (see [Runtime]), or
// reads it from a file or folder of the package. Files in folders are checked, too.
//
// # Parts
//
// Some hosts reject files above 25 MiB, so large files are cut. The browser stores each
// part under its hash (Cache Storage) if it may.
//
// # Differences from easel translate
//
// Pictures are padded, run and cropped as in package translate, with the same noise for the
// same seed. But weights are float16 or 8 bits, pictures have 8 bits per sample, and those
// of more than a megapixel are reduced.
package site
