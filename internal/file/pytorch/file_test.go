package pytorch

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expected is what testdata/reference.py saves, but for the integers.
func expected() map[string][]float32 {
	count := make([]float32, 24)
	transposed, last := make([]float32, 24), make([]float32, 24)
	for i := range count {
		count[i] = float32(i)
		transposed[i] = float32(i%4*6 + i/4)
		last[i] = float32(i)
	}
	return map[string][]float32{
		"plain": count, "part": count[4:10], "transposed": transposed, "last": last,
		"half": {0.5, -2, 65504}, "bfloat": {0.5, -2, 256}, "double": {1, -1e-3},
		"scalar": {7}, "empty": {}, "parameter": {1, 2},
	}
}

// What torch.save writes comes out, of both containers and of a checkpoint that
// has the state dict beside other things.
func TestReference(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"zip.pth", "legacy.pth", "nested.pth"} {
		f, err := Open(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for name, want := range expected() {
			shape, got, err := f.Tensor(name)
			if err != nil || !cmp.Equal(got, want) {
				t.Errorf("%s: %s is %v: %v", file, name, got, err)
			}
			if name == "plain" && !cmp.Equal(shape, []int{2, 3, 4}) || name == "scalar" && len(shape) != 0 {
				t.Errorf("%s: %s has the shape %v", file, name, shape)
			}
		}
		if n := len(f.Names()); n != 11 {
			t.Errorf("%s: %v", file, f.Names())
		}
		if _, _, err := f.Tensor("count"); err == nil || !strings.Contains(err.Error(), "I64") {
			t.Errorf("%s: integers: %v", file, err)
		}
		if _, _, err := f.Tensor("none"); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: a tensor that is not there: %v", file, err)
		}
	}
}

// Real files of PyTorch from before 1.6: the sums of all their numbers are
// PyTorch's.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	const dir = "../../../../shared/data/pth"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("real files are not at " + dir)
	}
	for file, want := range map[string]struct {
		tensors, numbers int
		sum, magnitude   float64
	}{
		"1SE.pth": {6, 2284, 449.028407217, 1228.24869289},
		"3SE.pth": {18, 57116, 642.350433089, 3679.37944179},
		"5SE.pth": {38, 964188, 575.562054013, 23911.5811515},
	} {
		f, err := Open(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		numbers, sum, magnitude := 0, 0.0, 0.0
		for _, name := range f.Names() {
			_, data, err := f.Tensor(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range data {
				numbers++
				sum += float64(v)
				magnitude += math.Abs(float64(v))
			}
		}
		if len(f.Names()) != want.tensors || numbers != want.numbers ||
			math.Abs(sum-want.sum) > 1e-6 || math.Abs(magnitude-want.magnitude) > 1e-6 {
			t.Errorf("%s: %d tensors, %d numbers, sum %.12g, magnitude %.12g", file, len(f.Names()), numbers, sum, magnitude)
		}
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readAll opens data as a file and reads all tensors.
func readAll(data []byte) error {
	f, err := NewFile("x.pth", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	var failed error
	for _, name := range f.Names() {
		if _, _, err := f.Tensor(name); err != nil && name != "count" {
			failed = err
		}
	}
	return failed
}

// A file that is truncated anywhere is an error that names it.
func TestTruncated(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"zip.pth", "legacy.pth", "nested.pth"} {
		data := read(t, file)
		for n := range data {
			if err := readAll(data[:n]); err == nil || !strings.Contains(err.Error(), "x.pth") {
				t.Fatalf("%s: the first %d of %d bytes: %v", file, n, len(data), err)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for want, data := range map[string]string{
		"no named tensors":             string(read(t, "model.pth")),
		"has no named tensors":         string(read(t, "tensor.pth")),
		"truncated":                    "",
		"unknown opcode 0xff":          "\xff\xff",
		"PyTorch's magic number":       "\x80\x02K\x01.",
		"unknown version":              magic[:15] + "\x80\x02K\x01.N.N.N.",
		"list of storages is missing":  magic + "N.N.N.",
		"it has no named tensors":      magic + "N.}.].",
		"byte 2: it takes more":        magic + "N.}00.",
		"byte 0: it is truncated":      magic + "N.X\xff\xff\xff\xffabc",
		"protocol 9":                   "\x80\x09.",
		"value that is not a function": magic + "N.K\x01)R.",
		"sets entries of a value":      magic + "N.K\x01K\x01K\x01s.",
		"appends to a value":           magic + "N.K\x01K\x01a.",
		"memo has no entry 7":          magic + "N.h\x07.",
		"is not to a storage":          magic + "N.K\x01Q.",
		"does not fit a storage of 2":  magic + "N." + rebuild(`K\x02`, `K\x00`, `K\x03\x85`, `K\x01\x85`),
		"storage of 1 elements":        magic + "N." + rebuild(`K\x01`, `K\x00`, `J\xff\xff\xff\x7f\x85`, `K\x00\x85`),
		"or stride is invalid":         magic + "N." + rebuild(`K\x01`, `J\xff\xff\xff\xff`, `K\x01\x85`, `K\x01\x85`),
		"zip: not a valid zip file":    "PK\x03\x04",
	} {
		err := readAll([]byte(data))
		var hint interface{ Hint() string }
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &hint) {
			t.Errorf("%.40q: %v, want …%s…", data, err, want)
		}
	}
}

// magic is how the older container begins: its number and version.
const magic = "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."

// rebuild is a pickle of one tensor, its parts as opcodes.
func rebuild(size, offset, shape, stride string) string {
	unquote := strings.NewReplacer(`\x00`, "\x00", `\x01`, "\x01", `\x02`, "\x02", `\x03`, "\x03", `\x85`, "\x85", `\xff`, "\xff", `\x7f`, "\x7f")
	return unquote.Replace("ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpu" +
		size + "tQ" + offset + shape + stride + "tR.")
}

// FuzzFile: no bytes make the package panic, hang or take much memory.
func FuzzFile(f *testing.F) {
	// A state dict of one tensor of two elements, in both containers: the fuzzer gets
	// nowhere with the large files that PyTorch writes.
	dict := "}U\x01w" + strings.TrimSuffix(rebuild(`K\x02`, `K\x00`, `K\x02\x85`, `K\x01\x85`), ".") + "s."
	numbers := "\x00\x00\x80?\x00\x00\x00@"
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, file := range [][2]string{{"a/data.pkl", dict}, {"a/data/0", numbers}} {
		name, content := file[0], file[1]
		entry, err := w.CreateRaw(&zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(content)),
			CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))})
		if err == nil {
			_, err = entry.Write([]byte(content))
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{archive.String(), magic + "N." + dict + "](U\x010e." + "\x02\x00\x00\x00\x00\x00\x00\x00" + numbers} {
		if err := readAll([]byte(seed)); err != nil {
			f.Fatalf("the seed %q: %v", seed, err)
		}
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, data []byte) { _ = readAll(data) })
}

// FuzzPickle is FuzzFile past the containers.
func FuzzPickle(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00(X\x01\x00\x00\x00aK\x01u."))
	f.Add([]byte(rebuild(`K\x02`, `K\x00`, `K\x02\x85`, `K\x01\x85`)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if p, err := unpickle(data); err == nil {
			tensorsOf(p.value)
		}
	})
}
