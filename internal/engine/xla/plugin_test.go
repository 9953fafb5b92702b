//go:build xla && cgo && !windows

package xla

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bad are plugins that are none, or none that easel can use.
var bad = map[string]struct{ source, want, hint string }{
	"no plugin": {"int nothing;", "no function GetPjrtApi", "PJRT plugin"},
	"no table":  {"void *GetPjrtApi(void) { return 0; }", "returns nothing", "built for this system"},
	"another interface": {
		"long api[300] = {2400, 0, 24, 0, 1}; void *GetPjrtApi(void) { return api; }", // major 1, minor 0
		"speaks PJRT 1.0", "PJRT plugin"},
	"too old": {
		"long api[300] = {400, 0, 24, 0, 30L << 32}; void *GetPjrtApi(void) { return api; }",
		"PJRT 0.30, which is too old", "newer plugin"},
	"a library missing": {"extern int nowhere(void); void *GetPjrtApi(void) { return nowhere() ? 0 : 0; }", "undefined symbol", "built for this system"},
}

func TestBadPlugins(t *testing.T) {
	t.Parallel()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("there is no C compiler")
	}
	for name, c := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "plugin.so")
			build := exec.Command(compiler, "-shared", "-fPIC", "-x", "c", "-o", path, "-")
			build.Stdin = strings.NewReader(c.source)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, err := Open(path, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("want an error with %q, got %v", c.want, err)
			}
			wantHinted(t, err, c.hint)
		})
	}
}

func TestNoLibrary(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plugin.so")
	if err := os.WriteFile(path, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, Options{})
	wantHinted(t, err, "built for this system")
}
