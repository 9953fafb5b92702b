package tensorflow

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const zoo = "../../../../shared/data/zoo"

func needZoo(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(zoo); err != nil {
		t.Skip("real files are not at " + zoo)
	}
}

// file is what all three containers are.
type file interface {
	Names() []string
	Shape(name string) ([]int, bool)
	Tensor(name string) ([]int, []float32, error)
	Close() error
}

func expected(t *testing.T, container string) map[string][]float32 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string][]float32
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all[container]
}

// What NumPy packed comes out of .pict files and of layers models with every kind
// of quantisation, over the borders of shards.
func TestReference(t *testing.T) {
	t.Parallel()
	pict, err := OpenPict(filepath.Join("testdata", "small.pict"))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := OpenLayers(filepath.Join("testdata", "small", "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	for container, f := range map[string]file{"pict": pict, "layers": layers} {
		want := expected(t, container)
		if len(f.Names()) != len(want) {
			t.Errorf("%s has %v", container, f.Names())
		}
		for name, values := range want {
			_, got, err := f.Tensor(name)
			if err != nil || !cmp.Equal(got, values, cmpopts.EquateApprox(0, 1e-7)) {
				t.Errorf("%s: %s is %v, want %v: %v", container, name, got, values, err)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A checkpoint of TensorFlow 1, and one whose index has snappy blocks: the model
// computes a·x + b with a = 0.5 and b = 2.
func TestRealBundles(t *testing.T) {
	t.Parallel()
	needZoo(t)
	for _, folder := range []string{"saved_model_half_plus_two_cpu", "saved_model_half_plus_two_mkl"} {
		b, err := OpenBundle(filepath.Join(zoo, "tf-bundle", folder, "variables"))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		for name, want := range map[string]float32{"a": 0.5, "b": 2} {
			if _, got, err := b.Tensor(name); err != nil || !slices.Equal(got, []float32{want}) {
				t.Errorf("%s: %s is %v: %v", folder, name, got, err)
			}
		}
	}
}

// Real layers models, of one shard and of many.
func TestRealLayers(t *testing.T) {
	t.Parallel()
	needZoo(t)
	for folder, want := range map[string]int{"cats": 3408803, "webcam-style": 854483} {
		l, err := OpenLayers(filepath.Join(zoo, "tfjs", folder, "model.json"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		numbers := 0
		for _, name := range l.Names() {
			_, data, err := l.Tensor(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range data {
				if math.IsNaN(float64(v)) || math.Abs(float64(v)) > 100 {
					t.Fatalf("%s: %s has %v", folder, name, v)
				}
			}
			numbers += len(data)
		}
		if numbers != want {
			t.Errorf("%s has %d numbers, not %d", folder, numbers, want)
		}
	}
}

// copyBundle copies a real checkpoint, so that it can be damaged.
func copyBundle(t *testing.T) string {
	t.Helper()
	needZoo(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(zoo, "tf-bundle", "saved_model_half_plus_two_mkl"))); err != nil {
		t.Fatal(err)
	}
	for _, e := range []string{"variables.index", "variables.data-00000-of-00001"} {
		if err := os.Chmod(filepath.Join(dir, e), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "variables")
}

// Every byte of an index and of the data counts: a change is found by a checksum
// or makes another error, and names the file.
func TestDamagedBundle(t *testing.T) {
	t.Parallel()
	prefix := copyBundle(t)
	for _, ending := range []string{".index", ".data-00000-of-00001"} {
		whole, err := os.ReadFile(prefix + ending)
		if err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			damaged := slices.Clone(whole)
			damaged[i] ^= 0x40
			if err := os.WriteFile(prefix+ending, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			err := readBundle(prefix)
			if err == nil && ending != ".index" || err != nil && !strings.Contains(err.Error(), "variables") {
				t.Errorf("%s with byte %d changed: %v", ending, i, err)
			}
		}
		if err := os.WriteFile(prefix+ending, whole[:len(whole)-1], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readBundle(prefix); err == nil {
			t.Errorf("%s cut off passes", ending)
		}
		if err := os.WriteFile(prefix+ending, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := readBundle(prefix); err != nil {
		t.Error(err)
	}
}

func readBundle(prefix string) error {
	b, err := OpenBundle(prefix)
	if err != nil {
		return err
	}
	defer b.Close()
	for _, name := range b.Names() {
		if _, _, err := b.Tensor(name); err != nil && !strings.Contains(err.Error(), "can be read") {
			return err
		}
	}
	return nil
}

// A layers model reads no file outside its folder.
func TestLayersStayInTheirFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), make([]byte, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "model")
	if err := os.Mkdir(model, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"../secret", filepath.ToSlash(filepath.Join(dir, "secret"))} {
		text := `{"weightsManifest":[{"paths":["` + path + `"],"weights":[{"name":"w","shape":[1],"dtype":"float32"}]}]}`
		file := filepath.Join(model, "model.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenLayers(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzTable(f *testing.F) {
	for _, folder := range []string{"saved_model_half_plus_two_cpu", "saved_model_half_plus_two_mkl"} {
		if data, err := os.ReadFile(filepath.Join(zoo, "tf-bundle", folder, "variables.index")); err == nil {
			f.Add(data)
		}
	}
	f.Add([]byte("\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := &Bundle{name: "x"}
		_, _ = b.readIndex(data)
		_, _ = entries(data)
	})
}

// FuzzPict puts a file together, or its beginning: as bytes, the 1,024 of its code
// book would be nearly all that there is to change.
func FuzzPict(f *testing.F) {
	f.Add(`[{"name":"a","shape":[2,3]},{"name":"b","shape":[]}]`, []byte("\x00\x01\x02\x03\x04\x05\xff"), 0)
	f.Add(`[{"name":"a","shape":[9223372036854775807,3]}]`, []byte("\x00"), 1)
	f.Add(`[]`, []byte{}, 4)
	f.Fuzz(func(t *testing.T, list string, weights []byte, cut int) {
		be := binary.BigEndian
		data := append(be.AppendUint32(nil, uint32(len(list))), list...)
		data = append(be.AppendUint32(data, 1024), make([]byte, 1024)...)
		data = append(be.AppendUint32(data, uint32(len(weights))), weights...)
		data = data[:len(data)-min(max(cut, 0), len(data))]
		p := &Pict{name: "x.pict", source: bytes.NewReader(data), entries: map[string]pictEntry{}}
		if p.read(int64(len(data))) != nil {
			return
		}
		for _, name := range p.Names() {
			if _, _, err := p.Tensor(name); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzLayers(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "small", "model.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Fuzz(func(t *testing.T, text string) {
		l := &Layers{name: "x", weights: map[string]weight{}}
		err := l.parse([]byte(text), func(string) (int64, error) { return 16, nil })
		if err != nil {
			return
		}
		for name, w := range l.weights {
			if w.offset+w.bytes() > 16*int64(len(w.files)) || w.count < 0 {
				t.Fatalf("%s reaches beyond its files", name)
			}
		}
	})
}
