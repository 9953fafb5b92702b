package pull

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"easel/internal/data/dataset"
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

func tarred(t *testing.T, entries ...entry) []byte {
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
	return tarred(t, entry{name: "facades/"}, entry{name: "facades/train/"}, entry{name: "facades/train/1.jpg", text: "one"}, entry{name: "facades/test/2.jpg", text: "two"})
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
		"above":     {tarred(t, entry{name: "../x", text: "x"}), "no name of a file"},
		"absolute":  {tarred(t, entry{name: "/x", text: "x"}), "no name of a file"},
		"link":      {tarred(t, entry{name: "x", kind: tar.TypeSymlink}), "a link or a device"},
		"hard link": {tarred(t, entry{name: "x", kind: tar.TypeLink}), "a link or a device"},
		"device":    {tarred(t, entry{name: "x", kind: tar.TypeChar}), "a link or a device"},
		"twice":     {tarred(t, entry{name: "x", text: "1"}, entry{name: "x", text: "2"}), "there twice"},
		"bomb":      {tarred(t, entry{name: "x", text: strings.Repeat("\x00", 4<<20)}), "more than is allowed"},
		"cut off":   {whole[:len(whole)-20], "damaged"},
		"damaged":   {damaged, "damaged"},
		"no gzip":   {[]byte("<html>not found</html>"), "not a .tar.gz"},
		"empty":     {tarred(t), "no files"},
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

// zipped is a .zip of entries; kind is a file's mode.
func zipped(t *testing.T, entries map[string]string, mode fs.FileMode) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, entries[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The CMP Facade Database becomes folders A and B, which training takes for pairs.
func TestCMP(t *testing.T) {
	t.Parallel()
	entries := map[string]string{"label_names.txt": "of another folder", "base/readme.txt": "no picture", "base/cmp_b0001.xml": "no picture either"}
	for i := range 4 {
		p := image.NewRGBA(image.Rect(0, 0, 32, 32))
		for j := range p.Pix {
			p.Pix[j] = uint8(j*i + j)
		}
		var jpg, labels bytes.Buffer
		if err := errors.Join(jpeg.Encode(&jpg, p, nil), png.Encode(&labels, p)); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("base/cmp_b000%d", i)
		entries[name+".jpg"], entries[name+".png"] = jpg.String(), labels.String()
	}
	s, dir := serve(t, zipped(t, entries, 0o644)), t.TempDir()
	o := Options{From: s.URL, Cache: filepath.Join(dir, "cache"), Out: filepath.Join(dir, "cmp")}
	if _, err := Run(t.Context(), s.Client(), find(t, "data/cmp"), o, nil); err != nil {
		t.Fatal(err)
	}
	var names []string
	err := filepath.WalkDir(o.Out, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(o.Out, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil || len(names) != 8 || names[0] != "A/cmp_b0000.jpg" || names[4] != "B/cmp_b0000.png" {
		t.Errorf("%v, %v", names, err)
	}
	options := dataset.DefaultOptions()
	options.Direction = dataset.BtoA
	d, _, err := dataset.Open(t.Context(), o.Out, options)
	if err != nil {
		t.Fatal(err)
	}
	if n := d.Len(dataset.Train) + d.Len(dataset.Val); n != 4 {
		t.Errorf("%d pairs", n)
	}
}

// A .zip may be as bad as a .tar.gz.
func TestRefusesZips(t *testing.T) {
	t.Parallel()
	whole := zipped(t, map[string]string{"a.jpg": strings.Repeat("a", 1000), "a.png": "b"}, 0o644)
	damaged := bytes.Clone(whole)
	damaged[40] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"above":   {zipped(t, map[string]string{"../x.jpg": "x"}, 0o644), "no name of a file"},
		"link":    {zipped(t, map[string]string{"x.jpg": "/etc/passwd"}, fs.ModeSymlink|0o777), "a link or a device"},
		"bomb":    {zipped(t, map[string]string{"x.png": strings.Repeat("\x00", 4<<20)}, 0o644), "more than is allowed"},
		"cut off": {whole[:len(whole)-20], "not a ZIP"},
		"damaged": {damaged, "damaged"},
		"no zip":  {[]byte("<html>not found</html>"), "not a ZIP"},
		"empty":   {zipped(t, nil, 0o644), "no files"},
		"texts":   {zipped(t, map[string]string{"readme.txt": "x"}, 0o644), "no pictures"},
		"twice":   {zipped(t, map[string]string{"a/x.jpg": "1", "b/x.jpg": "2"}, 0o644), "occurs twice"},
	} {
		s, dir := serve(t, c.data), t.TempDir()
		o := Options{From: s.URL, Cache: filepath.Join(dir, "cache"), Out: filepath.Join(dir, "out", "cmp")}
		if _, err := Run(t.Context(), s.Client(), find(t, "data/cmp"), o, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "out")); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// Servers that send elsewhere, break off, or cannot go on in the middle: the file
// comes all the same.
func TestAwkwardServers(t *testing.T) {
	t.Parallel()
	data := facades(t)
	half := len(data) / 2
	for name, handler := range map[string]http.HandlerFunc{
		"redirects": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/there", http.StatusFound)
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
		},
		"breaks off": func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead || r.Header.Get("Range") != "" {
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
				return
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			_, _ = w.Write(data[:half])
		},
		"does not resume": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			_, _ = w.Write(data)
		},
	} {
		s := httptest.NewServer(handler)
		dir := t.TempDir()
		o := Options{From: s.URL + "/", Cache: filepath.Join(dir, "cache"), Out: filepath.Join(dir, "facades")}
		item := find(t, "data/facades")
		if name == "does not resume" {
			plan, err := Plan(item, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.MkdirAll(o.Cache, 0o777), os.WriteFile(plan.Cached+".part", []byte("of another file"), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Run(t.Context(), s.Client(), item, o, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
}

// A file that is not the one that is known beforehand is not kept, and weights stay as
// they are.
func TestPinned(t *testing.T) {
	t.Parallel()
	s, dir := serve(t, []byte("some weights")), t.TempDir()
	item := find(t, "vgg19")
	o := Options{From: s.URL, Out: filepath.Join(dir, "vgg19.pth")}
	if r, err := Run(t.Context(), s.Client(), item, o, nil); err == nil || !strings.Contains(err.Error(), "SHA-256") || !r.Pinned {
		t.Errorf("%+v, %v", r, err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	item.SHA256, item.Size = fmt.Sprintf("%x", sha256.Sum256(s.data)), int64(len(s.data))
	for range 2 {
		if r, err := Run(t.Context(), s.Client(), item, o, nil); err != nil || r.Out != o.Out || len(s.requests) != 2 {
			t.Errorf("%+v, %v, %d requests", r, err, len(s.requests))
		}
	}
	if err := os.WriteFile(o.Out, []byte("something of mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), s.Client(), item, o, nil); err == nil || !strings.Contains(err.Error(), "another file") {
		t.Errorf("over another file: %v", err)
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
