//go:build unix

package cli

import (
	buffers "bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"easel/internal/work/stylize"
	"easel/internal/work/train"
)

// On a terminal of any width the progress of long work is one line that is written
// over: it never goes on in the next one.
func TestProgressFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, columns := range []uint16{40, 80, 100, 200} {
		for name, work := range map[string]func(a *app){"train": trainSteps, "stylize": stylizeSteps, "files": fileSteps} {
			t.Run(fmt.Sprintf("%s in %d columns", name, columns), func(t *testing.T) {
				t.Parallel()
				text := onTerminal(t, columns, work)
				if n := strings.Count(text, "\n"); n > 1 {
					t.Errorf("%d lines", n)
				}
				for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
					if n := visible(line); n > int(columns) {
						t.Errorf("%d columns: %q", n, line)
					}
				}
				if !strings.Contains(text, "300") {
					t.Errorf("no progress in %q", text)
				}
			})
		}
	}
}

func trainSteps(a *app) {
	l := &trainListener{app: a, run: "run"}
	for step := 1; step <= 300; step++ {
		l.hear(train.Event{
			Kind: train.Stepped, Step: step, Steps: 300, Epoch: 1, SecondsLeft: 4000, StepsPerSecond: 3.21,
			Losses: map[string]float64{"d": 0.6931, "gan": 0.8124, "l1": 0.2512, "features": 1.213, "perceptual": 0.7771},
		})
	}
	l.finish()
}

func stylizeSteps(a *app) {
	l := &stylizeListener{app: a}
	for i := 1; i <= 300; i++ {
		l.hear(stylize.Event{
			Kind: stylize.Iterated, Width: 1536, Height: 1152, Iteration: i, Iterations: 300, Done: i, Total: 300, SecondsLeft: 4000,
			Losses: &stylize.Losses{Total: 123456.7, Content: 1234.5, Style: 98765.4, Variation: 12.3},
		})
	}
	l.clear()
}

func fileSteps(a *app) {
	bar := a.progress("translating a folder with a long name", 300)
	for i := 1; i <= 300; i++ {
		bar.at(i, "translating "+strings.Repeat("long/", 40)+"name.png")
	}
	bar.finish()
}

// onTerminal is what work writes to a terminal of so many columns.
func onTerminal(t *testing.T, columns uint16, work func(a *app)) string {
	t.Helper()
	master, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("there are no pseudo-terminals: %v", err)
	}
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	var out buffers.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&out, master) // ends with an error when the other end is closed
	}()
	work(&app{Streams: Streams{Out: io.Discard, Err: terminal}})
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	<-read
	_ = master.Close()
	return out.String()
}

// visible is how many columns a text takes, without what moves the cursor.
func visible(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == 0x1b:
			escape = true
		case escape:
			escape = !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		default:
			n++
		}
	}
	return n
}
