package bulk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"easel/internal/file/blobs"
	"easel/internal/file/imgio"
	"easel/internal/work/translate"
)

// memory is a place that a test can look into and break.
type memory struct {
	address string
	mu      sync.Mutex
	files   map[string]string
	times   map[string]time.Time
	// fail, if there is one, may make an operation fail.
	fail func(operation, name string) error
}

func newMemory(address string, files map[string]string) *memory {
	m := &memory{address: address, files: map[string]string{}, times: map[string]time.Time{}}
	for name, text := range files {
		m.put(name, text)
	}
	return m
}

func (m *memory) put(name, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = text
	m.times[name] = m.times[name].Add(time.Second)
}

func (m *memory) visible() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := maps.Clone(m.files)
	maps.DeleteFunc(all, func(name, _ string) bool { return hidden(name) })
	return all
}

func (m *memory) String() string { return m.address }

func (m *memory) check(ctx context.Context, operation, name string) error {
	if m.fail != nil {
		if err := m.fail(operation, name); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (m *memory) List(ctx context.Context, under string) iter.Seq2[blobs.Object, error] {
	return func(yield func(blobs.Object, error) bool) {
		m.mu.Lock()
		names := slices.Sorted(maps.Keys(m.files))
		m.mu.Unlock()
		for _, name := range names {
			m.mu.Lock()
			o := blobs.Object{Name: name, Size: int64(len(m.files[name])), Time: m.times[name]}
			m.mu.Unlock()
			if err := m.check(ctx, "list", name); err != nil {
				yield(o, err)
				return
			}
			if strings.HasPrefix(name, under) && !yield(o, nil) {
				return
			}
		}
	}
}

func (m *memory) Read(ctx context.Context, name string) ([]byte, error) {
	if err := m.check(ctx, "read", name); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (m *memory) Write(ctx context.Context, name string, data []byte) error {
	if err := m.check(ctx, "write", name); err != nil {
		return err
	}
	m.put(name, string(data))
	return nil
}

func (m *memory) Remove(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}

// writer is a translator that writes what it reads, with its name before.
type writer struct{ name string }

func (w writer) Stream(ctx context.Context, r io.Reader, out io.Writer, _ translate.FileOptions) ([]imgio.Warning, error) {
	data, err := io.ReadAll(r)
	if err != nil || bytes.HasPrefix(data, []byte("bad")) {
		return nil, errors.Join(err, errors.New("not a picture"))
	}
	_, err = out.Write(append([]byte(w.name), data...))
	return nil, errors.Join(err, ctx.Err())
}

func (writer) OutputFormat(translate.FileOptions) (imgio.Format, error) { return imgio.PNG, nil }

func (w writer) Signature(o translate.FileOptions) (string, error) {
	return fmt.Sprint(w.name, o.Quality), nil
}

// translated runs and returns the names of the translated pictures.
func translated(t rapid.TB, ctx context.Context, in, out Place, o Options) (Result, []string, error) {
	t.Helper()
	var names []string
	done := 0
	result, err := Run(ctx, writer{"made of "}, in, out, o, func(e Event) {
		if e.Listed == 0 {
			if e.Done < done || e.Done > e.Total {
				t.Errorf("%d of %d after %d", e.Done, e.Total, done)
			}
			done = e.Done
		}
		if e.Input != "" && e.Err == nil {
			names = append(names, e.Input)
		}
	})
	slices.Sort(names)
	if len(names) != result.Translated {
		t.Errorf("%d events, %d translated", len(names), result.Translated)
	}
	return result, names, err
}

func TestNames(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/", map[string]string{
		"a.png": "1", "b.jpg": "2", "b.PNG": "3", "sub/b.tif": "4", "sub/deep/c.png": "5", "dots.v2.webp": "6", "b.jpg.png": "7", "d.jpg.png": "8",
		".hidden.png": "", "sub/.trash/d.png": "", "notes.txt": "", "raw.heic": "",
	})
	out := newMemory("m://out/", nil)
	result, _, err := translated(t, t.Context(), in, out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a.png": "1", "b.jpg.png": "2", "b.PNG.png": "3", "sub/b.png": "4", "sub/deep/c.png": "5", "dots.v2.png": "6", "b.jpg.png.png": "7", "d.jpg.png": "8"}
	for name, text := range want {
		want[name] = "made of " + text
	}
	if got := out.visible(); !maps.Equal(got, want) {
		t.Errorf("outputs: %q", got)
	}
	if !strings.Contains(result.LeftOut, "1 .heic (raw.heic)") {
		t.Errorf("left out: %q", result.LeftOut)
	}
}

// TestResumption interrupts runs anywhere and changes the pictures in between. In the end
// every output is that of its picture, and a further run does nothing.
func TestResumption(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
		n := rapid.IntRange(1, 700).Draw(t, "pictures")
		for i := range n {
			in.put(fmt.Sprintf("%d/%03d.png", i%3, i), fmt.Sprint("picture ", i))
		}
		for range rapid.IntRange(0, 3).Draw(t, "interruptions") {
			ctx, stop := context.WithCancel(context.Background())
			left := rapid.IntRange(0, n).Draw(t, "done before")
			var mu sync.Mutex
			out.fail = func(operation, name string) error {
				mu.Lock()
				defer mu.Unlock()
				if left--; left < 0 && operation == "write" && !hidden(name) {
					stop()
				}
				return nil
			}
			_, _, err := translated(t, ctx, in, out, Options{})
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			stop()
			out.fail = nil
			names := slices.Sorted(maps.Keys(in.visible()))
			switch k := rapid.IntRange(0, len(names)-1).Draw(t, "which"); rapid.SampledFrom([]string{"change", "add", "remove", "nothing"}).Draw(t, "then") {
			case "change":
				in.put(names[k], "changed")
			case "add":
				in.put(names[k]+".more.png", "new")
			case "remove":
				if len(names) > 1 {
					_ = in.Remove(context.Background(), names[k])
				}
			}
		}
		if _, _, err := translated(t, context.Background(), in, out, Options{}); err != nil {
			t.Fatal(err)
		}
		made := out.visible()
		for name, text := range in.visible() {
			if made[name] != "made of "+text {
				t.Errorf("%s is %q", name, made[name])
			}
		}
		again, names, err := translated(t, context.Background(), in, out, Options{})
		if err != nil || len(names) > 0 || again.Kept != len(in.visible()) {
			t.Errorf("once more: %v, %+v, %q", err, again, names)
		}
	})
}

