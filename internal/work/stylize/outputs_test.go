package stylize

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestNamesBeside: what lies beside a result has a name that file systems take, however
// long the result's is, and is known again.
func TestNamesBeside(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"o.png", strings.Repeat("n", 251) + ".png", strings.Repeat("é", 125) + ".jpg"} {
		o := Options{Out: filepath.Join("d", name)}
		for _, path := range []string{o.checkpoint(), numbered(o.Out, 7), numbered(o.Out, 1234567)} {
			base := filepath.Base(path)
			if filepath.Dir(path) != "d" || len(base) > 255 || !strings.HasPrefix(base, name[:1]) || base != strings.ToValidUTF8(base, "") {
				t.Errorf("%d bytes: %s", len(base), path)
			}
		}
		for path, want := range map[string]bool{
			numbered(o.Out, 7): true, numbered(o.Out, 1234567): true, o.Out: false, o.checkpoint(): false, "d/o-7.png": false, "e/o-00007.png": false,
		} {
			if o.isNumbered(path) != want {
				t.Errorf("%s beside %s: %v", path, o.Out, !want)
			}
		}
	}
}
