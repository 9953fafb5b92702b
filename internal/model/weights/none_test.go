//go:build nosmall

package weights_test

import (
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/model/weights"
)

// A build without the small network says so, and has random weights in its place.
func TestWithoutSmall(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if name, err := weights.Known(""); err != nil || name != weights.Random {
		t.Errorf("without a file the weights are %q: %v", name, err)
	}
	_, _, err := weights.Open(weights.Small, "")
	if err == nil || !strings.Contains(err.Error(), "built without its small network") || hint.On(err) == "" {
		t.Errorf("%v", err)
	}
}
