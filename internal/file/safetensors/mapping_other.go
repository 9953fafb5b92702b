//go:build !unix

package safetensors

import "os"

// mapFile maps nothing on this system: tensors are read instead.
func mapFile(*os.File, int64) []byte { return nil }

func unmap([]byte) error { return nil }
