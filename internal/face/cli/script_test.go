package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/face/cli"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// TestMain makes this test binary the programs that the scripts run.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"easel": program, "pairs": pairs})
}

// program is cmd/easel.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

// pairs DIR COUNT SIZE draws side-by-side pictures: a disc on the left, the
// same disc in another colour on the right.
func pairs() {
	count, _ := strconv.Atoi(os.Args[2])
	size, _ := strconv.Atoi(os.Args[3])
	if err := drawPairs(os.Args[1], count, size); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func drawPairs(dir string, count, size int) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i := range count {
		p := imgio.New(2*size, size, 3)
		x0, y0 := size/4+(i*5)%(size/2), size/4+(i*7)%(size/2)
		for y := range size {
			for x := range size {
				if (x-x0)*(x-x0)+(y-y0)*(y-y0) < size*size/16 {
					p.Set(x, y, 0, 1)
					p.Set(size+x, y, 2, 1)
				}
			}
		}
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p); err != nil {
			return err
		}
	}
	return nil
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// ZOO has other programs' models.
			zoo, err := filepath.Abs("../../model/zoo/testdata")
			e.Setenv("ZOO", zoo)
			return err
		},
		Condition: func(name string) (bool, error) {
			if name != "bf16" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return backend.CheckPrecision(backend.Default, device.BFloat16) == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "jsonlines": jsonLines, "size": size, "head": head, "sametensors": sameTensors,
			"vggweights": vggWeights, "serve": serve,
		},
	})
}

// exits CODE PROGRAM ARG… runs a program and compares its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// jsonlines FILE KEY… checks that every line is a JSON object with the keys.
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	for _, line := range lines {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("%q: %v", line, err)
		}
		for _, key := range args[1:] {
			if _, ok := object[key]; !ok {
				ts.Fatalf("%q has no %s", line, key)
			}
		}
	}
}

// size FILE WIDTH HEIGHT checks a picture.
func size(ts *testscript.TestScript, neg bool, args []string) {
	p, _, err := imgio.Decode(strings.NewReader(ts.ReadFile(args[0])), args[0], imgio.ReadOptions{})
	ts.Check(err)
	if got := fmt.Sprint(p.Width, p.Height); got != args[1]+" "+args[2] {
		ts.Fatalf("%s is %s", args[0], got)
	}
}

// head FROM TO N copies the first bytes of a file.
func head(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[0])[:n]), 0o666))
}

// sametensors A B compares two checkpoints, but for the seconds that they took.
func sameTensors(ts *testscript.TestScript, neg bool, args []string) {
	a, err := safetensors.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := safetensors.Load(ts.MkAbs(args[1]))
	ts.Check(err)
	switch same := reflect.DeepEqual(a.Tensors, b.Tensors); {
	case same && neg:
		ts.Fatalf("%s and %s are the same", args[0], args[1])
	case !same && !neg:
		ts.Fatalf("%s and %s differ: %.500s", args[0], args[1], cmp.Diff(a.Tensors, b.Tensors))
	}
}

// vggweights FILE WIDTH [own|foreign] writes weights of a narrow random VGG-19:
// of easel's own, or as other programs name them, of which nothing tells the kind.
func vggWeights(ts *testscript.TestScript, neg bool, args []string) {
	width, err := strconv.Atoi(args[1])
	ts.Check(err)
	w := vgg.Random(width, 1)
	if args[2] == "own" {
		ts.Check(weights.Write(ts.MkAbs(args[0]), w, weights.About{Kind: vgg.Caffe}))
		return
	}
	var list []safetensors.Tensor
	for i, l := range vgg.Layers() {
		j := slices.IndexFunc(w.Filters, func(f vgg.Filter) bool { return f.Layer == l.Name })
		if j < 0 {
			continue
		}
		shape, out := vgg.KernelShape(l.Name, width)
		name := fmt.Sprintf("features.%d", i)
		list = append(list,
			safetensors.Tensor{Name: name + ".weight", Shape: []int{out, shape[2], 3, 3}, Data: w.Filters[j].Kernel},
			safetensors.Tensor{Name: name + ".bias", Shape: []int{out}, Data: w.Filters[j].Bias})
	}
	ts.Check(safetensors.Write(ts.MkAbs(args[0]), nil, list))
}

// serve NAME FILE serves a file over HTTP, at an address that it puts into the
// environment.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	content := ts.ReadFile(args[1])
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}
