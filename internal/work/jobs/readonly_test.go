package jobs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/work/jobs"
)

// TestReadOnly: a state folder that cannot be written is said at once, and left as it
// is.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	j := submit(t, q, `{"to": 1}`, "")
	until(t, q, j.ID, jobs.Done)
	q.Close()
	if err := os.Chmod(state, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(state, 0o700) })
	if f, err := os.Create(filepath.Join(state, "x")); err == nil {
		_, _ = f.Close(), os.Remove(f.Name())
		t.Skip("this user may write to any folder")
	}
	if q, err := jobs.Open(jobs.Options{State: state}); !errors.Is(err, fs.ErrPermission) {
		if err == nil {
			q.Close()
		}
		t.Errorf("error is %v", err)
	}
	if err := os.Chmod(state, 0o700); err != nil {
		t.Fatal(err)
	}
	q, _ = open(t, state, nil)
	defer q.Close()
	if again, err := q.Get(j.ID); err != nil || again.State != jobs.Done {
		t.Errorf("%s, %v", again.State, err)
	}
}
