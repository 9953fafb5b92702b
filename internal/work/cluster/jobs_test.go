package cluster_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"easel/internal/work/cluster"
	"easel/internal/work/cluster/clustertest"
	"easel/internal/work/jobs"
	"easel/internal/work/worker"
)

// writing is a kind that writes a line for each step, and continues where it was. Slow says
// how long a step takes.
func writing(slow time.Duration) jobs.Kind {
	type options struct {
		Input string `json:"input"`
		Steps int    `json:"steps"`
	}
	return jobs.Kind{
		Name: "write", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Inputs: func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var w options
			err := json.Unmarshal(o, &w)
			return o, []jobs.Input{{Path: w.Input}}, err
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var w options
			if err := json.Unmarshal(r.Options, &w); err != nil {
				return nil, err
			}
			line, err := os.ReadFile(w.Input)
			if err != nil {
				return nil, err
			}
			path := filepath.Join(r.Folder, "out", "lines.bin")
			text, _ := os.ReadFile(path)
			for n := len(text) / len(line); n < w.Steps; n++ {
				text = append(text, line...)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o644)); err != nil {
					return nil, err
				}
				r.Report("step", jobs.Progress{Done: n + 1, Total: w.Steps, Kept: n + 1}, true)
				select {
				case <-time.After(slow):
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
			return map[string]int{"lines": w.Steps}, nil
		},
	}
}

