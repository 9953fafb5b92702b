package train

import (
	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// cacheBytes is the memory for decoded pairs, which take many times the time of
// reading them from memory.
const cacheBytes = 512 << 20

// startLoader starts to make the batches from the run's step on.
func (t *trainer) startLoader() error {
	loader, err := t.data.NewLoader(dataset.Train, dataset.LoaderOptions{
		Batch: t.o.pairsInStep(), Seed: t.o.Seed, StartStep: t.done, CacheBytes: cacheBytes,
		Jitter: dataset.Jitter{LoadSize: t.o.LoadSize, ImageSize: t.o.Network.ImageSize, Mirror: t.o.Mirror},
	})
	if err != nil {
		return err
	}
	t.loader = loader
	return nil
}

// read brings validation pair i to the program's input and to target.
func (v *validator) read(i int) error {
	pair, err := v.data.Sample(dataset.Val, i, v.network.ImageSize)
	if err != nil {
		return err
	}
	imgio.ToModel(v.program.Input("a"), pair.Input)
	imgio.ToModel(v.target, pair.Target)
	return nil
}
