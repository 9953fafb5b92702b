package bench

import (
	"slices"
	"time"

	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/cpu/pool"
	"easel/internal/engine/device"
)

// Machine holds the peak rates of the processor and its memory, measured with
// easel's own kernels on all threads.
type Machine struct {
	// GFLOPS is the rate of the micro-kernel of Options.Precision in 10⁹ operations per
	// second, with operands in the cache; a fused multiply-add counts as two.
	GFLOPS float64 `json:"gflops"`
	// ReadGBs is the rate of reading memory, in 10⁹ bytes per second, and UpdateGBs that of
	// reading it and writing it back, both directions counted.
	ReadGBs   float64 `json:"read_gb_per_second"`
	UpdateGBs float64 `json:"update_gb_per_second"`
	Threads   int     `json:"threads"`
	Kernels   string  `json:"kernels"`
}

// Sizes of one measurement. The memory is far larger than any cache.
const (
	tileTerms     = 256
	tilesATask    = 400
	memoryFloats  = 64 << 20
	memoryRows    = 64
	memoryColumns = 1024
	measureFor    = 200 * time.Millisecond
)

// MeasureMachine takes about a second, and 256 MB of memory meanwhile.
func MeasureMachine(o Options) (Machine, error) {
	matrices, err := named(gemm.Named, gemm.Detect, o.Kernels)
	if err != nil {
		return Machine{}, err
	}
	workers := pool.New(o.threads())
	defer workers.Close()
	m := Machine{Threads: workers.Workers(), Kernels: matrices.Name}
	if rounded := matrices.BFloat16(); rounded != nil && o.precision() == device.BFloat16 {
		matrices = rounded
	}
	m.GFLOPS = tileRate(workers, matrices)
	m.ReadGBs, m.UpdateGBs = memoryRates(workers)
	return m, nil
}

// tileRate measures full tiles that every worker has in its own cache.
func tileRate(workers *pool.Pool, k *gemm.Kernels) float64 {
	tiles := make([]gemm.Tile, workers.Workers())
	for i := range tiles {
		tiles[i] = fullTile(k)
	}
	tasks := 4 * len(tiles)
	terms := tileTerms * tileTerms / k.Elements(tileTerms)
	return rate(float64(tasks*tilesATask)*2*gemm.MR*float64(k.NR*terms), func() {
		workers.Run(tasks, func(_, worker int) {
			for range tilesATask {
				k.Run(&tiles[worker])
			}
		})
	})
}

func fullTile(k *gemm.Kernels) gemm.Tile {
	t := gemm.Tile{
		A: make([]float32, gemm.MR*tileTerms), B: make([]float32, k.NR*tileTerms), C: make([]float32, gemm.MR*k.NR),
		Segments: []gemm.Segment{{Length: tileTerms}}, AStep: gemm.MR, LDB: k.NR, M: gemm.MR, N: k.NR,
	}
	for i := range t.Rows {
		t.Segments[0].A[i], t.Rows[i] = i, i*k.NR
	}
	return t
}

// memoryRates sums the columns of a large array, then scales it in place.
func memoryRates(workers *pool.Pool) (read, update float64) {
	k := pointwise.Detect()
	all := make([]float32, memoryFloats)
	for i := range all {
		all[i] = 1
	}
	sums := make([][memoryColumns]float32, workers.Workers())
	const task = memoryRows * memoryColumns
	read = rate(4*memoryFloats, func() {
		workers.Run(memoryFloats/task, func(i, worker int) {
			k.ChannelSum(sums[worker][:], all[i*task:][:task], memoryColumns, memoryRows, memoryColumns)
		})
	})
	update = rate(8*memoryFloats, func() {
		workers.Run(memoryFloats/task, func(i, _ int) {
			k.Scale(all[i*task:][:task], task, 1, all[i*task:][:task], task, 1, task)
		})
	})
	return read, update
}

// rate repeats f for a while and returns the rate of the fastest run in 10⁹ per second:
// other load disturbs the slower ones.
func rate(amount float64, f func()) float64 {
	f()
	var times []float64
	for begun := time.Now(); time.Since(begun) < measureFor || len(times) < 3; {
		start := time.Now()
		f()
		times = append(times, time.Since(start).Seconds())
	}
	return amount / slices.Min(times) / 1e9
}

// named returns the kernels with a name; for no name, the best.
func named[K any](find func(string) (K, error), best func() K, name string) (K, error) {
	if name == "" {
		return best(), nil
	}
	return find(name)
}
