//go:build cloud

package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// s3 starts an S3 server with a bucket and returns how to address places in it, and a
// switch that cuts off uploads after half of their bytes.
func s3(t *testing.T) (address func(folder string) string, cut *atomic.Bool) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	backend := s3mem.New()
	if err := backend.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	cut = &atomic.Bool{}
	inner := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.Load() && r.Method == http.MethodPut {
			_, _ = r.Body.Read(make([]byte, r.ContentLength/2))
			w.WriteHeader(http.StatusForbidden) // which clients do not try again
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return func(folder string) string {
		return fmt.Sprintf("s3://bucket/%s?endpoint=%s&use_path_style=true&region=us-east-1", folder, server.URL)
	}, cut
}

func TestBucket(t *testing.T) {
	address, _ := s3(t)
	place(t, func() *Place { return open(t, address("photos/")) })
	if all := names(t, open(t, address("")), ""); len(all) != 4 || !strings.HasPrefix(all[0], "photos/") {
		t.Errorf("in the bucket: %q", all)
	}
}

func TestBucketPages(t *testing.T) {
	address, _ := s3(t)
	p := open(t, address("many"))
	var want []string
	for i := range page + 5 {
		want = append(want, fmt.Sprintf("%05d", i))
		if err := p.Write(context.Background(), want[i], []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, p, ""); !slices.Equal(got, want) {
		t.Errorf("listed %d of %d", len(got), len(want))
	}
}

func TestFailedUploadLeavesNothing(t *testing.T) {
	address, cut := s3(t)
	p := open(t, address("photos"))
	cut.Store(true)
	if err := p.Write(context.Background(), "a.png", make([]byte, 1<<20)); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a refused upload: %v", err)
	}
	cut.Store(false)
	if all := names(t, p, ""); len(all) > 0 {
		t.Errorf("left: %q", all)
	}
}

func TestBucketOverlap(t *testing.T) {
	address, _ := s3(t)
	name, ok := open(t, address("a/b")).Below(open(t, address("a/")))
	if _, beside := open(t, address("ab")).Below(open(t, address("a/"))); name != "b" || !ok || beside {
		t.Errorf("a/b is %q below a, %v; ab %v", name, ok, beside)
	}
}

// TestGivenPlaces has empty places of real stores, or of programs that act as such, by their
// addresses in EASEL_TEST_PLACES, with spaces between them.
func TestGivenPlaces(t *testing.T) {
	given := strings.Fields(os.Getenv("EASEL_TEST_PLACES"))
	if len(given) == 0 {
		t.Skip("EASEL_TEST_PLACES names no places")
	}
	for _, address := range given {
		t.Run(address, func(t *testing.T) {
			place(t, func() *Place { return open(t, address) })
			p := open(t, address)
			for _, name := range names(t, p, "") {
				if err := p.Remove(t.Context(), name); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
