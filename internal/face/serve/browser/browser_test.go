package browser

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"easel/internal/face/serve"
	"easel/internal/model/stored"
	"easel/internal/work/train"
)

// browsers are the names under which systems have Chromium.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// site is a server with a model, and what browsers told about its pages.
type site struct {
	url    string
	run    string   // the model's run folder
	models []string // that are served: the run, or its model without the run

	mu       sync.Mutex
	troubles []string
}

// pairs are drawn and the model is trained once for all tests.
var trained = sync.OnceValues(func() (run string, err error) {
	dir, err := os.MkdirTemp("", "easel-browser-")
	if err != nil {
		return "", err
	}
	if err := drawPairs(filepath.Join(dir, "pairs")); err != nil {
		return dir, err
	}
	o, err := train.Preset("paper")
	if err != nil {
		return dir, err
	}
	o.Data, o.Out = filepath.Join(dir, "pairs"), filepath.Join(dir, "labels")
	o.Network.ImageSize, o.LoadSize, o.Network.Width = 64, 64, 4
	o.Network.DiscriminatorWidth, o.Network.PatchLayers = 4, 1
	o.Length = train.Length{Steps: 4}
	o.ValEvery = 1
	return o.Out, train.Train(context.Background(), o, nil)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if run, _ := trained(); run != "" {
		_ = os.RemoveAll(filepath.Dir(run))
	}
	os.Exit(code)
}

// newSite serves a model that is much too small, and the pairs that it was trained on.
func newSite(t *testing.T, change ...func(*serve.Options)) *site {
	t.Helper()
	run, err := trained()
	if err != nil {
		t.Fatal(err)
	}
	o := serve.Default()
	o.Models, o.Data = []string{run}, []string{filepath.Join(filepath.Dir(run), "pairs")}
	for _, c := range change {
		c(&o)
	}
	server, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	return &site{url: listener.URL, run: run, models: o.Models}
}

// listen serves the model at an address, with jobs in the folder of a state if there is
// one, until stop or the test's end. The site is there then.
func (s *site) listen(t *testing.T, address, state string) (stop func(), at string) {
	t.Helper()
	o := serve.Default()
	o.Models, o.Data, o.State = s.models, []string{filepath.Join(filepath.Dir(s.run), "pairs")}, state
	server, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewUnstartedServer(server.Handler())
	_ = h.Listener.Close()
	h.Listener = l
	h.Start()
	s.url = h.URL
	stop = sync.OnceFunc(func() {
		_ = server.Close() // ends the streams of events, which h.Close would wait for
		h.CloseClientConnections()
		h.Close()
	})
	t.Cleanup(stop)
	return stop, l.Addr().String()
}

// withJobs gives a server a folder for jobs.
func withJobs(t *testing.T) func(*serve.Options) {
	return func(o *serve.Options) { o.State = t.TempDir() }
}

// alone serves the model without its run, of which there are no examples: drawings begin
// empty.
func alone(t *testing.T) func(*serve.Options) {
	return func(o *serve.Options) {
		path, err := stored.Find(o.Models[0])
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(t.TempDir(), "labels.safetensors")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		o.Models = []string{path}
	}
}

// drawPairs draws label pictures of four colours beside something else.
func drawPairs(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i := range 8 {
		pair := image.NewRGBA(image.Rect(0, 0, 128, 64))
		draw.Draw(pair, pair.Bounds(), image.NewUniform(color.RGBA{B: 200, A: 255}), image.Point{}, draw.Src)
		for j, c := range []color.RGBA{{R: 250, A: 255}, {G: 180, A: 255}, {R: 240, G: 220, A: 255}} {
			draw.Draw(pair, image.Rect(4+18*j, 4+3*i, 18+18*j, 28+3*i), image.NewUniform(c), image.Point{}, draw.Src)
		}
		for p := range 64 * 64 {
			pair.Set(64+p%64, p/64, color.RGBA{R: uint8(4 * (p % 64)), G: uint8(4 * (p / 64)), B: uint8(20 * i), A: 255})
		}
		var b bytes.Buffer
		if err := png.Encode(&b, pair); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// open starts a browser, or skips. Errors on the console, broken rules of the
// content security policy and failed requests are kept, and end the test in failure.
func (s *site) open(t *testing.T, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := ""
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skipf("no browser: none of %s is installed", strings.Join(browsers, ", "))
	}
	all := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 1600))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(all, options...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(s.hear))
	t.Cleanup(cancel)
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, trouble := range s.troubles {
			t.Errorf("the browser says: %s", trouble)
		}
	})
	return ctx
}

// hear keeps what a browser complains about.
func (s *site) hear(event any) {
	trouble := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			trouble += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			trouble = fmt.Sprintf("console %s %v", e.Type, e.Args)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			trouble = fmt.Sprintf("%s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			trouble = "request failed: " + e.ErrorText
		}
	}
	if trouble != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.troubles = append(s.troubles, trouble)
	}
}

// do runs actions, and ends the test where one fails.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// call runs a command of the browser's own protocol.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// value is the result of an expression in the page; promises are waited for.
func value[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// eventually waits until an expression of the page is true.
func eventually(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 400 {
		if value[bool](t, ctx, expression) {
			return
		}
		do(t, ctx, chromedp.Sleep(50*time.Millisecond))
	}
	t.Fatalf("never true: %s", expression)
}

// forget drops what the browser has complained about: it was meant to.
func (s *site) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles = nil
}

// visit opens a page and waits for what a selector finds.
func (s *site) visit(t *testing.T, ctx context.Context, page string, selector chromedp.CSS) {
	t.Helper()
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(s.url+page), chromedp.WaitVisible(selector))
}
