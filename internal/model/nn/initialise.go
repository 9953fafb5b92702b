package nn

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"easel/internal/engine/graph"
)

// Initialiser makes a parameter's first value.
type Initialiser interface {
	fmt.Stringer
	// fill makes a value of the given shape.
	fill(value []float32, shape graph.Shape, random *rand.Rand)
}

// Normal draws from a normal distribution with the given mean and standard
// deviation.
type Normal struct{ Mean, Deviation float64 }

// Constant is the same number everywhere.
type Constant float32

func (i Normal) String() string   { return fmt.Sprintf("N(%g, %g)", i.Mean, i.Deviation) }
func (i Constant) String() string { return fmt.Sprintf("%g", float32(i)) }

func (i Normal) fill(value []float32, _ graph.Shape, random *rand.Rand) {
	for j := range value {
		value[j] = float32(i.Mean + i.Deviation*random.NormFloat64())
	}
}

func (i Constant) fill(value []float32, _ graph.Shape, _ *rand.Rand) {
	for j := range value {
		value[j] = float32(i)
	}
}

// source returns the random numbers of one parameter, from its name and the seed.
func source(seed uint64, name string) *rand.Rand {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}
