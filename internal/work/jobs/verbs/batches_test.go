package verbs_test

import (
	"encoding/json"
	"testing"

	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

// TestAbandon: what a killed command has left of a bulk translation is gone, and nothing
// else.
func TestAbandon(t *testing.T) {
	t.Parallel()
	q, err := jobs.Open(jobs.Options{State: t.TempDir(), Kinds: verbs.All(verbs.Env{}), OnlyWorkers: true, Complain: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	batch, err := json.Marshal(map[string]any{"model": "m", "in": "i", "out": "file:///o"})
	if err != nil {
		t.Fatal(err)
	}
	submit(t, q, verbs.TranslateBatch, string(batch))
	other := submit(t, q, "demo", "{}")
	if err := verbs.Abandon(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if left := q.List(); len(left) != 1 || left[0].ID != other || left[0].State != jobs.Queued {
		t.Errorf("left: %+v", left)
	}
}
