package install_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"easel/internal/engine/xla"
	"easel/internal/engine/xla/install"
)

// index is a package index with two wheels, whose files may be cut off.
type index struct {
	*httptest.Server
	wheels   map[string][]byte // by project
	cut      atomic.Int64      // bytes after which a file's connection breaks; 0 is never
	files    atomic.Int64      // requests for files
	resumed  atomic.Int64      // of which from the middle
	tampered bool
}

func newIndex(t *testing.T) *index {
	t.Helper()
	x := &index{wheels: map[string][]byte{
		"jax-cuda13-pjrt": wheel(t, map[string]string{
			"jax_plugins/xla_cuda13/xla_cuda_plugin.so": strings.Repeat("plugin ", 5000),
			"jax_plugins/xla_cuda13/__init__.py":        "import jax",
		}),
		"nvidia-cublas": wheel(t, map[string]string{
			"nvidia/cu13/lib/libcublas.so.13":        strings.Repeat("blas ", 5000),
			"nvidia_cublas.dist-info/METADATA":       "Name: nvidia-cublas",
			"nvidia_cublas.dist-info/licenses/a.txt": "licence",
		}),
	}}
	x.Server = httptest.NewServer(x)
	t.Cleanup(x.Close)
	return x
}

func wheel(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (x *index) list() install.Package {
	p := install.Package{Name: "cuda"}
	for _, project := range []string{"jax-cuda13-pjrt", "nvidia-cublas"} {
		data := x.wheels[project]
		p.Wheels = append(p.Wheels, install.Wheel{
			Project: project, File: project + ".whl", Size: int64(len(data)), SHA256: digest(data),
		})
	}
	return p
}

var fileRange = regexp.MustCompile(`^bytes=(\d+)-$`)

// ServeHTTP answers /simple/PROJECT/ and /files/PROJECT.whl.
func (x *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	project := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/simple/"), "/")
	if data, ok := x.wheels[project]; ok {
		_ = json.NewEncoder(w).Encode(map[string]any{"files": []any{map[string]any{
			"filename": project + ".whl", "url": "../../files/" + project + ".whl#sha256=0", "hashes": map[string]string{"sha256": digest(data)},
		}}})
		return
	}
	data, ok := x.wheels[strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/files/"), ".whl")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	x.files.Add(1)
	from := 0
	if m := fileRange.FindStringSubmatch(r.Header.Get("Range")); m != nil {
		x.resumed.Add(1)
		from, _ = strconv.Atoi(m[1])
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
	}
	body := bytes.Clone(data[from:])
	if x.tampered {
		body[0] ^= 1
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	if cut := int(x.cut.Load()); cut > 0 && cut < len(body) {
		_, _ = w.Write(body[:cut])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("CUDA is installed on Linux and x86-64 only")
	}
}

func TestInstall(t *testing.T) {
	onLinux(t)
	x, folder := newIndex(t), t.TempDir()
	x.cut.Store(20000) // every connection breaks; each brings something
	var last install.Progress
	at, err := install.Run(t.Context(), x.list(), install.Options{Index: x.URL + "/simple", Folder: folder}, func(p install.Progress) {
		if p.Done < last.Done || p.Total != last.Total && last.Total != 0 {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		last = p
	})
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != last.Total || last.Total != x.list().Size() {
		t.Errorf("ended with %+v", last)
	}
	if x.resumed.Load() == 0 {
		t.Error("no download was taken up again")
	}
	for name, want := range map[string]bool{
		"jax_plugins/xla_cuda13/xla_cuda_plugin.so": true, "nvidia/cu13/lib/libcublas.so.13": true,
		"nvidia_cublas.dist-info/licenses/a.txt": true, "jax_plugins/xla_cuda13/__init__.py": false,
		"nvidia_cublas.dist-info/METADATA": false, "../downloads": false,
	} {
		if _, err := os.Stat(filepath.Join(at, filepath.FromSlash(name))); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(at, "jax_plugins/xla_cuda13/xla_cuda_plugin.so"))
	if err != nil || string(text) != strings.Repeat("plugin ", 5000) {
		t.Errorf("the plugin has %d bytes (%v)", len(text), err)
	}
}

// What is installed is what package xla finds.
func TestInstalledIsFound(t *testing.T) {
	onLinux(t)
	x, folder := newIndex(t), t.TempDir()
	at, err := install.Run(t.Context(), x.list(), install.Options{Index: x.URL + "/simple/", Folder: folder}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(xla.FoldersVariable, folder)
	p, err := xla.Find("cuda")
	if err != nil || p.Path != filepath.Join(at, "jax_plugins/xla_cuda13/xla_cuda_plugin.so") {
		t.Errorf("found %+v, %v", p, err)
	}
}

func TestInterruptedGoesOn(t *testing.T) {
	onLinux(t)
	x, folder := newIndex(t), t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := install.Run(ctx, x.list(), install.Options{Index: x.URL + "/simple", Folder: folder}, func(p install.Progress) {
		if p.Project == "nvidia-cublas" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "cuda")); err == nil {
		t.Error("something is installed")
	}
	before := x.files.Load()
	if _, err := install.Run(t.Context(), x.list(), install.Options{Index: x.URL + "/simple", Folder: folder}, nil); err != nil {
		t.Fatal(err)
	}
	if again := x.files.Load() - before; again != 1 {
		t.Errorf("%d files were fetched after the interruption, want the second only", again)
	}
}

func TestWrongFilesAreRefused(t *testing.T) {
	onLinux(t)
	for name, c := range map[string]struct {
		change func(x *index, p *install.Package)
		want   string
	}{
		"another file on the way":   {func(x *index, _ *install.Package) { x.tampered = true }, "SHA-256"},
		"another file in the index": {func(_ *index, p *install.Package) { p.Wheels[0].SHA256 = strings.Repeat("0", 64) }, "SHA-256"},
		"no such project":           {func(_ *index, p *install.Package) { p.Wheels[0].Project = "nothing" }, "404"},
		"no such file":              {func(_ *index, p *install.Package) { p.Wheels[0].File = "other.whl" }, "has no other.whl"},
		"not a wheel":               {func(x *index, p *install.Package) { x.wheels["nvidia-cublas"] = []byte("text"); *p = x.list() }, "unpack nvidia-cublas.whl"},
		"a file outside": {func(x *index, p *install.Package) {
			x.wheels["nvidia-cublas"] = wheel(t, map[string]string{"nvidia/../../a": "b"})
			*p = x.list()
		}, "wants to be at"},
		"the index is a page of its": {func(x *index, _ *install.Package) {
			x.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
		}, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			x, folder := newIndex(t), t.TempDir()
			old := filepath.Join(folder, "cuda", "old")
			if err := os.MkdirAll(old, 0o777); err != nil {
				t.Fatal(err)
			}
			p := x.list()
			c.change(x, &p)
			_, err := install.Run(t.Context(), p, install.Options{Index: x.URL + "/simple", Folder: folder}, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want an error with %q, got %v", c.want, err)
			}
			if _, err := os.Stat(old); err != nil {
				t.Errorf("the earlier installation is gone: %v", err)
			}
			if _, err := os.Stat(filepath.Join(folder, "cuda.new")); err == nil {
				t.Error("half an installation is left")
			}
		})
	}
}

// The list that is built in has the plugin first and whole entries.
func TestList(t *testing.T) {
	t.Parallel()
	p, err := install.Find("cuda")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Wheels) < 10 || p.Wheels[0].Project != "jax-cuda13-pjrt" || p.Size() < 1e9 {
		t.Errorf("%d wheels of %d bytes", len(p.Wheels), p.Size())
	}
	for _, w := range p.Wheels {
		if sum, err := hex.DecodeString(w.SHA256); err != nil || len(sum) != sha256.Size || w.Size <= 0 || !strings.HasSuffix(w.File, ".whl") {
			t.Errorf("%+v", w)
		}
	}
	if _, err := install.Find("abacus"); err == nil {
		t.Error("there is an abacus")
	}
}
