package stored

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	items, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		list = append(list, item.Name())
	}
	return list
}

func touch(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.WriteFile(path, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLatestAndPrune(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, step := range []int{500, 99_999_999, 1000, 100_000_000} {
		touch(t, StepPath(dir, step))
	}
	others := []string{"notes.txt", "step-5.safetensors", "step-000000500.safetensors", "step-00000500.safetensors.bak"}
	for _, name := range others {
		touch(t, filepath.Join(dir, name))
	}
	if err := os.Mkdir(StepPath(dir, 200_000_000), 0o777); err != nil {
		t.Fatal(err)
	}
	path, step, err := Latest(dir)
	if err != nil || step != 100_000_000 || path != filepath.Join(dir, "step-100000000.safetensors") {
		t.Fatalf("%s, %d, %v", path, step, err)
	}
	if err := Prune(dir, 0); err == nil {
		t.Fatal("kept none")
	}
	for range 2 { // the second time there is nothing to do
		if err := Prune(dir, 2); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"notes.txt", "step-000000500.safetensors", "step-00000500.safetensors.bak",
			"step-100000000.safetensors", "step-200000000.safetensors", "step-5.safetensors", "step-99999999.safetensors",
		}
		if diff := cmp.Diff(want, names(t, dir)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestLatestOfNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "none")} {
		if _, _, err := Latest(d); !errors.Is(err, ErrNone) {
			t.Errorf("%v", err)
		}
	}
	if err := Prune(filepath.Join(dir, "none"), 1); err == nil {
		t.Error("pruned a missing folder")
	}
}
