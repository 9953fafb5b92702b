package site

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/file/digest"
	"easel/internal/file/fetch"
	"easel/internal/file/onnx"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// pretend is a small package in the runtime's place, and its files.
func pretend() (Package, map[string][]byte) {
	files, sums := map[string][]byte{}, map[string]string{}
	for name := range Runtime().files {
		files[name] = []byte("this is " + name)
		sums[name] = digest.Bytes(files[name])
	}
	return Package{Name: "pretend", Version: "1.0.0", Licence: "MIT", files: sums}, files
}

// archive is a package as npm distributes it.
func archive(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := w.WriteHeader(&tar.Header{Name: "package/dist/" + name, Mode: 0o644, Size: int64(len(files[name]))})
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, content, 0o666)); err != nil {
		t.Fatal(err)
	}
	return path
}

// An archive or a folder will do, if every file is the right one.
func TestRuntimeIsChecked(t *testing.T) {
	t.Parallel()
	p, files := pretend()
	dir := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, "package", "dist", name), content)
	}
	right := archive(t, files)
	changed, fewer := maps.Clone(files), maps.Clone(files)
	changed[cpuWasm] = []byte("something else")
	delete(fewer, gpuGlue)
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "package"), ""},
		{write(t, filepath.Join(dir, "right.tgz"), right), ""},
		{write(t, filepath.Join(dir, "changed.tgz"), archive(t, changed)), "dist/" + cpuWasm + " is not that of version 1.0.0"},
		{write(t, filepath.Join(dir, "fewer.tgz"), archive(t, fewer)), "no dist/" + gpuGlue},
		{write(t, filepath.Join(dir, "short.tgz"), right[:len(right)/2]), "damaged"},
		{write(t, filepath.Join(dir, "text.tgz"), []byte("text")), "not a .tgz"},
		{dir, "no dist/"},
		{filepath.Join(dir, "nowhere"), "no such file"},
	} {
		got, err := p.open(t.Context(), nil, c.path, nil)
		switch {
		case c.want == "" && (err != nil || len(got) != len(files)):
			t.Errorf("%s: %v", c.path, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.path, err, c.want)
		case c.want != "" && c.path != filepath.Join(dir, "nowhere") && !strings.Contains(hint.On(err), "npm pack pretend@1.0.0"):
			t.Errorf("%s: hint %q", c.path, hint.On(err))
		}
	}
}

// It is fetched once, and what is not the package is not kept.
func TestRuntimeIsFetchedOnce(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("LocalAppData", t.TempDir())
	p, files := pretend()
	content, requests := archive(t, files), 0
	served := append([]byte{}, content...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		_, _ = w.Write(served)
	}))
	defer server.Close()
	p.Source = fetch.Source{URL: server.URL, Size: int64(len(content)), SHA256: digest.Bytes(content)}

	served[len(served)/2] ^= 1
	if _, err := p.open(t.Context(), server.Client(), "", nil); err == nil || !strings.Contains(hint.On(err), "npm pack pretend") {
		t.Errorf("a changed archive: %v, hint %q", err, hint.On(err))
	}
	path, err := p.Path()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a changed archive is kept")
	}

	served, requests = content, 0
	var done int64
	for range 2 {
		if _, err := p.open(t.Context(), server.Client(), "", func(p Progress) { done = p.Done }); err != nil {
			t.Fatal(err)
		}
	}
	if requests != 1 || done != int64(len(content)) {
		t.Errorf("%d requests, %d of %d bytes", requests, done, len(content))
	}
}

// model writes a small model with so many channels.
func model(t *testing.T, channels int, weight float32) string {
	t.Helper()
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers, c.InputChannels = 32, 2, 2, 1, channels
	network, err := pix2pix.Inference(c, 1, 32, 32, pix2pix.InferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var list []safetensors.Tensor
	for _, p := range network.Parameters {
		data := p.Initialise(1)
		data[0] = weight
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: data})
	}
	path := filepath.Join(t.TempDir(), "some.safetensors")
	config := stored.Config{Network: c, Images: stored.Images{Range: stored.Range, Direction: "AtoB"}}
	if err := stored.Write(path, stored.KindModel, config, stored.Training{}, list); err != nil {
		t.Fatal(err)
	}
	return path
}

