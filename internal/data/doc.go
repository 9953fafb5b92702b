// Package data is the floor of pictures as data: pairs to train on, and measures of
// how good a result is.
//
// Package dataset reads pairs, prepare makes them from a user's pictures, and
// facade draws them. Package palette maps colours to classes, edge draws outlines,
// metric has the measures, flow finds motion in video, sheet puts pictures side by
// side.
//
// It imports file and base; of other modules x/image for letters on sheets, x/sync
// and x/text, go-humanize for sentences, and gonum for statistics and Fourier
// transforms. It knows no networks and no devices: a measure that needs a network
// is work/eval's.
package data
