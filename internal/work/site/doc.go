// Package site writes a model as a static web site: the pages of easel serve on which
// people draw and translate, and the model, which runs in the visitor's browser.
//
//	made, err := site.Write(ctx, http.DefaultClient, "runs/facades", "site", site.Options{}, notify)
//
// A site has no server of its own: any that serves files will do, at any path, with
// no headers of its own. Its files, but for index.html and licences.txt, are in folders
// named by a hash of what is in them, so that they may be cached for ever:
//
//	index.html
//	easel-6f0c…/             the pages: package work/page, and app/ here
//	model-91be…/             the network as ONNX, in parts
//	onnxruntime-web-1.30.0/  what runs it
//
// # The runtime
//
// Networks run on ONNX Runtime Web, on the graphics processor by WebGPU where a browser
// has one to give, else on the processor by WebAssembly. It is an npm package of 33 MB,
// which is not part of easel: Write fetches it once, by its hash, into the user's cache
// (see [Runtime]), or takes it from a file or folder of the package. Files in folders
// are checked too.
//
// # Parts
//
// Some hosts take no file above 25 MiB, so large files are cut. The browser keeps each
// part under its hash (Cache Storage), where it may.
//
// # What is the same
//
// Pictures are padded, run and cropped as package translate does it, with the same
// noise for the same seed. What is not: weights are float16 or 8 bits, pictures have 8
// bits a sample, and those of more than a megapixel are made smaller.
package site
