package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/face/cli"
)

// TestFetchInterrupted: Ctrl-C in a download exits with 130, keeps what has
// arrived, and the next download asks for the rest.
func TestFetchInterrupted(t *testing.T) {
	t.Parallel()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range"))
		if len(asked) > 1 {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Length", "574673361")
		_, _ = w.Write(make([]byte, 6_000_000)) // more than one of a hundred parts
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "vgg19.pth")
	args := []string{"weights", "fetch", "vgg19", "--from", s.URL, "--out", path, "--json"}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, errs := &watcher{text: `"event":"fetching"`, do: cancel}, &bytes.Buffer{}
	if code := cli.Run(ctx, args, cli.Streams{Out: out, Err: errs}); code != 130 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	info, err := os.Stat(path + ".part")
	if err != nil || info.Size() == 0 || !strings.Contains(errs.String(), ": interrupted\n") || !strings.Contains(errs.String(), "of 574673361 bytes are kept") {
		t.Errorf("%v, %v, it says %q", info, err, errs)
	}
	errs.Reset()
	if code := cli.Run(context.Background(), args, cli.Streams{Out: &bytes.Buffer{}, Err: errs}); code != 1 || !strings.Contains(errs.String(), "503") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if len(asked) != 2 || !strings.HasPrefix(asked[1], "bytes=") {
		t.Errorf("requests %q", asked)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("an unfinished file has the name of a whole one")
	}
}
