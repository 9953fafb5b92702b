package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/work/bench"
)

func (a *app) benchCommand() *cobra.Command {
	var (
		o        = bench.Options{Budget: 5 * time.Second, Precision: device.Float32.String()}
		show     benchOutput
		profile  string
		turns    bool
		scale    []int
		measured bool
	)
	declared := option.Group("Measurement",
		option.Duration(&o.Budget, "for", "how long to repeat a case").Must("0 or more", func() bool { return o.Budget >= 0 }),
		option.Choice(&o.Kernels, "kernels", "instruction set of the processor (default: the best)", "avx512", "avx2", "neon", "go").Optional(),
		backend.PrecisionOption(&o.Precision, &a.backend),
		option.Bool(&show.plan, "plan", "print each case's plan, with the time of each step"),
		option.Ints(&scale, "scale", "with --plan: predict how the plan would run on these numbers of cores"),
		option.Bool(&measured, "measured", "with --scale: from the time that each task takes here alone, not from its arithmetic and bytes"),
		option.Bool(&show.machine, "machine", "measure the machine only, without cases"),
		option.Bool(&turns, "turns", "measure one case for each input line \"SECONDS REPEATS\", and write JSON: see bench/worker.py"),
		option.Text(&profile, "cpuprofile", "write a profile for go tool pprof").As("FILE"),
	)
	cmd := &cobra.Command{
		Use:   "bench [CASE…]",
		Short: "Measure training steps and forward passes on this machine",
		Long: `Measure whole training steps (unet_256 and the 70×70 PatchGAN, D then G, with Adam),
the generator's forward pass, and VGG-19 as in style transfer (to relu5_1, with five
Gram matrices and the content loss, forward and backward to the pixels; vgg-forward is
the forward pass alone). Without a case, all are measured.

Memory is how far the process's resident size rises while a case is built and run.
Rate and bandwidth are fractions of what the machine can do: of the micro-kernel on
operands in the cache, and of reading memory and writing it back, on all threads.
--machine prints these two alone.

With --json, each case is one object on a line: case, seconds (median of one step or
pass), fastest, slowest, repeats, peak_bytes, planned_bytes (parameters and plan
alone), threads, backend, kernels, g_multiplies, g_performed and g_bytes (of a step, in
10⁹), arithmetic_fraction and bandwidth_fraction; with --machine gflops,
read_gb_per_second, update_gb_per_second, threads and kernels.

--plan --scale 1,8,32 predicts, without running it, how a case's plan would run on
these numbers of cores, from the arithmetic and the bytes of each task, and which steps
cores would wait for. It does not account for memory and caches that cores share. With
--measured, each task is run on this machine first, five times and with nothing beside
it, and takes the median of its times in the prediction.

Cases: ` + strings.Join(bench.Cases(), ", ") + `.
Other sizes and batches go by the same names, as train-256-b16 and vgg-1024.`,
		Example: `  easel bench
  easel bench --json train-256-b1
  easel bench --plan --scale 1,2,4,8,16,32,64 train-256-b1
  easel bench --plan --scale 16,32 --measured generator-1024`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if err := declared.Check(); err != nil {
				return usage(err, adviceOf(err, see(cmd)))
			}
			for _, name := range args {
				if err := bench.Check(name); err != nil {
					return usage(err, "there are "+strings.Join(bench.Cases(), ", ")+", and the same with other sizes and batches")
				}
			}
			if show.machine && len(args) > 0 {
				return usage(errors.New("--machine takes no cases"), "")
			}
			o.Backend, o.Threads = a.backend, a.threads
			if turns {
				if len(args) != 1 || show.machine {
					return usage(errors.New("--turns takes exactly one case"), "")
				}
				return bench.Turns(args[0], "easel "+a.backend, o, a.In, a.Out)
			}
			if len(args) == 0 && !show.machine {
				args = bench.Cases()
			}
			if measured && len(scale) == 0 {
				return usage(errors.New("--measured needs --plan --scale"), "")
			}
			if len(scale) > 0 {
				if err := a.checkScale(scale, show); err != nil {
					return err
				}
				return a.benchScale(o, args, scale, measured)
			}
			o.Profile = show.plan
			return a.profiled(profile, func() error { return a.bench(o, args, show) })
		},
	}
	addOptions(cmd, declared)
	return cmd
}

// benchOutput is what to show besides the cases.
type benchOutput struct{ plan, machine bool }

func (a *app) bench(o bench.Options, cases []string, show benchOutput) error {
	m, err := bench.MeasureMachine(o)
	if err != nil {
		return fmt.Errorf("bench the machine: %w", err)
	}
	if a.json && show.machine {
		a.emit(m)
	}
	a.say("the machine with %s, %s kernels: %.0f GFLOP/s, reads %.1f GB/s, updates %.1f GB/s",
		english.Plural(m.Threads, "thread", ""), m.Kernels, m.GFLOPS, m.ReadGBs, m.UpdateGBs)
	if len(cases) > 0 {
		a.say("%-16s %10s %10s %10s %8s %10s %6s %10s", "case", "median", "fastest", "slowest", "repeats", "memory", "rate", "bandwidth")
	}
	for _, name := range cases {
		r, err := bench.Run(name, o)
		if err != nil {
			return fmt.Errorf("bench %s: %w", name, err)
		}
		r = r.Against(m)
		if a.json {
			a.emit(r)
			continue
		}
		a.say("%-16s %9.4fs %9.4fs %9.4fs %8d %7.0f MB %5.0f%% %9.0f%%", r.Case, r.Seconds, r.Fastest, r.Slowest,
			r.Repeats, float64(r.PeakBytes)/1e6, 100*r.ArithmeticFraction, 100*r.BandwidthFraction)
		if show.plan {
			a.say("%s", r.Plan)
		}
	}
	return nil
}

// profiled runs f and, if a file is named, writes a CPU profile to it.
func (a *app) profiled(file string, f func() error) (err error) {
	if file == "" {
		return f()
	}
	w, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := pprof.StartCPUProfile(w); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return f()
}
