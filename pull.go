package easel

import (
	"context"
	"net/http"

	"easel/internal/work/pull"
)

// Known lists the models and data sets that Pull knows. Names of data sets begin with
// "data/".
func Known() []KnownItem { return convert[[]KnownItem](pull.Items()) }

// PlanPull says from where Pull would fetch an item and where it would put it. It does
// not use the network.
func PlanPull(name string, o PullOptions) (KnownItem, Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return KnownItem{}, Pulled{}, err
	}
	plan, err := pull.Plan(item, convert[pull.Options](o))
	return convert[KnownItem](item), convert[Pulled](plan), err
}

// Pull fetches an item by name. A model becomes a file for Open or OpenStyle, a data set a
// folder for TrainOptions.Data. Client makes the requests; use http.DefaultClient. Notify,
// which may be nil, gets the number of bytes. If ctx ends, they are kept, and the next call
// continues.
func Pull(ctx context.Context, client *http.Client, name string, o PullOptions, notify func(PullProgress)) (Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return Pulled{}, err
	}
	r, err := pull.Run(ctx, client, item, convert[pull.Options](o), hearing[pull.Progress](notify))
	return convert[Pulled](r), err
}