// serving is a queue as easel serve has it.
func serving(t *testing.T, state string, edit func(*jobs.Options)) *jobs.Queue {
	t.Helper()
	o := jobs.Options{State: state, Cluster: open(t, nil), Kinds: []jobs.Kind{writing(0)}, Version: "v1", Complain: func(err error) { t.Log("serve:", err) }}
	if edit != nil {
		edit(&o)
	}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

// assisting is a queue as easel work has it.
func assisting(t *testing.T, edit func(*cluster.Options)) *jobs.Queue {
	t.Helper()
	q, err := jobs.Assist(t.Context(), jobs.Options{Cluster: connect(t, edit), Kinds: []jobs.Kind{writing(0)}, Complain: func(err error) { t.Log("work:", err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func machine(name string) jobs.Machine {
	return jobs.Machine{Name: name, Version: "v1", Bits: "x", Kinds: []string{"write"}}
}

// work starts a worker, and returns how to stop it.
func work(t *testing.T, name string, slow time.Duration) (stop func()) {
	t.Helper()
	q := assisting(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	m := machine(name)
	m.Kinds = nil
	folder := t.TempDir()
	go func() {
		ended <- worker.Run(ctx, worker.Options{Host: q, Machine: m, Kinds: []jobs.Kind{writing(slow)}, Folder: folder, SaveEvery: 50 * time.Millisecond})
	}()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error("worker:", err)
		}
		q.Close()
	}
	t.Cleanup(stop)
	return stop
}

func submit(t *testing.T, q *jobs.Queue, input string, steps int) string {
	t.Helper()
	j, err := q.Submit(t.Context(), "write", json.RawMessage(fmt.Sprintf(`{"input":%q,"steps":%d}`, input, steps)), "")
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// until waits for a job.
func until(t *testing.T, q *jobs.Queue, id string, is func(jobs.View) bool) jobs.View {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		j, err := q.Get(id)
		if err == nil && is(j) {
			return j
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v, %v", j.Job, err)
		}
	}
}

func in(s jobs.State) func(jobs.View) bool { return func(j jobs.View) bool { return j.State == s } }

// check compares what a job has made with what one in peace makes.
func check(t *testing.T, q *jobs.Queue, id, input string, steps int) {
	t.Helper()
	if j := until(t, q, id, func(j jobs.View) bool { return j.State.Ended() }); j.State != jobs.Done {
		t.Fatalf("%s: %s", j.State, j.Error)
	}
	if err := q.Gather(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	files, err := q.Files(id)
	if err != nil {
		t.Fatal(err)
	}
	line, _ := os.ReadFile(input)
	got, err := os.ReadFile(filepath.Join(files, "out", "lines.bin"))
	if want := strings.Repeat(string(line), steps); err != nil || string(got) != want {
		t.Errorf("%d bytes in place of %d: %v", len(got), len(want), err)
	}
}

func input(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "line")
	if err := os.WriteFile(path, []byte(strings.Repeat("a line\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJobs: a job is sent, done by a worker, told of, and its files come back.
func TestJobs(t *testing.T) {
	t.Parallel()
	q := serving(t, t.TempDir(), nil)
	path := input(t)
	id := submit(t, q, path, 5)
	work(t, "w", 0)
	check(t, q, id, path, 5)
	j := until(t, q, id, in(jobs.Done))
	if j.Attempt != 1 || j.Worker != "w" || j.Kept != 5 || string(j.Result) != `{"lines":5}` {
		t.Errorf("%+v", j.Job)
	}
	kinds := ""
	for after := uint64(0); !strings.HasSuffix(kinds, "done "); {
		e, err := q.Next(t.Context(), id, after)
		if err != nil {
			t.Fatal(err)
		}
		after = e.Sequence
		var v jobs.View
		if e.Type == "job" {
			_ = json.Unmarshal(e.Data, &v)
		}
		kinds += e.Type + " " + string(v.State) + " "
	}
	if kinds != "job queued job running "+strings.Repeat("progress  ", 5)+"job done " {
		t.Errorf("events: %s", kinds)
	}
	for deadline := time.Now().Add(10 * time.Second); len(q.Crew()) != 1 || q.Crew()[0].Done != 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%+v", q.Crew())
		}
	}
	if err := q.Remove(id); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Get(id); !errors.Is(err, jobs.ErrNotFound) {
		t.Error(err)
	}
	if parts, _, err := connectedTo(t).ListFiles(t.Context(), "jobs"); err != nil || len(parts) > 0 {
		t.Errorf("files of a removed job: %v, %v", parts, err)
	}
}

// connectedTo is another client of the test's prefix.
func connectedTo(t *testing.T) *cluster.Cluster { return open(t, nil) }

// TestAway: workers go on while the process that has submitted is away, and one with another
// disk then has all results.
func TestAway(t *testing.T) {
	t.Parallel()
	q := serving(t, t.TempDir(), nil)
	path := input(t)
	var ids []string
	for range 4 {
		ids = append(ids, submit(t, q, path, 20))
	}
	stop := work(t, "first", 5*time.Millisecond)
	for _, id := range ids {
		until(t, q, id, func(j jobs.View) bool { return j.Revision > 1 }) // it can be lent
	}
	q.Close()
	stop() // in the middle of a job
	work(t, "second", 0)
	later := assisting(t, nil)
	for _, id := range ids {
		until(t, later, id, in(jobs.Done))
	}
	q = serving(t, t.TempDir(), nil)
	for _, id := range ids {
		check(t, q, id, path, 20)
	}
}

// TestTakenOver: a job whose worker makes no progress goes to another, which continues from
// what was kept, and the first can neither change its files nor end it.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	path := input(t)
	q := serving(t, t.TempDir(), func(o *jobs.Options) { o.Lease = time.Second })
	id := submit(t, q, path, 3)
	first, ctx := assisting(t, nil), t.Context()
	if _, err := first.Join(ctx, machine("first")); err != nil {
		t.Fatal(err)
	}
	l, err := first.Lend(ctx, "first")
	if err != nil {
		t.Fatal(err)
	}
	line, _ := os.ReadFile(path)
	f := fileOf("out/lines.bin", string(line))
	if err := errors.Join(first.Send(ctx, l.Ref, f, strings.NewReader(string(line))), first.Save(ctx, l.Ref, jobs.Written{Put: []jobs.File{f}, Kept: 1})); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, func(j jobs.View) bool { return j.State == jobs.Queued && j.Kept == 1 })
	if err := first.Leave(ctx, "first"); err != nil { // or it would take the job again
		t.Fatal(err)
	}
	work(t, "second", 0)
	check(t, q, id, path, 3)
	if err := first.Save(ctx, l.Ref, jobs.Written{Put: []jobs.File{f}, Kept: 9}); !errors.Is(err, jobs.ErrGone) {
		t.Errorf("a late file: %v", err)
	}
	if err := first.Return(ctx, l.Ref, jobs.End{Outcome: jobs.Succeeded}); !errors.Is(err, jobs.ErrGone) {
		t.Errorf("a late end: %v", err)
	}
	if j := until(t, q, id, in(jobs.Done)); j.Epoch != 2 || j.Attempt != 2 {
		t.Errorf("%+v", j.Job)
	}
}

// TestCancel: a running job stops on its worker, and a paused one continues.
func TestCancel(t *testing.T) {
	t.Parallel()
	path := input(t)
	q := serving(t, t.TempDir(), nil)
	work(t, "w", 10*time.Millisecond)
	id := submit(t, q, path, 1_000_000)
	running := func(j jobs.View) bool { return j.State == jobs.Running && j.Progress != nil }
	until(t, q, id, running)
	if _, err := q.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, in(jobs.Paused))
	if _, err := q.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, running)
	if _, err := q.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, in(jobs.Cancelled))
}

// TestMissing: a job whose input is not there fails, with its name.
func TestMissing(t *testing.T) {
	t.Parallel()
	q := serving(t, t.TempDir(), nil)
	id := submit(t, q, filepath.Join(t.TempDir(), "nothing"), 1)
	if j := until(t, q, id, in(jobs.Failed)); !strings.Contains(j.Error, "nothing") {
		t.Errorf("%q", j.Error)
	}
}

// TestVersion: if the server is replaced by one of another version, a worker ends its job,
// however long it takes, and gets no other.
func TestVersion(t *testing.T) {
	t.Parallel()
	state, path := t.TempDir(), input(t)
	start := func(v string) *jobs.Queue {
		return serving(t, state, func(o *jobs.Options) { o.Version, o.Contact = v, time.Second })
	}
	q := start("v1")
	a := assisting(t, nil)
	if _, err := a.Join(t.Context(), machine("w")); err != nil {
		t.Fatal(err)
	}
	id := submit(t, q, path, 1)
	l, err := a.Lend(t.Context(), "w")
	if err != nil {
		t.Fatal(err)
	}
	q.Close()
	q = start("v2")
	for range 20 { // twice its contact
		time.Sleep(100 * time.Millisecond)
		if _, err := a.Beat(t.Context(), l.Ref, jobs.Beat{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Return(t.Context(), l.Ref, jobs.End{Outcome: jobs.Succeeded}); err != nil {
		t.Error(err)
	}
	if j := until(t, q, id, in(jobs.Done)); j.Epoch != 1 {
		t.Errorf("%+v", j.Job)
	}
	if _, err := a.Lend(t.Context(), "w"); !errors.Is(err, jobs.ErrStranger) {
		t.Errorf("lend: %v", err)
	}
	var version *jobs.VersionError
	if _, err := a.Join(t.Context(), machine("w")); !errors.As(err, &version) || version.Queue != "v2" {
		t.Errorf("join: %v", err)
	}
}

// TestSecond: a second server is refused and told which is the first.
func TestSecond(t *testing.T) {
	t.Parallel()
	serving(t, t.TempDir(), nil)
	_, err := jobs.Open(jobs.Options{State: t.TempDir(), Cluster: open(t, nil), Kinds: []jobs.Kind{writing(0)}, Version: "v1"})
	var held *cluster.HeldError
	if !errors.As(err, &held) || held.Holder.PID != os.Getpid() {
		t.Error(err)
	}
}

// TestServerDies: a server of the cluster is killed, and another begun again, while jobs run.
func TestServerDies(t *testing.T) {
	if servers.copies == 1 {
		t.Skip("it takes three servers: set EASEL_CLUSTER=1, or run bench/serve cluster")
	}
	path := input(t) // not parallel: the others need three servers
	q := serving(t, t.TempDir(), nil)
	work(t, "a", 5*time.Millisecond)
	work(t, "b", 5*time.Millisecond)
	var ids []string
	for range 6 {
		ids = append(ids, submit(t, q, path, 30))
	}
	until(t, q, ids[1], in(jobs.Running))
	victim := 1
	servers.list[victim].Shutdown()
	servers.list[victim].WaitForShutdown()
	for range 2 {
		ids = append(ids, submit(t, q, path, 30))
	}
	for _, id := range ids {
		check(t, q, id, path, 30)
	}
	var err error
	if servers.list[victim], err = clustertest.Start(servers.members[victim]); err != nil {
		t.Fatal(err)
	}
	open(t, func(o *cluster.Options) { o.Prefix = "again" }) // the others need three servers
}

// TestLostAnswer: a change whose answer is lost with the connection is found to be made, and
// is not made twice.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	open(t, nil)
	p := mute(t, strings.TrimPrefix(servers.members[0].URL(), "nats://"))
	c := open(t, func(o *cluster.Options) { o.URLs = "nats://" + p.address })
	other := connectedTo(t)
	p.muted.Store(true)
	revision := make(chan uint64, 1)
	go func() {
		n, err := c.Put(context.Background(), "jobs.a", []byte("mine"), 0)
		if err != nil {
			t.Error(err)
		}
		revision <- n
	}()
	var e cluster.Entry
	for deadline := time.Now().Add(10 * time.Second); e.Value == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var err error
		if e, err = other.Get(t.Context(), "jobs.a"); err != nil {
			t.Fatal(err)
		}
	}
	p.muted.Store(false)
	p.cut()
	if n := <-revision; n != e.Revision || n == 0 {
		t.Errorf("revision %d in place of %d", n, e.Revision)
	}
	if now, err := other.Get(t.Context(), "jobs.a"); err != nil || now.Revision != e.Revision {
		t.Errorf("it was made again: %+v, %v", now, err)
	}
}

// TestCutOff: a worker that is cut off loses its job to another, and cannot end it when it is
// back, though it has tried meanwhile.
func TestCutOff(t *testing.T) {
	t.Parallel()
	path := input(t)
	q := serving(t, t.TempDir(), func(o *jobs.Options) { o.Contact = time.Second })
	id := submit(t, q, path, 3)
	p := mute(t, strings.TrimPrefix(servers.members[0].URL(), "nats://"))
	first, ctx := assisting(t, func(o *cluster.Options) { o.URLs = "nats://" + p.address }), t.Context()
	if _, err := first.Join(ctx, machine("first")); err != nil {
		t.Fatal(err)
	}
	l, err := first.Lend(ctx, "first")
	if err != nil {
		t.Fatal(err)
	}
	p.closed.Store(true)
	p.cut()
	ended := make(chan error, 1)
	go func() { ended <- first.Return(ctx, l.Ref, jobs.End{Outcome: jobs.Succeeded}) }()
	work(t, "second", 0)
	check(t, q, id, path, 3)
	p.closed.Store(false)
	if err := <-ended; !errors.Is(err, jobs.ErrGone) {
		t.Errorf("a late end: %v", err)
	}
	if j := until(t, q, id, in(jobs.Done)); j.Worker != "second" || j.Epoch != 2 {
		t.Errorf("%+v", j.Job)
	}
}

// muter is a way to a server on which its answers can be lost, and which can be closed.
type muter struct {
	address string
	muted   atomic.Bool
	closed  atomic.Bool
	cuts    chan func()
}

func mute(t *testing.T, server string) *muter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	m := &muter{address: l.Addr().String(), cuts: make(chan func(), 100)}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err == nil && m.closed.Load() {
				err = to.Close()
			}
			if err != nil || m.closed.Load() {
				_ = client.Close()
				continue
			}
			m.cuts <- func() { _, _ = client.Close(), to.Close() }
			go func() { _, _ = io.Copy(to, client); _ = to.Close() }()
			go func() { _, _ = io.Copy(m.onto(client), to); _ = client.Close() }()
		}
	}()
	return m
}

func (m *muter) onto(w io.Writer) io.Writer { return muting{m, w} }

type muting struct {
	*muter
	w io.Writer
}

func (m muting) Write(p []byte) (int, error) {
	if m.muted.Load() {
		return len(p), nil
	}
	return m.w.Write(p)
}

// cut ends all connections so far.
func (m *muter) cut() {
	for {
		select {
		case cut := <-m.cuts:
			cut()
		default:
			return
		}
	}
}

func fileOf(name, content string) jobs.File {
	sum := sha256.Sum256([]byte(content))
	return jobs.File{Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}
