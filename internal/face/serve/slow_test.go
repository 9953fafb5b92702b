package serve

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"easel/internal/work/jobs"
)

// pipes is a listener in memory, so that time can be made to pass.
type pipes struct {
	coming chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.coming:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.coming <- server
	return client
}

// TestSlowSenders: who sends a byte a second is cut off, in the header or in the body,
// and leaves no memory and no goroutine; others are served meanwhile.
func TestSlowSenders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) { // which fails if goroutines are left
		o := Default()
		o.Models = []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
		s, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		l := &pipes{coming: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, l) }()

		const senders = 200
		began, cut := time.Now(), make(chan time.Duration, senders)
		for i := range senders {
			c := l.dial()
			// In the header, in a body that is read, and in one that is not.
			path, size := []string{"/v1/translate?model=a", "/nobody"}[i/2%2], []int{1e4, 1e6}[i/4%2]
			header := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n", path, size)
			if i%2 == 0 {
				header += "\r\n"
			}
			go func() {
				go func() { _, _ = io.Copy(io.Discard, c) }()
				for _, err = io.WriteString(c, header); err == nil; _, err = c.Write([]byte{'x'}) {
					time.Sleep(time.Second)
				}
				cut <- time.Since(began)
				_ = c.Close()
			}()
		}
		time.Sleep(3 * time.Second)
		c := l.dial()
		if _, err := io.WriteString(c, "GET /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("nobody else is served: %v", err)
		}
		_ = c.Close()
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("somebody else waited until %s", took)
		}
		for range senders {
			if at := <-cut; at > firstTime+5*time.Second {
				t.Fatalf("a sender stayed for %s", at)
			}
		}
		if n := s.memory.reserved(); n != 0 {
			t.Errorf("%d bytes are still reserved", n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestSlowReaders: who does not take an answer is cut off.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Default())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		l := &pipes{coming: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, l) }()
		for range 50 {
			c := l.dial()
			if _, err := io.WriteString(c, "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if n, err := io.Copy(io.Discard, c); err != nil || n > int64(len(description))/2 {
				t.Fatalf("after a minute %d bytes come, %v", n, err)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestIdleStreams: many who listen while nothing happens keep nobody out, and leave
// nothing behind. Not parallel: it counts goroutines.
func TestIdleStreams(t *testing.T) {
	s := newServer(t)
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	before := runtime.NumGoroutine() + 30 // of the queue's own, which come and go
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	client := &http.Client{Transport: &http.Transport{}}
	for range 300 {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
	}
	answer, err := client.Get(server.URL + "/v1/version")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(err)
	}
	answer.Body.Close()
	leave()
	client.CloseIdleConnections()
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before: %s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// sick is a queue whose disk is full.
type sick struct{ queue }

func (sick) Health() error { return fmt.Errorf("%w: no space left on device", jobs.ErrStore) }

// TestReady: a server that cannot keep anything says so to whoever asks, without where.
func TestReady(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	well := s.queue
	t.Cleanup(func() { s.queue = well })
	for status, q := range map[int]queue{http.StatusOK: well, http.StatusServiceUnavailable: sick{well}} {
		s.queue, s.health = q, health{}
		r := httptest.NewRequest("GET", "/readyz", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%d %s, want %d", w.Code, w.Body, status)
		}
	}
}
