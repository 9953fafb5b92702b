// Package easel learns picture-to-picture translation from pairs (pix2pix,
// Isola et al. 2017) and uses what it learnt, on the processor that is there.
//
// Train trains a generator from a folder of paired pictures into a run folder
// and reports what happens as events. Open opens a run, or a model file, as a
// Model, whose Translate turns a picture of any size into its translation.
//
//	err := easel.Train(ctx, options, func(e easel.Event) { … })
//
//	m, err := easel.Open("runs/facades")
//	defer m.Close()
//	out, err := m.Translate(ctx, img)
//
// The command line (cmd/easel) is the first user of this package and can do
// nothing that the package cannot.
//
// # Memory and threads
//
// Work on pictures uses all cores unless told otherwise, one picture or
// training step at a time. What a picture needs is known before it is taken;
// Translate refuses with an error that says which size would fit.
package easel
