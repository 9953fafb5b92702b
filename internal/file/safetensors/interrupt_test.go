package safetensors

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/file/atomicfile"
	"easel/internal/file/tensors"
)

// fullDisk fails after some bytes, as a full disk does.
type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.left)
	d.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestFullDiskAtEveryByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	if err := os.WriteFile(path, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	sorted := byName(goldenTensors())
	header, err := encodeHeader(map[string]string{"k": "v"}, sorted, "F32")
	if err != nil {
		t.Fatal(err)
	}
	for space := range len(golden) {
		disk := &fullDisk{space}
		err := atomicfile.Write(path, func(file io.Writer) error {
			return writeTo(io.MultiWriter(file, disk), header, sorted, tensors.Encode)
		})
		if !errors.Is(err, errFull) {
			t.Fatalf("%d bytes of space: error %v", space, err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "x" {
		t.Fatalf("the old file is now %q, %v", text, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Fatalf("the folder has %v, %v", left, err)
	}
}
