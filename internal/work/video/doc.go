// Package video paints videos and folders of frames, so that they do not flicker.
//
//	o := video.Default()
//	o.In, o.Out = "in.mp4", "out.mp4"
//	result, err := video.Run(ctx, o, video.Steadied(model, o.Stability), name, notify)
//
// A Painter paints one frame after the other and sees what became of the frame before,
// moved to where things are now (View). Steadied makes a Painter of a network that knows
// nothing of time.
//
// # Without flicker
//
// A network paints two frames that hardly differ in strokes that do. Package flow finds the
// motion between frames; what was painted of the frame before is moved along it. Ruder,
// Dosovitskiy and Brox (GCPR 2016) make an optimiser keep to that wherever the motion can
// be trusted. A network has no optimiser, so here its result is blended with it, weighted
// by the trust, in a way that keeps contrast (blend.go): a plain mean would be a smear.
// The strokes then move with the things they are on.
//
// # Files
//
// Videos are read and written through ffmpeg (package ffmpeg), with their times and their
// sound; folders of frames need no program. Either may be painted into the other. A video
// grows in parts in a folder beside it, OUT.parts, and gets its name in one step when it is
// complete; frames in a folder get theirs one by one.
//
// # Guarantees
//
// The same frames, painter and options give the same painted frames on any number of
// threads, and so they do if the work was interrupted in between: what is moved from the
// frame before are its samples as written. A cancelled context ends with an error that
// wraps ErrInterrupted after what is painted has been kept; the same call, without
// Options.Force, goes on from there. Nothing that Run has not made is overwritten without Options.Force, and the input
// never.
package video
