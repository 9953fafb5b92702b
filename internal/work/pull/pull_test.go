package pull

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"easel/internal/model/stored"
)

const testdata = "../../model/zoo/testdata"

// server serves a file at every address, and counts what is asked for but sizes.
type server struct {
	*httptest.Server
	data     []byte
	requests []string // their ranges
}

func serve(t *testing.T, data []byte) *server {
	t.Helper()
	s := &server{data: data}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			s.requests = append(s.requests, r.Header.Get("Range"))
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.data))
	}))
	t.Cleanup(s.Close)
	return s
}

// entry is a file of an archive; kind 0 is a file, or a folder if it has no text.
type entry struct {
	name, text string
	kind       byte
}

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o777, Size: int64(len(e.text)), Typeflag: e.kind, Linkname: "/etc/passwd"}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
			if strings.HasSuffix(e.name, "/") {
				h.Typeflag = tar.TypeDir
			}
		}
		if h.Typeflag != tar.TypeReg {
			h.Size = 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []interface{ Close() error }{w, zipped} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func facades(t *testing.T) []byte {
	return archive(t, entry{name: "facades/"}, entry{name: "facades/train/"}, entry{name: "facades/train/1.jpg", text: "one"}, entry{name: "facades/test/2.jpg", text: "two"})
}

func find(t *testing.T, name string) Item {
	t.Helper()
	item, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// A model becomes one of easel's; its SHA-256 is recorded, held against the next
// download, and a file in the cache is not fetched again.
func TestModel(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(testdata, "unet_batch.pth"))
	if err != nil {
		t.Fatal(err)
	}
	s, dir := serve(t, data), t.TempDir()
	o := Options{From: s.URL, Cache: filepath.Join(dir, "cache"), Out: filepath.Join(dir, "m.safetensors")}
	item := find(t, "facades_label2photo")
	last := Progress{}
	r, err := Run(context.Background(), s.Client(), item, o, func(p Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if r.Pinned || len(r.SHA256) != 64 || r.Size != int64(len(data)) || last != (Progress{r.Size, r.Size}) {
		t.Errorf("%+v, %+v", r, last)
	}
	m, err := stored.Open(r.Out)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), s.Client(), item, o, nil); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("over a file: %v", err)
	}
	o.Force = true
	if r, err = Run(context.Background(), s.Client(), item, o, nil); err != nil || !r.Pinned || len(s.requests) != 1 {
		t.Errorf("again: %+v, %v, %d requests", r, err, len(s.requests))
	}
	if err := os.Remove(r.Cached); err != nil {
		t.Fatal(err)
	}
	s.data = append(bytes.Clone(data), 0)
	if _, err := Run(context.Background(), s.Client(), item, o, nil); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("another file at the address: %v", err)
	}
}

// What has arrived before is not fetched again.
func TestResumes(t *testing.T) {
	t.Parallel()
	data := facades(t)
	s, dir := serve(t, data), t.TempDir()
	o := Options{From: s.URL, Cache: dir, Out: filepath.Join(dir, "facades")}
	item := find(t, "data/facades")
	plan, err := Plan(item, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan.Cached+".part", data[:50], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), s.Client(), item, o, nil); err != nil {
		t.Fatal(err)
	}
	if len(s.requests) != 1 || s.requests[0] != "bytes=50-" {
		t.Errorf("requests %q", s.requests)
	}
	// The folder that holds everything is left out.
	if text, err := os.ReadFile(filepath.Join(o.Out, "train", "1.jpg")); err != nil || string(text) != "one" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := Run(context.Background(), s.Client(), item, o, nil); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("over a folder: %v", err)
	}
}

// What an archive should not have is refused, and nothing is left.
func TestRefusesArchives(t *testing.T) {
	t.Parallel()
	whole := facades(t)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"above":     {archive(t, entry{name: "../x", text: "x"}), "outside the folder"},
		"absolute":  {archive(t, entry{name: "/x", text: "x"}), "outside the folder"},
		"link":      {archive(t, entry{name: "x", kind: tar.TypeSymlink}), "a link or a device"},
		"hard link": {archive(t, entry{name: "x", kind: tar.TypeLink}), "a link or a device"},
		"device":    {archive(t, entry{name: "x", kind: tar.TypeChar}), "a link or a device"},
		"twice":     {archive(t, entry{name: "x", text: "1"}, entry{name: "x", text: "2"}), "exists"},
		"bomb":      {archive(t, entry{name: "x", text: strings.Repeat("\x00", 4<<20)}), "which no pictures do"},
		"cut off":   {whole[:len(whole)-20], "damaged"},
		"damaged":   {damaged, "damaged"},
		"no gzip":   {[]byte("<html>not found</html>"), "not a .tar.gz"},
		"empty":     {archive(t), "empty"},
	} {
		s, dir := serve(t, c.data), t.TempDir()
		o := Options{From: s.URL, Cache: filepath.Join(dir, "cache"), Out: filepath.Join(dir, "out", "facades")}
		if _, err := Run(context.Background(), s.Client(), find(t, "data/facades"), o, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "out")); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// A server that has not the file, or does not say how large it is.
func TestServers(t *testing.T) {
	t.Parallel()
	for want, handler := range map[string]http.HandlerFunc{
		"404":       http.NotFound,
		"how large": func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"has 3 bytes": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", map[string]string{"HEAD": "9", "GET": "3"}[r.Method])
		},
		"answers 503 S": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) },
	} {
		s := httptest.NewServer(handler)
		o := Options{From: s.URL, Cache: t.TempDir(), Out: filepath.Join(t.TempDir(), "m.safetensors")}
		if _, err := Run(context.Background(), s.Client(), find(t, "sat2map"), o, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
		s.Close()
	}
}

// Names are distinct, addresses whole, and cache names plain.
func TestItems(t *testing.T) {
	t.Parallel()
	names, files := map[string]bool{}, map[string]bool{}
	for _, i := range Items() {
		if names[i.Name] || files[i.file()] || !strings.HasPrefix(i.URL, "http") || strings.ContainsAny(i.file(), `/\`) || i.Size <= 0 || i.Licence == "" {
			t.Errorf("%+v", i)
		}
		names[i.Name], files[i.file()] = true, true
	}
	if _, err := Find("facades"); err == nil {
		t.Error("an unknown name passes")
	}
}
