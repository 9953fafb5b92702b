package digest_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/file/digest"
)

// The example of FIPS 180-2.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "abc")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := digest.File(path); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := digest.File(path + "x"); got != "" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no file: %q, %v", got, err)
	}
}
