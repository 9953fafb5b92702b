package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Ready is what Turns reports about a case before it waits.
type Ready struct {
	Version   string `json:"version"`
	Backend   string `json:"backend"`
	Precision string `json:"precision"`
	// GMultiplies, GProductBytes and GUpdateBytes are the case's Work in 10⁹.
	GMultiplies   float64 `json:"g_multiplies"`
	GProductBytes float64 `json:"g_product_bytes"`
	GUpdateBytes  float64 `json:"g_update_bytes"`
	// CompileSeconds is the time of building and the first step.
	CompileSeconds float64 `json:"compile_seconds"`
}

// Turn holds the measurements of one turn.
type Turn struct {
	Times []float64 `json:"times"`
	// PeakBytes is the memory of parameters and program on the device.
	PeakBytes int64 `json:"peak_bytes"`
}

// Turns measures a case in turns with other programs, as bench/worker.py does. It builds
// the case, runs it a few times and writes a line {"ready": …}. For each line "SECONDS
// REPEATS" that it reads, it repeats the case for that time, at least that often, and
// writes a Turn as a line. It ends at the end of its input.
func Turns(name, version string, o Options, in io.Reader, out io.Writer) error {
	began := time.Now()
	c, err := open(name, o)
	if err != nil {
		return err
	}
	defer c.close()
	work, err := WorkOf(c.graph)
	if err != nil {
		return err
	}
	if err := c.program.Run(); err != nil {
		return err
	}
	ready := Ready{
		Version: version, Backend: c.device.Name(), Precision: o.precision().String(),
		GMultiplies: work.Multiplies / 1e9, GProductBytes: work.ProductBytes / 1e9, GUpdateBytes: work.UpdateBytes / 1e9,
		CompileSeconds: time.Since(began).Seconds(),
	}
	if _, err := repeat(c.program, Options{Repeats: 2}); err != nil {
		return err
	}
	lines := json.NewEncoder(out)
	if err := lines.Encode(map[string]Ready{"ready": ready}); err != nil {
		return err
	}
	for asked := bufio.NewScanner(in); asked.Scan(); {
		var seconds float64
		var repeats int
		if _, err := fmt.Sscan(asked.Text(), &seconds, &repeats); err != nil {
			return fmt.Errorf("turns: expected SECONDS REPEATS, not %q", asked.Text())
		}
		turn := Options{Budget: time.Duration(seconds * float64(time.Second)), Repeats: repeats}
		times, err := repeat(c.program, turn)
		if err != nil {
			return err
		}
		if err := lines.Encode(Turn{slices.Clone(times), c.planned()}); err != nil {
			return err
		}
	}
	return nil
}
