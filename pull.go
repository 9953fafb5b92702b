package easel

import (
	"context"
	"net/http"

	"easel/internal/work/pull"
)

// Known are the models and data sets that Pull knows; those of data sets begin with
// "data/".
func Known() []KnownItem { return convert[[]KnownItem](pull.Items()) }

// PlanPull says where Pull would fetch an item from and put it, and asks nobody.
func PlanPull(name string, o PullOptions) (KnownItem, Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return KnownItem{}, Pulled{}, err
	}
	plan, err := pull.Plan(item, convert[pull.Options](o))
	return convert[KnownItem](item), convert[Pulled](plan), err
}

// Pull fetches an item of Known by its name: a model becomes a file for Open or
// OpenStyle, a data set a folder for TrainOptions.Data. Client makes the requests,
// such as http.DefaultClient. Notify, which may be nil, hears how many bytes are
// there; what was fetched when ctx ends is kept and taken up again.
func Pull(ctx context.Context, client *http.Client, name string, o PullOptions, notify func(PullProgress)) (Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return Pulled{}, err
	}
	r, err := pull.Run(ctx, client, item, convert[pull.Options](o), hearing[pull.Progress](notify))
	return convert[Pulled](r), err
}