func assembled(t *testing.T, path string) builder {
	t.Helper()
	about, exported, err := read(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, files := pretend()
	b, err := assemble(about, exported, exported.Model.Bytes(), files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// one is the only name that a pattern matches.
func one(t *testing.T, b builder, pattern string) string {
	t.Helper()
	var found []string
	for name := range b {
		if ok, _ := path.Match(pattern, name); ok {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s matches %v", pattern, found)
	}
	return found[0]
}

// Everything that the pages name is there, under relative paths, and has its hash; what
// changes has another name.
func TestAssemble(t *testing.T) {
	t.Parallel()
	b := assembled(t, model(t, 3, 0.5))
	index := string(b[indexName])
	for _, wrong := range []string{`="/`, "http:", "https:", "{{"} {
		if strings.Contains(index, wrong) {
			t.Errorf("the first page has %s", wrong)
		}
	}
	if !strings.Contains(index, "Content-Security-Policy") || !strings.Contains(index, "<title>some</title>") {
		t.Errorf("the first page is %s", index)
	}
	pages := path.Dir(one(t, b, "easel-*/site.json"))
	var site struct {
		Models  []Model
		Runtime map[string]provider
	}
	if err := json.Unmarshal(b[pages+"/site.json"], &site); err != nil {
		t.Fatal(err)
	}
	m := site.Models[0]
	if m.ID != "some" || m.ImageSize != 32 || !m.Noise || len(m.Network.Noise) != 3 || m.Network.Multiple != 32 {
		t.Errorf("the page knows %+v", m)
	}
	files := []parted{m.Network.parted}
	for _, p := range site.Runtime {
		files = append(files, p.WASM)
		for _, name := range []string{p.Script, p.Glue} {
			if b[path.Join(pages, name)] == nil || !strings.HasSuffix(name, ".js") {
				t.Errorf("%s is not there", name)
			}
		}
	}
	for _, f := range files {
		whole := []byte{}
		for _, p := range f.Parts {
			content := b[path.Join(pages, p.Path)]
			if len(content) != p.Bytes || digest.Bytes(content) != p.SHA256 {
				t.Errorf("%s has %d bytes", p.Path, len(content))
			}
			whole = append(whole, content...)
		}
		if len(whole) != f.Bytes {
			t.Errorf("%d bytes of %d", len(whole), f.Bytes)
		}
	}
	if _, err := onnx.Parse(b[one(t, b, "model-*/network.onnx.0")]); err != nil {
		t.Error(err)
	}
	if text := string(b["licences.txt"]); !strings.Contains(text, "Microsoft Corporation") || !strings.Contains(text, "The easel authors") || len(text) < 300_000 {
		t.Error("licences are missing")
	}
	other := assembled(t, model(t, 3, 0.25))
	for _, pattern := range []string{"easel-*/site.json", "model-*/network.onnx.0"} {
		if one(t, b, pattern) == one(t, other, pattern) {
			t.Errorf("%s has one name for two models", pattern)
		}
	}
	if one(t, b, "easel-*/site.json") != one(t, assembled(t, model(t, 3, 0.5)), "easel-*/site.json") {
		t.Error("one model has two names")
	}
}

// Large files are cut.
func TestParts(t *testing.T) {
	t.Parallel()
	b := builder{}
	p := b.cut("x/y", make([]byte, 2*partSize+1))
	if len(p.Parts) != 3 || p.Parts[2].Bytes != 1 || p.Parts[2].Path != "../x/y.2" || len(b["x/y.2"]) != 1 {
		t.Errorf("%+v", p)
	}
}

// A folder is replaced if it is a site and that is asked for; nothing is left of what
// fails.
func TestReplacing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "site")
	old := builder{indexName: []byte(generator), "old.js": nil}
	if err := place(folder, old); err != nil {
		t.Fatal(err)
	}
	if err := replaceable(folder, false); err == nil || !strings.Contains(hint.On(err), "{force}") {
		t.Errorf("%v", err)
	}
	if err := replaceable(folder, true); err != nil {
		t.Error(err)
	}
	if err := place(folder, builder{indexName: []byte("new"), "a/b.js": []byte("b")}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the site there are %v", entries)
	}
	if _, err := os.Stat(filepath.Join(folder, "old.js")); err == nil {
		t.Error("the old site is still there")
	}
	for _, force := range []bool{false, true} { // it says no more that easel wrote it
		if err := replaceable(folder, force); err == nil || !strings.Contains(err.Error(), "not a site") {
			t.Errorf("%v", err)
		}
	}
	if err := replaceable(write(t, filepath.Join(dir, "file"), nil), true); err == nil {
		t.Error("a file was taken for a folder")
	}

	none := filepath.Join(dir, "none")
	if _, err := Write(t.Context(), nil, model(t, 3, 1), none, Options{Runtime: filepath.Join(dir, "nowhere")}, nil); err == nil {
		t.Error("there is no runtime")
	}
	if _, err := Write(t.Context(), nil, model(t, 5, 1), none, Options{}, nil); err == nil || !strings.Contains(err.Error(), "5 channels") {
		t.Errorf("five channels: %v", err)
	}
	if _, err := os.Stat(none); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something is left")
	}
}

// The page's own licence is easel's.
func TestLicence(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("../../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := licences.ReadFile("licences/easel.txt"); err != nil || !bytes.Equal(got, want) {
		t.Error("it is another one")
	}
}
