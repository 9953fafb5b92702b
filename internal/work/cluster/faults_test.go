package cluster_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"easel/internal/work/cluster"
	"easel/internal/work/jobs"
)

// eventually waits for something.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// TestRenewedUnheard: a renewal of the lease that was made, but whose answer never came, is not
// taken for that of another.
func TestRenewedUnheard(t *testing.T) {
	t.Parallel()
	c, ctx := open(t, nil), t.Context()
	var lost atomic.Bool
	release, err := c.Hold(ctx, cluster.Holder{Session: "a", Host: "one", PID: 1}, func(error) { lost.Store(true) })
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	renewed := uint64(0)
	eventually(t, "the lease cannot be renewed", func() bool {
		e, err := c.Get(ctx, "lease")
		if err != nil {
			t.Fatal(err)
		}
		var h cluster.Holder
		if err := json.Unmarshal(e.Value, &h); err != nil {
			t.Fatal(err)
		}
		h.Beats += 1000
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		renewed, err = c.Put(ctx, "lease", text, e.Revision)
		return err == nil
	})
	eventually(t, "it is not renewed any more", func() bool {
		e, err := c.Get(ctx, "lease")
		if err != nil {
			t.Fatal(err)
		}
		return e.Revision > renewed || lost.Load()
	})
	if lost.Load() {
		t.Error("it was taken for that of another")
	}
}

// TestGivenUp: what could not be written without a connection is not written later.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	open(t, nil)
	p := mute(t, strings.TrimPrefix(servers.members[0].URL(), "nats://"))
	c := open(t, func(o *cluster.Options) { o.URLs = "nats://" + p.address })
	p.closed.Store(true)
	p.cut()
	eventually(t, "it stays connected", func() bool { return !c.Connected() })
	short, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	if _, err := c.Put(short, "jobs.a", []byte("a"), 0); err == nil {
		t.Fatal("it is written without a connection")
	}
	p.closed.Store(false)
	if _, err := c.Put(t.Context(), "jobs.b", []byte("b"), 0); err != nil {
		t.Fatal(err)
	}
	if e, err := c.Get(t.Context(), "jobs.a"); err != nil || e.Revision != 0 {
		t.Errorf("it was written later: %+v, %v", e, err)
	}
}

// gate lets clients in, unless it is shut.
type gate struct {
	shut    atomic.Bool
	refused atomic.Int64
}

func (g *gate) Check(server.ClientAuthentication) bool {
	if g.shut.Load() {
		g.refused.Add(1)
	}
	return !g.shut.Load()
}

// TestCredentialsReplaced: a client that the servers refuse for a while is let in again, and
// says once that it is refused.
func TestCredentialsReplaced(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, err := server.NewServer(&server.Options{ServerName: "gate", Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), CustomClientAuthentication: g})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("no server")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	p := mute(t, strings.TrimPrefix(s.ClientURL(), "nats://"))
	var said atomic.Int64
	c, err := cluster.Connect(cluster.Options{URLs: "nats://" + p.address, Log: func(err error) {
		if strings.Contains(strings.ToLower(err.Error()), "authorization") {
			said.Add(1)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g.shut.Store(true)
	p.cut()
	eventually(t, "it does not try again", func() bool { return g.refused.Load() >= 3 })
	g.shut.Store(false)
	eventually(t, "it does not come back", c.Connected)
	if n := said.Load(); n != 1 {
		t.Errorf("it says %d times that it is refused", n)
	}
}

// TestIsolated: a server that is cut off takes no job from a worker whose reports only it does
// not get, neither then nor when it is connected again.
func TestIsolated(t *testing.T) {
	t.Parallel()
	open(t, nil)
	p := mute(t, strings.TrimPrefix(servers.members[0].URL(), "nats://"))
	q := serving(t, t.TempDir(), func(o *jobs.Options) {
		o.Contact = time.Second
		o.Cluster = open(t, func(o *cluster.Options) { o.URLs = "nats://" + p.address })
	})
	work(t, "w", 10*time.Millisecond)
	id := submit(t, q, input(t), 1_000_000)
	until(t, q, id, func(j jobs.View) bool { return j.State == jobs.Running && j.Progress != nil })
	p.muted.Store(true)
	time.Sleep(4 * time.Second)
	p.muted.Store(false)
	p.cut()
	if _, err := q.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j := until(t, q, id, in(jobs.Cancelled)); j.Epoch != 1 || len(j.History) != 3 {
		t.Errorf("%+v", j.Job)
	}
}

// TestBeatInTime: a report whose events cannot be published comes to an end.
func TestBeatInTime(t *testing.T) {
	t.Parallel()
	q := serving(t, t.TempDir(), nil)
	submit(t, q, input(t), 1)
	p := mute(t, strings.TrimPrefix(servers.members[0].URL(), "nats://"))
	w := assisting(t, func(o *cluster.Options) { o.URLs = "nats://" + p.address })
	if _, err := w.Join(t.Context(), machine("w")); err != nil {
		t.Fatal(err)
	}
	l, err := w.Lend(t.Context(), "w")
	if err != nil {
		t.Fatal(err)
	}
	p.closed.Store(true)
	p.cut()
	ended := make(chan error, 1)
	go func() {
		ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer stop()
		event := jobs.ProgressEvent{Event: json.RawMessage(`"step"`)}
		_, err := w.Beat(ctx, l.Ref, jobs.Beat{Events: []jobs.ProgressEvent{event, event}})
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(cluster.Patience):
		t.Error("it waits for the cluster")
	}
	p.closed.Store(false)
}

// TestWrittenUnheard: a job that was written, but whose answer never came, is done like others.
func TestWrittenUnheard(t *testing.T) {
	t.Parallel()
	q := serving(t, t.TempDir(), nil)
	path := input(t)
	done := submit(t, q, path, 2)
	work(t, "w", 0)
	j := until(t, q, done, in(jobs.Done)).Job
	j.ID, j.State, j.Revision, j.Epoch, j.Result, j.History = j.ID+"0", jobs.Queued, 1, 0, nil, nil
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connectedTo(t).Put(t.Context(), "jobs."+j.ID, text, 0); err != nil {
		t.Fatal(err)
	}
	until(t, q, j.ID, in(jobs.Done))
	check(t, q, j.ID, path, 2)
}

// TestLeftBehind: jobs from before there was a cluster are told, and are there again without it.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var log []string
	state := t.TempDir()
	alone := jobs.Options{State: state, Kinds: []jobs.Kind{writing(0)}, OnlyWorkers: true}
	q, err := jobs.Open(alone)
	if err != nil {
		t.Fatal(err)
	}
	id := submit(t, q, input(t), 1)
	q.Close()
	q = serving(t, state, func(o *jobs.Options) {
		o.Complain = func(err error) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, err.Error())
		}
	})
	if _, err := q.Get(id); !errors.Is(err, jobs.ErrNotFound) {
		t.Errorf("it is on the cluster: %v", err)
	}
	q.Close()
	mu.Lock()
	defer mu.Unlock()
	if len(log) != 1 || !strings.Contains(log[0], "without one: 1") {
		t.Errorf("%q", log)
	}
	if q, err = jobs.Open(alone); err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if j, err := q.Get(id); err != nil || j.State != jobs.Queued {
		t.Errorf("%+v, %v", j.Job, err)
	}
}
