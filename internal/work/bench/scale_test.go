package bench

import "testing"

// What the plans of the cases allow on 8, 16 and 32 cores. A change that cuts
// work more coarsely, or makes steps wait for more, lowers these.
func TestScale(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][3]float64{
		"train-256-b1":   {0.94, 0.87, 0.69},
		"train-256-b4":   {0.94, 0.91, 0.83},
		"generator-1024": {0.90, 0.85, 0.78},
		"vgg-512":        {0.96, 0.86, 0.78},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simulations, err := Scale(name, Options{Kernels: "go"}, 8, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range simulations {
				t.Logf("%d cores: %.1f ms, efficiency %.3f", s.Workers, 1e3*s.Seconds, s.Efficiency)
				if !(s.Efficiency >= want[i]) {
					t.Errorf("efficiency %.3f on %d cores, want %.2f; they wait most for %s", s.Efficiency, s.Workers, want[i], s.Waits[0].Step)
				}
			}
		})
	}
}
