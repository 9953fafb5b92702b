package train

import (
	"context"

	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// pictures copies the step's pairs to the program's inputs, if they are not there already.
func (t *trainer) pictures(ctx context.Context) error {
	if !t.loaded {
		t.failed = t.batch(ctx)
	}
	t.loaded = false
	return t.failed
}

// batch copies the next pairs to the program's inputs.
func (t *trainer) batch(ctx context.Context) error {
	if t.o.Task != Labels {
		_, err := t.loader.Next(ctx, t.program.Input("a"), t.program.Input("b"))
		return err
	}
	b := t.program.Input("b")
	if t.labels == nil {
		t.labels = make([]float32, stored.LabelChannels*len(b))
	}
	if _, err := t.loader.Next(ctx, t.program.Input("a"), t.labels); err != nil {
		return err
	}
	classes, err := classesOf(t.o.Classes, t.labels, t.o.Network.ImageSize)
	for i, k := range classes {
		b[i] = float32(k)
	}
	if n := t.o.Devices; n > 1 {
		copy(t.program.Input("share"), pix2pix.ClassShares(b, len(t.o.Classes.Classes), n))
	}
	return err
}