// TestSecondRunDoesTheRest has three batches, and what changes in one leaves the others.
func TestSecondRunDoesTheRest(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
	for i := range 2*batchPictures + 10 {
		in.put(fmt.Sprintf("%04d.png", i), "x")
	}
	if _, _, err := translated(t, t.Context(), in, out, Options{}); err != nil {
		t.Fatal(err)
	}
	in.put(fmt.Sprintf("%04d.png", batchPictures+3), "changed")
	in.put("9999.png", "new")
	result, names, err := translated(t, t.Context(), in, out, Options{})
	if err != nil || len(names) != batchPictures+1 || result.Kept != batchPictures+10 {
		t.Errorf("%v, %d translated, %d kept", err, len(names), result.Kept)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/", map[string]string{"a.png": "1", "b.png": "bad", "c.png": "2", "d.png": "3"})
	out := newMemory("m://out/", nil)
	left := 1
	in.fail = func(operation, name string) error { // once it does not answer
		if operation == "read" && name == "d.png" && left > 0 {
			left--
			return errors.New("connection reset")
		}
		return nil
	}
	records := 1
	out.fail = func(operation, name string) error { // nor does the output place, for a record
		if operation == "write" && hidden(name) && name != jobFile && records > 0 {
			records--
			return errors.New("connection reset")
		}
		return nil
	}
	result, names, err := translated(t, t.Context(), in, out, Options{})
	if err != nil || result.Failed != 1 || !slices.Equal(names, []string{"a.png", "c.png", "d.png"}) {
		t.Fatalf("%v, %+v, %q", err, result, names)
	}
	var record string
	for name, text := range out.files {
		if hidden(name) && name != jobFile {
			record = text
		}
	}
	if !strings.Contains(record, `"failed":[{"name":"b.png","reason":"not a picture"}]`) {
		t.Errorf("the record: %s", record)
	}
	if result, names, err := translated(t, t.Context(), in, out, Options{}); err != nil || len(names) > 0 || result.Failed != 1 || result.Kept != 3 {
		t.Errorf("again: %v, %+v, %q", err, result, names)
	}
	in.put("b.png", "good")
	if _, names, err := translated(t, t.Context(), in, out, Options{}); err != nil || !slices.Contains(names, "b.png") || out.files["b.png"] != "made of good" {
		t.Errorf("mended: %v, %q", err, names)
	}
}

// TestPicturesCome: those that come after the count are counted, too.
func TestPicturesCome(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", map[string]string{"a.png": "1"}), newMemory("m://out/", nil)
	in.fail = func(operation, _ string) error {
		if operation == "list" && len(in.visible()) == 1 {
			in.put("b.png", "2")
		}
		return nil
	}
	if result, names, err := translated(t, t.Context(), in, out, Options{}); err != nil || len(names) != 2 || result.Left != 0 {
		t.Errorf("%v, %+v, %q", err, result, names)
	}
}

// TestNothingAnswers ends a run whose output place refuses everything.
func TestNothingAnswers(t *testing.T) {
	t.Parallel()
	in, out := newMemory("m://in/", nil), newMemory("m://out/", nil)
	for i := range 100 {
		in.put(fmt.Sprintf("%04d.png", i), "x")
	}
	out.fail = func(operation, name string) error {
		if operation == "write" && !hidden(name) {
			return fs.ErrPermission
		}
		return nil
	}
	result, _, err := translated(t, t.Context(), in, out, Options{})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "in a row") || result.Failed > hopeless+atOnce {
		t.Errorf("%v, %+v", err, result)
	}
	out.fail = nil
	if result, _, err := translated(t, t.Context(), in, out, Options{}); err != nil || result.Translated != 100 {
		t.Errorf("when it answers again: %v, %+v", err, result)
	}
}

