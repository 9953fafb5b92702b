package train_test

import (
	"os"
	"path/filepath"
	"testing"

	"easel/internal/work/train"
)

// Files stay readable for ever: a run of the first released format, which has none of
// the keys that came later, goes on.
func TestARunOfTheFirstFormatGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "run-1"))); err != nil {
		t.Fatal(err)
	}
	o, err := train.ResumeOptions(filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	o.Data, o.Length = filepath.Join(dir, "pairs"), train.Length{Steps: 5}
	last := 0
	err = train.Train(t.Context(), o, func(e train.Event) { last = max(last, e.Step) })
	if err != nil || last != 5 {
		t.Errorf("it came to step %d: %v", last, err)
	}
}
