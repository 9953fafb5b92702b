package verbs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/work/experiment"
	"easel/internal/work/jobs/verbs"
)

// TestExperimentElsewhere: an experiment whose runs are jobs of a queue has the table of one
// without.
func TestExperimentElsewhere(t *testing.T) {
	t.Parallel()
	list, err := experiment.Find(experiment.All(), "noise")
	if err != nil {
		t.Fatal(err)
	}
	o := experiment.DefaultOptions()
	o.Data, o.Steps, o.ImageSize, o.Width, o.Threads = t.TempDir(), 2, 32, 4, 1
	all := pairs(t, 10)
	for i := range 10 {
		split := filepath.Join(o.Data, []string{"train", "test"}[i%2])
		name := fmt.Sprintf("%d.png", i)
		if err := errors.Join(os.MkdirAll(split, 0o755), os.Rename(filepath.Join(all, name), filepath.Join(split, name))); err != nil {
			t.Fatal(err)
		}
	}
	o.Out = filepath.Join(t.TempDir(), "here")
	want, err := experiment.Run(t.Context(), list, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Out = filepath.Join(t.TempDir(), "there")
	q := open(t, filepath.Join(o.Out, ".workers"))
	defer q.Close()
	advanced := 0
	got, err := experiment.RunElsewhere(t.Context(), list, o, verbs.Elsewhere(q), func(e experiment.Event) {
		if e.Kind == experiment.Advanced {
			advanced++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[0].Tables, got[0].Tables); diff != "" || advanced == 0 {
		t.Errorf("%d events, %s", advanced, diff)
	}
	if left := q.List(); len(left) != 0 {
		t.Errorf("jobs are left: %+v", left)
	}
}
