// Package pull fetches known models and data sets. A model is converted to easel's format;
// a data set becomes a folder that easel train accepts.
//
//	item, err := pull.Find("facades_label2photo")
//	result, err := pull.Run(ctx, http.DefaultClient, item, pull.Options{Out: "facades.safetensors"}, notify)
//
// # Guarantees
//
// Only Run fetches anything. An interrupted download continues where it ended (package
// fetch). If the SHA-256 of a file is not known beforehand, the first download records it,
// and later ones must agree. Weights of VGG-19 go where easel looks for them. Archives are
// unpacked beside their destination and moved there when complete: files and folders only,
// none outside, no links, and at most MaxGrowth times the size of the archive. The servers
// belong to others; a listed address may not answer.
package pull
