package easel

import (
	"context"

	"easel/internal/work/demo"
)

// DefaultDemo is the demo that takes about two minutes on two cores.
func DefaultDemo() DemoOptions { return convert[DemoOptions](demo.Default()) }

// Validate reports the first option that cannot be right.
func (o DemoOptions) Validate() error { return public(convert[demo.Options](o).Validate()) }

// Demo draws pairs of pictures, trains on them, translates pairs that were held
// out, and writes a page that shows them. It needs no data and no network.
// Notify may be nil. If ctx ends, the next call with the same options continues.
func Demo(ctx context.Context, o DemoOptions, notify func(DemoEvent)) (DemoResult, error) {
	r, err := demo.Run(ctx, convert[demo.Options](o), hearing[demo.Event](notify))
	return convert[DemoResult](r), public(err)
}
