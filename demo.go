package easel

import (
	"context"

	"easel/internal/work/demo"
)

type (
	// DemoOptions say where the demo goes and how large it is. Begin with
	// DefaultDemo.
	DemoOptions = demo.Options
	// DemoEvent is progress of the demo.
	DemoEvent = demo.Event
	// DemoResult says what was made and how good it is.
	DemoResult = demo.Result
)

// DefaultDemo is the demo that takes about two minutes on two cores.
func DefaultDemo() DemoOptions { return demo.Default() }

// Demo draws pairs of pictures, trains on them, translates pairs that were held
// out, and writes a page that shows them. It needs no data and no network.
// Notify may be nil.
func Demo(ctx context.Context, o DemoOptions, notify func(DemoEvent)) (DemoResult, error) {
	return demo.Run(ctx, o, notify)
}
