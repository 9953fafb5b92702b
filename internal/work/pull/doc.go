// Package pull fetches known models and data sets: a model becomes one of easel's, a
// data set a folder that easel train takes.
//
//	item, err := pull.Find("facades_label2photo")
//	result, err := pull.Run(ctx, http.DefaultClient, item, pull.Options{Out: "facades.safetensors"}, notify)
//
// # Guarantees
//
// Nothing is fetched but by a call of Run. What is interrupted goes on where it ended
// (package fetch). A file whose SHA-256 is not known beforehand has it recorded at its
// first download, and later ones have to agree. Weights of VGG-19 go where easel looks
// for them. Archives are unpacked beside their
// place and moved there whole: folders and files only, none outside, no links, and
// not more than MaxGrowth times as much as came. The servers are their owners'; that
// an address is listed says nothing of whether it answers today.
package pull
