package weights

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
)

// foreign is the weights of a narrow random network as other programs write
// them: [out, in, 3, 3] in the names of a scheme.
func foreign(s scheme, width int) []safetensors.Tensor {
	var list []safetensors.Tensor
	for i, layer := range convolutions() {
		kernel, out := vgg.KernelShape(layer, width)
		values := make([]float32, kernel.Size())
		for j := range values {
			values[j] = float32(i) + float32(j)/float32(len(values))
		}
		list = append(list,
			safetensors.Tensor{Name: s.weight(layer), Shape: []int{out, kernel[2], 3, 3}, Data: values},
			safetensors.Tensor{Name: s.bias(layer), Shape: []int{out}, Data: make([]float32, out)})
	}
	return list
}

func write(t testing.TB, metadata map[string]string, list []safetensors.Tensor) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := safetensors.Write(path, metadata, list); err != nil {
		t.Fatal(err)
	}
	return path
}

// Indices are torchvision's.
func TestNames(t *testing.T) {
	t.Parallel()
	for layer, want := range map[string]string{
		"conv1_1": "features.0", "conv2_1": "features.5", "conv3_4": "features.16",
		"conv4_2": "features.21", "conv5_1": "features.28", "conv5_4": "features.34",
	} {
		if got := byIndex.base(layer); got != want {
			t.Errorf("%s is %s, want %s", layer, got, want)
		}
	}
}

// The kind is what the file tells, or else what the caller says, and the two
// have to agree.
func TestKind(t *testing.T) {
	t.Parallel()
	extra := func(names ...string) []safetensors.Tensor {
		list := foreign(byIndex, 1)
		for _, n := range names {
			list = append(list, safetensors.Tensor{Name: n, Shape: []int{1}, Data: []float32{0}})
		}
		return list
	}
	caffe := map[string]string{"input": "BGR, 0..255, minus 103.939,116.779,123.68"}
	torch := map[string]string{"input": "RGB, 0..1, minus 0.485,0.456,0.406, divided by …"}
	for _, c := range []struct {
		name     string
		metadata map[string]string
		tensors  []safetensors.Tensor
		claimed  vgg.Kind
		kind     vgg.Kind // "" for an error
		text     string   // of the evidence or the error
	}{
		{"input caffe", caffe, extra(), "", vgg.Caffe, "metadata"},
		{"input torchvision", torch, extra(), "", vgg.Torchvision, "metadata"},
		{"kind", map[string]string{"kind": "torchvision"}, extra(), "", vgg.Torchvision, "metadata"},
		{"layer names", nil, foreign(byLayer, 1), "", vgg.Caffe, "Caffe's"},
		{"johnson", nil, extra("classifier.1.weight", "classifier.4.weight"), "", vgg.Caffe, "d01eb7cb"},
		{"timm", nil, extra("pre_logits.fc1.weight"), "", vgg.Torchvision, "timm"},
		{"torchvision's names", nil, extra("classifier.0.weight", "classifier.3.weight"), "", "", "the file does not say"},
		{"claimed", nil, extra(), vgg.Caffe, vgg.Caffe, "the caller's choice"},
		{"claimed torchvision", nil, extra(), vgg.Torchvision, vgg.Torchvision, "the caller's choice"},
		{"agreed", caffe, extra(), vgg.Caffe, vgg.Caffe, "metadata"},
		{"contradiction", caffe, extra(), vgg.Torchvision, "", "not torchvision"},
		{"unknown", nil, extra(), "keras", "", `unknown kind of weights "keras"`},
		{"vague", map[string]string{"input": "RGB"}, extra(), "", "", "the file does not say"},
	} {
		w, about, err := Open(write(t, c.metadata, c.tensors), c.claimed)
		switch {
		case c.kind == "":
			if err == nil || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "w.safetensors") {
				t.Errorf("%s: error %v, want …%s…", c.name, err, c.text)
			}
		case err != nil || about.Kind != c.kind || !strings.Contains(about.Evidence, c.text):
			t.Errorf("%s: %+v: %v", c.name, about, err)
		case about.Width != 1 || len(about.Layers) != 16 || w.Validate() != nil:
			t.Errorf("%s: %+v", c.name, about)
		}
	}
}

