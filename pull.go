package easel

import (
	"context"
	"net/http"

	"easel/internal/work/pull"
)

type (
	// KnownItem is a model or data set that others publish.
	KnownItem = pull.Item
	// PullOptions say where it comes from and goes to.
	PullOptions = pull.Options
	// PullProgress is how far a download is.
	PullProgress = pull.Progress
	// Pulled says what became of it.
	Pulled = pull.Result
)

// Known are the models and data sets that Pull knows; those of data sets begin with
// "data/".
func Known() []KnownItem { return pull.Items() }

// PlanPull says where Pull would fetch an item from and put it, and asks nobody.
func PlanPull(name string, o PullOptions) (KnownItem, Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return item, Pulled{}, err
	}
	plan, err := pull.Plan(item, o)
	return item, plan, err
}

// Pull fetches a known model, which becomes one of easel's, or a data set, which is
// unpacked. Notify, which may be nil, hears how far it is.
func Pull(ctx context.Context, client *http.Client, name string, o PullOptions, notify func(PullProgress)) (Pulled, error) {
	item, err := pull.Find(name)
	if err != nil {
		return Pulled{}, err
	}
	return pull.Run(ctx, client, item, o, notify)
}
