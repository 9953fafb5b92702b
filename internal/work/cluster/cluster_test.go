package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/base/hint"
	"easel/internal/work/cluster"
	"easel/internal/work/cluster/clustertest"
)

// servers are for all tests here: one, or a cluster of three with EASEL_CLUSTER=1. Three need
// processor time to agree, so that on a busy machine they take long.
var servers struct {
	copies  int
	members []clustertest.Member
	list    []*server.Server
}

func TestMain(m *testing.M) {
	servers.copies = 1
	if os.Getenv("EASEL_CLUSTER") != "" {
		servers.copies = 3
	}
	dir, err := os.MkdirTemp("", "easel-cluster")
	if err == nil {
		servers.members, err = clustertest.Plan(servers.copies, dir)
	}
	for _, member := range servers.members {
		var s *server.Server
		if s, err = clustertest.Start(member); err != nil {
			break
		}
		servers.list = append(servers.list, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flag.Parse()
	_ = flag.Set("test.parallel", "16") // most of them only wait
	code := m.Run()
	for _, s := range servers.list {
		s.Shutdown()
		s.WaitForShutdown()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func connect(t *testing.T, edit func(*cluster.Options)) *cluster.Cluster {
	t.Helper()
	o := cluster.Options{URLs: clustertest.URLs(servers.members), Prefix: t.Name(), Replicas: servers.copies, Log: func(err error) { t.Log(err) }}
	if edit != nil {
		edit(&o)
	}
	c, err := cluster.Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func open(t *testing.T, edit func(*cluster.Options)) *cluster.Cluster {
	t.Helper()
	c := connect(t, edit)
	if err := c.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTable: of two that change an entry, one does; a removal is seen; all is watched in
// order.
func TestTable(t *testing.T) {
	t.Parallel()
	c, ctx := open(t, nil), t.Context()
	first, err := c.Put(ctx, "jobs.a", []byte("one"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Put(ctx, "jobs.a", []byte("other"), 0); !errors.Is(err, cluster.ErrChanged) {
		t.Errorf("an entry is made twice: %v", err)
	}
	if again, err := c.Put(ctx, "jobs.a", []byte("one"), 0); err != nil || again != first {
		t.Errorf("what was written, but whose answer was lost, is not recognised: %d, %v", again, err)
	}
	second, err := c.Put(ctx, "jobs.a", []byte("two"), first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Put(ctx, "jobs.large", make([]byte, 2<<20), 0); err == nil || !strings.Contains(hint.Of(err, hint.Keys{}), "max_payload") {
		t.Errorf("an entry that is too large: %v", err)
	}
	seen, known := make(chan cluster.Entry, 10), make(chan struct{})
	watch, stop := context.WithCancel(ctx)
	defer stop()
	go c.Watch(watch, func(e cluster.Entry) { seen <- e }, func() { close(known) })
	<-known
	if e := <-seen; e.Key != "jobs.a" || string(e.Value) != "two" || e.Revision != second {
		t.Errorf("%+v", e)
	}
	if _, err := c.Put(ctx, "jobs.a", nil, second); err != nil {
		t.Fatal(err)
	}
	if e := <-seen; e.Value != nil {
		t.Errorf("%+v", e)
	}
	if e, err := c.Get(ctx, "jobs.a"); err != nil || e.Value != nil || e.Revision <= second {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err := c.Get(ctx, "never"); err != nil || e.Revision != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestEmptyTable: nothing is known of an empty table at once.
func TestEmptyTable(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	known := make(chan struct{})
	watch, stop := context.WithCancel(t.Context())
	defer stop()
	go c.Watch(watch, func(cluster.Entry) {}, func() { close(known) })
	<-known
}

// TestFiles: a file of several parts is the same again, and gone when it is removed.
func TestFiles(t *testing.T) {
	t.Parallel()
	c, ctx := open(t, nil), t.Context()
	for _, size := range []int{0, 1, 512 << 10, 1_300_000} {
		want := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		place := fmt.Sprint("jobs.a.1.", size)
		if err := c.WriteFile(ctx, place, bytes.NewReader(want)); err != nil {
			t.Fatal(err)
		}
		if has, err := c.HasFile(ctx, place, int64(size)); !has || err != nil {
			t.Errorf("%d bytes are not there: %v", size, err)
		}
		got, err := io.ReadAll(c.OpenFile(ctx, place, int64(size)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as %d: %v", size, len(got), err)
		}
	}
	parts, end, err := c.ListFiles(ctx, "jobs.a")
	if err != nil || parts["jobs.a.1.1300000"] != 3 || len(parts) != 3 {
		t.Errorf("%v, %v", parts, err)
	}
	if err := c.WriteFile(ctx, "jobs.a.2.later", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveFiles(ctx, "jobs.a", end); err != nil {
		t.Fatal(err)
	}
	if parts, _, err = c.ListFiles(ctx, "jobs"); err != nil || len(parts) != 1 || parts["jobs.a.2.later"] != 1 {
		t.Errorf("%v, %v", parts, err)
	}
	if _, err := io.ReadAll(c.OpenFile(ctx, "jobs.a.1.1", 1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a removed file: %v", err)
	}
}

// TestEvents: events are found by what they are about, in order.
func TestEvents(t *testing.T) {
	t.Parallel()
	c, ctx := open(t, nil), t.Context()
	notified := make(chan struct{}, 10)
	watch, stop := context.WithCancel(ctx)
	defer stop()
	go c.WatchEvents(watch, func() { notified <- struct{}{} })
	<-notified // it watches
	for _, text := range []string{"a1", "b1", "a2"} {
		if err := c.Publish(ctx, text[:1], []byte(text)); err != nil {
			t.Fatal(err)
		}
		<-notified
	}
	data, at, ok, err := c.Next(ctx, "a", 0)
	if err != nil || !ok || string(data) != "a1" {
		t.Errorf("%s, %v, %v", data, ok, err)
	}
	if data, _, ok, err = c.Next(ctx, "a", at); err != nil || !ok || string(data) != "a2" {
		t.Errorf("%s, %v, %v", data, ok, err)
	}
	if data, _, ok, err = c.Next(ctx, "", at); err != nil || !ok || string(data) != "b1" {
		t.Errorf("%s, %v, %v", data, ok, err)
	}
	if _, _, ok, err = c.Next(ctx, "c", 0); err != nil || ok {
		t.Errorf("%v, %v", ok, err)
	}
	if last, err := c.Last(ctx); err != nil || last != 3 {
		t.Errorf("%d, %v", last, err)
	}
}

// TestLease: the second is told who has the lease; a successor on the same folder gets it at
// once, as does anybody when it was released; who loses it is told.
func TestLease(t *testing.T) {
	t.Parallel()
	c, ctx := open(t, nil), t.Context()
	var lost atomic.Value
	release, err := c.Hold(ctx, cluster.Holder{Session: "a", Host: "one", PID: 1}, func(err error) { lost.Store(err) })
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Hold(ctx, cluster.Holder{Session: "b", Host: "two"}, func(error) {})
	var held *cluster.HeldError
	if !errors.As(err, &held) || held.Holder.Host != "one" || held.Holder.PID != 1 {
		t.Fatalf("a second holder: %v", err)
	}
	successor, err := c.Hold(ctx, cluster.Holder{Session: "a", Host: "one", PID: 2}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); lost.Load() == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("who has lost the lease is not notified")
		}
	}
	release()
	successor()
	if release, err = c.Hold(ctx, cluster.Holder{Session: "b"}, func(error) {}); err != nil {
		t.Fatal(err)
	}
	release()
}

// TestRefused: streams that are not as required are refused with what to set.
func TestRefused(t *testing.T) {
	t.Parallel()
	connect(t, nil) // they have a leader now
	conn, err := nats.Connect(clustertest.URLs(servers.members))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config      jetstream.StreamConfig
		words, hint []string
	}{
		"memory":   {jetstream.StreamConfig{Storage: jetstream.MemoryStorage, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew}, []string{"KV_refused-memory has storage Memory: it must be File"}, []string{"nats stream rm KV_refused-memory"}},
		"replicas": {jetstream.StreamConfig{MaxMsgsPerSubject: 1, Discard: jetstream.DiscardOld, Duplicates: time.Second}, []string{"replicas 1: it must be 3 or more", "discard policy old: it must be new", "duplicates window 1s: it must be 2m0s"}, []string{"nats stream edit KV_refused-replicas --replicas=3", "--discard=new", "--dupe-window=2m0s"}},
		"limits":   {jetstream.StreamConfig{MaxMsgsPerSubject: 5, MaxAge: time.Hour, Discard: jetstream.DiscardNew}, []string{"messages per subject 5: it must be 1", "age 1h0m0s: it must be 0s"}, []string{"--max-msgs-per-subject=1", "--max-age=0s"}},
		"direct":   {jetstream.StreamConfig{MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, AllowDirect: true, DenyPurge: true}, []string{"direct access on: it must be off", "deny-purge on: it must be off"}, []string{"nats stream edit KV_refused-direct --no-allow-direct"}},
		"subjects": {jetstream.StreamConfig{MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, Subjects: []string{"other.>"}, NoAck: true}, []string{"subjects [other.>]: it must be [$KV.refused-subjects.>]", "no-ack on: it must be off"}, []string{"nats stream rm KV_refused-subjects"}},
		"queue":    {jetstream.StreamConfig{MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, Retention: jetstream.WorkQueuePolicy}, []string{"retention WorkQueue: it must be Limits"}, nil},
	} {
		prefix := "refused-" + name
		if c.config.Replicas = servers.copies; name == "replicas" {
			c.config.Replicas = 1
		}
		if c.config.Name = "KV_" + prefix; c.config.Subjects == nil {
			c.config.Subjects = []string{"$KV." + prefix + ".>"}
		}
		if _, err := js.CreateStream(t.Context(), c.config); err != nil {
			t.Fatal(err)
		}
		err := connect(t, func(o *cluster.Options) {
			if o.Prefix = prefix; name == "replicas" || servers.copies == 3 {
				o.Replicas = 3
			}
		}).Open(t.Context())
		var wrong *cluster.WrongError
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q lacks %q", name, err, w)
			}
		}
		for _, w := range c.hint {
			if !strings.Contains(hint.Of(err, hint.Keys{}), w) {
				t.Errorf("%s: %q lacks %q", name, hint.Of(err, hint.Keys{}), w)
			}
		}
	}
}

// TestNone: a worker on a cluster without jobs is told so; it does not make the streams.
func TestNone(t *testing.T) {
	t.Parallel()
	if err := connect(t, nil).Find(t.Context()); !errors.Is(err, cluster.ErrNone) {
		t.Error(err)
	}
}

// TestUnfit: servers that cannot have jobs are refused with a hint.
func TestUnfit(t *testing.T) {
	t.Parallel()
	single := func(edit func(*server.Options)) string {
		o := &server.Options{ServerName: "single", Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, StoreDir: t.TempDir()}
		edit(o)
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		if !s.ReadyForConnections(10 * time.Second) {
			t.Fatal("no server")
		}
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		return s.ClientURL()
	}
	for name, c := range map[string]struct {
		url        string
		word, hint string
	}{
		"no JetStream":  {single(func(*server.Options) {}), "jetstream not enabled", "jetstream"},
		"one server":    {single(func(o *server.Options) { o.JetStream = true }), "replicas > 1 not supported", "nats_replicas"},
		"password":      {single(func(o *server.Options) { o.Username, o.Password = "u", "p" }), "Authorization Violation", "nats_credentials"},
		"small":         {single(func(o *server.Options) { o.JetStream = true; o.MaxPayload = 1000 }), "limited to 1000 bytes", "max_payload"},
		"nobody":        {"nats://127.0.0.1:1", "no servers", "port"},
		"secret in URL": {"nats://u:secret@127.0.0.1:1", "password", "nats_credentials"},
		"http":          {"http://127.0.0.1:1", "not the address", "nats://"},
		"token in URL":  {"http://secret@127.0.0.1:1", "not the address", "nats://"},
	} {
		k, err := cluster.Connect(cluster.Options{URLs: c.url})
		if err == nil {
			err = k.Open(t.Context())
			k.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(hint.Of(err, hint.Keys{}), c.hint) || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: %v; %s", name, err, hint.Of(err, hint.Keys{}))
		}
	}
	c, err := cluster.Connect(cluster.Options{URLs: single(func(o *server.Options) { o.JetStream = true }), Replicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Open(t.Context()); err != nil {
		t.Errorf("one copy on one server: %v", err)
	}
}
