package dataset

import (
	"fmt"
	"path/filepath"

	"easel/internal/file/imgio"
)

// Example returns the input of a pair of a folder, to begin a drawing with, without a
// look at any other pair: for each n another one, in an order of its own. Read reads a
// file; its errors are passed on.
func Example(dir string, d Direction, n int, read func(path string) (*imgio.Picture, error)) (*imgio.Picture, error) {
	found, err := find(dir)
	if err != nil {
		return nil, err
	}
	if len(found.pairs) == 0 {
		return nil, fmt.Errorf("find pairs: there are none in %s", dir)
	}
	i := Order(len(found.pairs), 0, 0)[n%len(found.pairs)]
	a, b, err := found.pairs[i].assemble(func(file string) (*imgio.Picture, error) {
		return read(filepath.Join(dir, filepath.FromSlash(file)))
	})
	if d == BtoA {
		return b, err
	}
	return a, err
}
