package pix2pix

import (
	"slices"
	"testing"

	"easel/internal/engine/graph"
)

func TestAugmentNumbers(t *testing.T) {
	t.Parallel()
	const height, width = 64, 32
	moved, cut := false, false
	for step := range uint64(200) {
		numbers := AugmentNumbers(1, step, 2, height, width)
		if !slices.Equal(numbers[:graph.AugmentSize], AugmentNumbers(1, step, 1, height, width)) {
			t.Fatal("a picture's numbers depend on the batch")
		}
		for i, limits := range [][2]float32{{-0.5, 0.5}, {0, 2}, {0.5, 1.5}, {-8, 8}, {-4, 4}, {-16, 48}, {-8, 24}} {
			if v := numbers[i]; v < limits[0] || v > limits[1] || i >= 3 && v != float32(int(v)) {
				t.Fatalf("number %d is %g", i, v)
			}
		}
		moved, cut = moved || numbers[3] == 8, cut || numbers[5] < 0
	}
	if !moved || !cut {
		t.Error("pictures are not moved as far, or cut as near the border, as can be")
	}
	if slices.Equal(AugmentNumbers(1, 1, 1, height, width), AugmentNumbers(2, 1, 1, height, width)) {
		t.Error("the seed makes no difference")
	}
}
