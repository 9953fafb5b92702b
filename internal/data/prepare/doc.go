// Package prepare makes pairs for training from a user's pictures, and inspects
// pairs before anything is trained on them.
//
// Each verb has a file:
//
//   - [Combine] joins two folders of pictures with equal names.
//   - [Edges], [Gray], [Holes], [Lowres] and [Noise] make the input of a pair from
//     its target: outlines, grey values, missing parts, low resolution, noise.
//   - [Colours] puts translated colours back on pictures from which [Gray] removed
//     them.
//   - [Labels] converts index maps to colours and back; [FindPalette] finds the
//     palette of label pictures.
//   - [Split] distributes pairs over train, val and test.
//   - [Inspect] reports what is in a folder of pairs and what training would refuse.
//
// # What they share
//
// Sources are the pictures of a folder and its subfolders; outputs have their
// names, in the same subfolders. A pair is one side-by-side picture, input on the
// left, or with [Options.Apart] one picture each in A/ and B/. Outputs are PNG, or
// TIFF for pictures with two or more than four channels, and keep 16 bits. Verbs
// for photographs composite alpha on white.
//
// Pictures are made by several goroutines, and events come in the order of the
// names. The result depends on sources, options and seed only: a picture's random
// numbers depend on the seed and the picture's name.
//
// A picture that fails does not stop the others; a full disk stops all. A source
// is never written to, and an output that is not ours is never replaced without
// [Options.Force]. Files are written whole or not at all. The folder's prepare.json
// says what was made and how, so that the same call continues where the last one
// ended: outputs newer than their sources are kept. A different call into the same
// folder is refused. With [Options.Shard], several processes or machines each make a part,
// at the same time and into the same folder; in the end it has the same files, byte for
// byte, as after one call.
//
// Errors that have advice have a method Hint() string.
package prepare
