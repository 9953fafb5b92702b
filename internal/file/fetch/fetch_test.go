package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var content = bytes.Repeat([]byte("0123456789abcdef"), 1<<12) // 64 KiB

// server serves content, and breaks the connection after so many bytes of each
// response, if that is above 0. It counts the bytes that it has sent.
type server struct {
	*httptest.Server
	breakAfter int
	ranges     []string
	noRanges   bool
}

func serve(t *testing.T, s *server) Source {
	t.Helper()
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		if s.noRanges {
			r.Header.Del("Range")
		}
		if s.breakAfter > 0 {
			w = &breaking{w, s.breakAfter}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(s.Close)
	return sourceOf(s.URL, content)
}

func sourceOf(url string, content []byte) Source {
	sum := sha256.Sum256(content)
	return Source{url, int64(len(content)), hex.EncodeToString(sum[:])}
}

type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	if len(p) > b.left {
		_, _ = b.ResponseWriter.Write(p[:b.left])
		_ = http.NewResponseController(b.ResponseWriter).Flush()
		panic(http.ErrAbortHandler) // closes the connection
	}
	b.left -= len(p)
	return b.ResponseWriter.Write(p)
}

func fetchTo(t *testing.T, s Source, path string) error {
	t.Helper()
	return File(context.Background(), http.DefaultClient, s, path, nil)
}

// whole checks that the file is there, and its part gone.
func whole(t *testing.T, path string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes: %v", len(got), err)
	}
	if _, err := os.Stat(path + PartSuffix); err == nil {
		t.Error("the part is still there")
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "file")
	var done []int64
	source := serve(t, &server{})
	if err := File(context.Background(), http.DefaultClient, source, path, func(n int64) { done = append(done, n) }); err != nil {
		t.Fatal(err)
	}
	whole(t, path)
	if len(done) == 0 || done[len(done)-1] != source.Size {
		t.Errorf("progress %v", done)
	}
}

// A connection that breaks again and again is taken up where it broke.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := &server{breakAfter: 20000}
	path := filepath.Join(t.TempDir(), "file")
	if err := fetchTo(t, serve(t, s), path); err != nil {
		t.Fatal(err)
	}
	whole(t, path)
	if len(s.ranges) < 4 || s.ranges[0] != "" || s.ranges[1] != "bytes=20000-" {
		t.Errorf("requests %q", s.ranges)
	}
}

// What a program that was stopped has left is taken up by the next one.
func TestResume(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*server{"ranges": {}, "no ranges": {noRanges: true}} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path+PartSuffix, content[:50000], 0o666); err != nil {
			t.Fatal(err)
		}
		if err := fetchTo(t, serve(t, s), path); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		whole(t, path)
		if len(s.ranges) != 1 || s.ranges[0] != "bytes=50000-" {
			t.Errorf("%s: requests %q", name, s.ranges)
		}
	}
}

// Everything has arrived, and the program was stopped before it looked.
func TestResumeWhole(t *testing.T) {
	t.Parallel()
	s := &server{}
	path := filepath.Join(t.TempDir(), "file")
	source := serve(t, s)
	if err := os.WriteFile(path+PartSuffix, content, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := fetchTo(t, source, path); err != nil || len(s.ranges) != 0 {
		t.Errorf("%v, requests %q", err, s.ranges)
	}
	whole(t, path)
	if err := os.WriteFile(path+PartSuffix, append(content[:len(content):len(content)], 'x'), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := fetchTo(t, source, path); err != nil || len(s.ranges) != 1 || s.ranges[0] != "" {
		t.Errorf("a part that is too long: %v, requests %q", err, s.ranges)
	}
	whole(t, path)
}

// wantError checks text and hint, that there is no file, and how much of a part
// (-1: any).
func wantError(t *testing.T, err error, text, hint, path string, part int64) {
	t.Helper()
	var hints interface{ Hint() string }
	if err == nil || !strings.Contains(err.Error(), text) || !errors.As(err, &hints) || !strings.Contains(hints.Hint(), hint) {
		t.Fatalf("error %v, want …%s… with the hint …%s…", err, text, hint)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file is there")
	}
	info, err := os.Stat(path + PartSuffix)
	if part == 0 && err == nil || part > 0 && (err != nil || info.Size() != part) {
		t.Errorf("of the part there is %v: %v", info, err)
	}
}

// Wrong contents, whether they came at once or lay there, are removed.
func TestWrongHash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	source := serve(t, &server{})
	source.SHA256 = strings.Repeat("0", 64)
	wantError(t, fetchTo(t, source, path), "has the SHA-256", "try again", path, 0)

	source = serve(t, &server{})
	if err := os.WriteFile(path+PartSuffix, bytes.Repeat([]byte{1}, 1000), 0o666); err != nil {
		t.Fatal(err)
	}
	wantError(t, fetchTo(t, source, path), "has the SHA-256", "try again", path, 0)
	if err := fetchTo(t, source, path); err != nil {
		t.Fatal(err)
	}
	whole(t, path)
}

func TestWrongSize(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	source := serve(t, &server{})
	source.Size++
	wantError(t, fetchTo(t, source, path), "has 65536 bytes, not 65537", "another file", path, 0)
	source.Size = 1000
	wantError(t, fetchTo(t, source, path), "has 65536 bytes, not 1000", "another file", path, 0)
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "file")
	wantError(t, fetchTo(t, sourceOf(s.URL, content), path), "404 Not Found", "try again later", path, 0)
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path+PartSuffix, content[:7], 0o666); err != nil {
		t.Fatal(err)
	}
	wantError(t, fetchTo(t, sourceOf(s.URL, content), path), "connect", "7 of 65536 bytes are kept", path, 7)
}

// Ctrl-C leaves the part for the next time.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	path := filepath.Join(t.TempDir(), "file")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:30000])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	err := File(ctx, http.DefaultClient, sourceOf(s.URL, content), path, func(n int64) {
		if n == 30000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	wantError(t, err, "interrupted", "30000 of 65536 bytes are kept", path, 30000)
}

// A full disk is said to be one, and not tried again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	s := &server{}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.Symlink("/dev/full", path+PartSuffix); err != nil {
		t.Fatal(err)
	}
	err := fetchTo(t, serve(t, s), path)
	wantError(t, err, "no space left", "make room", path, -1)
	if !errors.Is(err, syscall.ENOSPC) || len(s.ranges) != 1 {
		t.Errorf("requests %q", s.ranges)
	}
}

func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := fetchTo(t, Source{}, filepath.Join(file, "below")); err == nil || !strings.Contains(err.Error(), "file") {
		t.Errorf("a folder that is a file: %v", err)
	}
}
