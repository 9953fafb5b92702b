//go:build !unix

package safetensors

import "os"

// mapFile maps nothing here: tensors are read.
func mapFile(*os.File, int64) []byte { return nil }

func unmap([]byte) error { return nil }
