// Package optimise moves a vector to where a function is small, one evaluation
// at a time: the caller computes value and gradient, the method says where to
// look next.
//
//	method := optimise.NewLBFGS(optimise.LBFGSOptions{})
//	for range evaluations {
//		f, g := evaluate(x)
//		if method.Step(x, f, g) == optimise.Converged {
//			break
//		}
//	}
//	best := method.Best()
//
// [LBFGS] is what Gatys et al. 2016 use ("found to work best for image
// synthesis"), [Adam] what their successors use where its memory is too much.
//
// # Conventions
//
// Vectors are float32 and any length; sums over them are float64, in an order
// that depends on the length alone. Step changes x in place. Neither method
// keeps x or g.
//
// Both can be carried from one size of picture to another ([Method.Resize]) and
// into a file and back ([Method.State], [Method.Restore]); a restored method
// goes on with the same bits.
//
// # Why not a library
//
// gonum's optimize has L-BFGS, on float64 vectors (twice the memory of a picture
// and its history), with a line search that evaluates as often as it likes, and
// with a state that cannot be taken out. Here each iteration is one evaluation, as
// the papers count them, a run can be interrupted after any of them and goes on with
// the same bits, and the history is carried to the next size of picture.
package optimise