// TestRefusals: what is refused leaves the output place as it was.
func TestRefusals(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/a/", map[string]string{"a.png": "1"})
	used := newMemory("m://used/", nil)
	if _, _, err := translated(t, t.Context(), in, used, Options{}); err != nil {
		t.Fatal(err)
	}
	other := Options{Files: translate.FileOptions{Quality: 50}}
	force := Options{Files: translate.FileOptions{Force: true}}
	for name, c := range map[string]struct {
		in, out *memory
		o       Options
		want    string
	}{
		"same place":       {in, newMemory("m://in/a/", nil), Options{}, "could replace"},
		"around":           {in, newMemory("m://in/", nil), Options{}, "could replace"},
		"other options":    {in, used, other, "other options"},
		"other pictures":   {newMemory("m://b/", in.files), used, Options{}, "translations of m://in/a/"},
		"foreign files":    {in, newMemory("m://c/", map[string]string{"x.png": ""}), Options{}, "no earlier run"},
		"no pictures":      {newMemory("m://d/", nil), newMemory("m://e/", nil), Options{}, "no pictures"},
		"only unread ones": {newMemory("m://d/", map[string]string{"a.heic": ""}), newMemory("m://e/", nil), Options{}, "1 .heic"},
		"none, by force":   {newMemory("m://d/", nil), used, force, "no pictures"},
		"a damaged record": {in, newMemory("m://f/", map[string]string{jobFile: "{"}), Options{}, jobFile},
	} {
		before := maps.Clone(c.out.files)
		if _, _, err := translated(t, t.Context(), c.in, c.out, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if !maps.Equal(before, c.out.files) {
			t.Errorf("%s: the output place was changed", name)
		}
	}
	other.Files.Force = true
	if result, _, err := translated(t, t.Context(), in, used, other); err != nil || result.Translated != 1 {
		t.Errorf("with force: %v, %+v", err, result)
	}
}

// TestApart has addresses of folders as the system writes them.
func TestApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, out, beside string
		ok              bool
	}{
		{"/data/in", "/data/out", "", true},
		{"/data/in", "/data/in/made", "made/", true},
		{"/data/in/", "/data/in/made/", "made/", true},
		{"/data/in", "/data/in-2", "", true},
		{"/data/in", "/data/in/", "", false},
		{"/data/in/a", "/data/in", "", false},
		{"/", "/made", "made/", true},
	} {
		in, out := newMemory(filepath.FromSlash(c.in), nil), newMemory(filepath.FromSlash(c.out), nil)
		if beside, err := apart(in, out); beside != c.beside || (err == nil) != c.ok {
			t.Errorf("%s, %s: %q, %v", c.in, c.out, beside, err)
		}
	}
}

