// Package prepare makes the pairs that training reads out of pictures that people
// have, and looks pairs over before anything is trained on them.
//
// One file a verb:
//
//   - [Combine] joins two folders of pictures with equal names.
//   - [Edges], [Gray], [Holes], [Lowres] and [Noise] make the input of a pair out
//     of its target: outlines, grey values, missing parts, few pixels, noise.
//   - [Colours] puts translated colours back on pictures that [Gray] took them off.
//   - [Labels] changes index maps into colours and back; [FindPalette] finds the
//     palette of label pictures.
//   - [Split] shares pairs out to train, val and test.
//   - [Inspect] says what is in a folder of pairs and what training would refuse.
//
// # What they share
//
// Sources are the pictures of a folder and of the folders in it; outputs have
// their names, in the same folders. A pair is one side-by-side picture, input on
// the left, or with [Options.Apart] one picture each in A/ and B/. Outputs are
// PNG, TIFF where a picture has two or more than four channels, and keep 16 bits.
// Alpha is laid on white where a verb works on photographs.
//
// Pictures are made by several goroutines, and events come in the order of the
// names. The result depends on sources, options and seed only: what is random
// about a picture is drawn from the seed and the picture's name.
//
// A picture that fails does not stop the others; a full disk stops all. A source
// is never written to, and an output that is not ours is never replaced without
// [Options.Force]. Files are whole or not there. The folder's prepare.json says
// what was made and how, so that the same call goes on where the last one ended:
// what is there and newer than its source is kept. Another call into the same
// folder is refused.
//
// Errors that have advice have a method Hint() string.
package prepare