// A file that is not VGG-19's says so, and what.
func TestRefuses(t *testing.T) {
	t.Parallel()
	one := safetensors.Tensor{Shape: []int{1}, Data: []float32{1}}
	for want, change := range map[string]func(list []safetensors.Tensor) []safetensors.Tensor{
		"neither features.0.weight nor": func(l []safetensors.Tensor) []safetensors.Tensor { return l[2:] },
		"batch normalisation": func(l []safetensors.Tensor) []safetensors.Tensor {
			one.Name = "features.1.weight"
			return append(l, one)
		},
		"of VGG-16": func(l []safetensors.Tensor) []safetensors.Tensor {
			one.Name = "features.17.weight"
			return append(l, one)
		},
		"conv2_1 (features.5.bias) is m": func(l []safetensors.Tensor) []safetensors.Tensor {
			return append(l[:5:5], l[6:]...)
		},
		"conv3_1 (features.10.weight) is": func(l []safetensors.Tensor) []safetensors.Tensor {
			l[8].Shape = []int{4, 2, 9, 1}
			return l
		},
		"conv1_2 (features.2.bias) is [2": func(l []safetensors.Tensor) []safetensors.Tensor {
			l[3].Shape, l[3].Data = []int{2}, []float32{0, 0}
			return l
		},
		"expected [out, in, 3, 3]": func(l []safetensors.Tensor) []safetensors.Tensor {
			l[0].Shape = []int{27}
			return l
		},
		"conv4_4 has numbers that are": func(l []safetensors.Tensor) []safetensors.Tensor {
			l[23].Data[0] = float32(math.NaN())
			return l
		},
	} {
		path := write(t, nil, change(foreign(byIndex, 1)))
		if _, _, err := Open(path, vgg.Caffe); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
	for want, content := range map[string]string{
		"neither safetensors nor": "<!DOCTYPE html><html>",
		"of weights":              "",
		"PyTorch state dict":      "PK\x03\x04 and so on, not a zip",
		"complete safetensors":    "\x10\x00\x00\x00\x00\x00\x00\x00{",
	} {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := Open(path, "")
		var hint interface{ Hint() string }
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &hint) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, _, err := Open(path, ""); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("open %s: %v", path, err)
		}
	}
}

// A file without the deepest layers is one of a shallower network.
func TestShallow(t *testing.T) {
	t.Parallel()
	w, about, err := Open(write(t, nil, foreign(byIndex, 2)[:18]), vgg.Torchvision)
	if err != nil || len(w.Filters) != 9 || about.Layers[8] != "conv4_1" {
		t.Errorf("%+v: %v", about, err)
	}
}

// What Write writes comes back, with what is known of it.
func TestOwn(t *testing.T) {
	t.Parallel()
	w := vgg.Random(2, 1)
	w.Mean = [3]float32{0.25, 0.5, 0.75}
	path := filepath.Join(t.TempDir(), "own.safetensors")
	about := About{Kind: vgg.Caffe, Normalisation: &Normalisation{Pictures: 3, Positions: 12, Pooling: vgg.MaxPooling, Border: vgg.ZeroBorder, InnerBorder: vgg.ZeroBorder}}
	if err := Write(path, w, about); err != nil {
		t.Fatal(err)
	}
	got, found, err := Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(got, w) || found.Format != "easel" || found.Kind != vgg.Caffe || !cmp.Equal(found.Normalisation, about.Normalisation) || found.Width != 2 || len(found.Layers) != 16 {
		t.Errorf("%+v", found)
	}
	if _, _, err := Open(path, vgg.Torchvision); err == nil || !strings.Contains(err.Error(), "not torchvision") {
		t.Errorf("another kind: %v", err)
	}
	for text, want := range map[string]string{
		`{"format":"easel-vgg19","version":3,"new":1}`: "version 3",
		`{"format":"x"}`: "not a description",
		`{"format":"easel-vgg19","version":1,"width":2,"new":1}`:      "unknown field",
		`{"format":"easel-vgg19","version":1,"width":2,"rank":4}`:     "do not go together",
		`{"format":"easel-vgg19","version":2,"width":2}`:              "do not go together",
		`{"format":"easel-vgg19","version":1,"width":0}`:              "width 0",
		`{"format":"easel-vgg19","version":1,"width":3}`:              "not [3 3 3 3]",
		`{"format":"easel-vgg19","version":1,"width":2,"kind":"rgb"}`: "input/shift",
	} {
		var list []safetensors.Tensor
		if want != "input/shift" {
			list = []safetensors.Tensor{{Name: shiftName, Shape: []int{3}, Data: make([]float32, 3)},
				{Name: "conv1_1/kernel", Shape: []int{3, 3, 3, 2}, Data: make([]float32, 54)}}
		}
		if _, _, err := Open(write(t, map[string]string{ownKey: text}, list), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := Write(path, &vgg.Weights{Width: 2}, about); err == nil {
		t.Error("wrote weights without layers")
	}
}

// counted are n numbers, none of them the same.
func counted(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i+1) / 1024
	}
	return values
}

