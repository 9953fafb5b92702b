// Package pointwise has the passes over tensors that are not matrix products:
// affine maps with activations, norm statistics and gradients, sums, losses
// and optimiser steps, as pure functions on float32 slices.
//
// Call Detect for the fastest Kernels of this processor, or Named to choose
// ("avx2", "neon", "go"); every operation is a method of that value. Nothing
// here allocates, starts a goroutine or keeps state, so a caller splits a
// tensor into blocks as it likes and calls methods from many goroutines.
//
// # Views
//
// An operand is a view of rows × c: row r is s[r·stride : r·stride+c], so a
// channel slice of a concatenation buffer is used in place. Per-channel
// vectors have length c. A view too short for rows × c, or a stride below c
// with more than one row, is a bug of the caller and panics. rows and c may
// be 0.
//
// A destination may be the same view as an operand (same first element, same
// stride) where the method says "in place"; it never may overlap one in
// another way.
//
// # Numbers
//
// Both implementations compute the same formulas; they differ by rounding
// (fused multiply-add, order within a block). Each alone gives the same bits
// for the same call. Sums over rows are partial: call them on blocks of at most
// BlockRows rows, keep the partial results one after the other and combine
// them in float64 with CombineMoments or CombineSums, in the order of blocks;
// then the result does not depend on who computed which block.
package pointwise

// BlockRows is the largest number of rows that a partial sum should cover:
// float32 sums of that length still have a relative error below 1e-6.
const BlockRows = 128
