// Package flow finds how pixels move from one frame of a video to the next.
//
// Between compares two frames and returns two fields: where each pixel of the first went,
// and where each pixel of the second came from. Warp moves a picture along a field, and
// Reliable says where the two fields agree, so that nothing was covered or uncovered.
//
//	there, back := flow.Between(before, now)
//	moved := back.Warp(painted)            // what was painted of before, where it is now
//	trust := flow.Reliable(back, there)    // 0 where there was nothing to move
//
// # Method
//
// The flow minimises an energy (Brox, Bruhn, Papenberg and Weickert, ECCV 2004): pixels
// keep their brightness and their gradient, both under a robust penalty, and neighbours
// move alike except at edges of the motion. It is found from small pictures to large ones;
// at each size, the second picture is warped by the flow so far, and what remains is a
// system of linear equations, for which successive over-relaxation serves. As in Zimmer,
// Bruhn and Weickert (IJCV 2011), gradients are normalised, so that contrast matters less.
//
// Each size halves the one below. The largest is half the frames': fields are enlarged
// from there, which keeps motion to about a tenth of a pixel at a quarter of the time.
//
// # Guarantees
//
// The same frames give the same bits on any number of threads. No field has values that
// are not finite.
package flow