// A small network comes back with its factors; in half precision nearly so.
func TestOwnSmall(t *testing.T) {
	t.Parallel()
	w := &vgg.Weights{Width: 2, Rank: 1, Mean: [3]float32{0.25, 0.5, 0.75}}
	for _, layer := range convolutions()[:5] {
		kernel, down, up, out := vgg.Shapes(layer, w.Width, w.Rank)
		f := vgg.Filter{Layer: layer, Kernel: counted(kernel.Size()), Bias: counted(out)}
		if down != nil {
			f.Down, f.Up = counted(down.Size()), counted(up.Size())
		}
		w.Filters = append(w.Filters, f)
	}
	path := filepath.Join(t.TempDir(), "small.safetensors")
	for _, half := range []bool{false, true} {
		write, same := Write, cmp.Options{}
		if half {
			write, same = WriteHalf, cmp.Options{cmp.Comparer(func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-3 })}
		}
		if err := write(path, w, About{Kind: vgg.Caffe, Origin: "a test"}); err != nil {
			t.Fatal(err)
		}
		got, about, err := Open(path, "")
		if err != nil || !cmp.Equal(got, w, same) || about.Rank != 1 || about.Origin != "a test" {
			t.Errorf("%+v: %v", about, err)
		}
	}
	if _, _, err := OpenFull(path, ""); err == nil {
		t.Error("it is taken for VGG-19 itself")
	}
}

// The real file is told by its metadata, and without that by its numbers.
func TestRealFile(t *testing.T) {
	t.Parallel()
	const path = "../../../../shared/data/vgg19/vgg19.safetensors"
	r, err := safetensors.Open(path)
	if err != nil {
		t.Skip("the real weights are not at " + path)
	}
	defer r.Close()
	w, about, err := Open(path, "")
	if err != nil || about.Kind != vgg.Caffe || about.Width != 64 || len(w.Filters) != 16 || about.Evidence != "the file's metadata" {
		t.Fatalf("%+v: %v", about, err)
	}
	var list []safetensors.Tensor
	for _, name := range []string{"features.0.weight", "features.0.bias"} {
		shape, data, err := r.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, safetensors.Tensor{Name: name, Shape: shape, Data: data})
	}
	if _, about, err := Open(write(t, nil, list), ""); err != nil || about.Kind != vgg.Caffe || about.Evidence != "the numbers of conv1_1" {
		t.Errorf("%+v: %v", about, err)
	}
}

// Of the cache: a download that was interrupted goes on, one that is there is
// not asked for again, and what is wrong is said together with the way by hand.
func TestFetch(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("weights"), 1000)
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "easel", "w.pth")
	d := Download{Name: "test", File: "w.pth"}
	d.URL, d.Size = s.URL, int64(len(content))
	d.SHA256 = strings.Repeat("0", 64)
	_, err := d.Fetch(context.Background(), http.DefaultClient, path, nil)
	var hint interface{ Hint() string }
	if err == nil || !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "by hand: download "+s.URL) || !strings.Contains(hint.Hint(), path) {
		t.Errorf("wrong contents: %v", err)
	}
	d.SHA256 = sum(content)
	for i, want := range []bool{true, false} {
		before := requests
		if fetched, err := d.Fetch(context.Background(), http.DefaultClient, path, nil); err != nil || fetched != want || (requests > before) != want {
			t.Errorf("attempt %d: %v, %v", i, fetched, err)
		}
	}
	if _, err := FindDownload("vgg16"); err == nil || !strings.Contains(err.Error(), "vgg16") {
		t.Errorf("weights that are not known: %v", err)
	}
	known, err := FindDownload("vgg19")
	if err != nil || !strings.Contains(known.URL, known.SHA256[:8]) || !strings.Contains(known.File, known.SHA256[:8]) {
		t.Errorf("%+v: %v", known, err)
	}
}

// FuzzOpen: no bytes make reading weights panic.
func FuzzOpen(f *testing.F) {
	for _, list := range [][]safetensors.Tensor{foreign(byIndex, 1)[:2], foreign(byLayer, 1)[:2]} {
		data, err := os.ReadFile(write(f, map[string]string{"kind": "caffe"}, list))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	path := filepath.Join(f.TempDir(), "own")
	own := vgg.Random(1, 1)
	own.Filters = own.Filters[:1] // the fuzzer gets nowhere with large seeds
	if err := Write(path, own, About{Kind: vgg.Caffe}); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, sum(data))
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Skip(err)
		}
		defer os.Remove(path)
		if w, _, err := Open(path, ""); err == nil && w.Validate() != nil {
			t.Error("weights that are not valid")
		}
	})
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