// TestOutputsInside puts the outputs into a folder of the inputs, which are then no inputs.
func TestOutputsInside(t *testing.T) {
	t.Parallel()
	in := newMemory("m://in/", map[string]string{"a.png": "1", "photos/a.png": "made before"})
	if result, _, err := translated(t, t.Context(), in, newMemory("m://in/photos/", nil), Options{}); err != nil || result.Translated != 1 {
		t.Errorf("%v, %+v", err, result)
	}
}

// endless lists n names without having them.
type endless struct {
	memory
	n int
}

func (e *endless) List(ctx context.Context, _ string) iter.Seq2[blobs.Object, error] {
	return func(yield func(blobs.Object, error) bool) {
		for i := range e.n {
			if !yield(blobs.Object{Name: fmt.Sprintf("folder-%d/picture-%09d.png", i/1000, i), Size: 1}, ctx.Err()) {
				return
			}
		}
	}
}

func (*endless) Read(context.Context, string) ([]byte, error) { return []byte("x"), nil }

// sink keeps records and forgets pictures.
type sink struct{ *memory }

func (s sink) Write(ctx context.Context, name string, data []byte) error {
	if !hidden(name) {
		return nil
	}
	return s.memory.Write(ctx, name, data)
}

// TestMemory holds what many names cost.
func TestMemory(t *testing.T) {
	const n, each = 50_000, 150 // bytes: a hash in a map that has grown, and a part of a record
	in, out := &endless{memory{address: "m://in/"}, n}, sink{newMemory("m://out/", nil)}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	if _, err := Run(t.Context(), writer{"x"}, in, out, Options{}, func(e Event) {
		if e.Done%(n/10) == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%.0f bytes a picture", float64(most-before.HeapAlloc)/n)
	if most > before.HeapAlloc+n*each {
		t.Errorf("%d bytes for %d pictures", most-before.HeapAlloc, n)
	}
}

// BenchmarkMillion says what a million names cost before the first picture, and when all are
// done and the command is given again.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	in, out := &endless{memory{address: "m://in/"}, n}, sink{newMemory("m://out/", nil)}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	start := func(what string) {
		before, began, listing := heap(), time.Now(), true
		ctx, stop := context.WithCancel(b.Context())
		defer stop()
		_, err := Run(ctx, writer{"x"}, in, out, Options{}, func(e Event) {
			switch {
			case e.Listed == n:
				b.ReportMetric(heap()-before, "MB/listing")
			case listing && e.Listed == 0 || e.Kept == n:
				listing = false
				b.ReportMetric(time.Since(began).Seconds(), "s/"+what)
				b.ReportMetric(heap()-before, "MB/"+what)
			}
			if e.Input != "" && what == "first" {
				stop()
			}
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		start("first")
		if _, err := Run(b.Context(), writer{"x"}, in, out, Options{}, nil); err != nil {
			b.Fatal(err)
		}
		start("again")
	}
}
