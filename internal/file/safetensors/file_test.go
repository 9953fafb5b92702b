package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// golden is what the format's reference implementation (0.8.0) writes for
// goldenTensors, byte for byte.
const golden = "\xc8\x00\x00\x00\x00\x00\x00\x00" +
	`{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},` +
	`"b.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},` +
	`"s":{"dtype":"F32","shape":[],"data_offsets":[28,32]}}    ` +
	"\x00\x00\x00?\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x00\x00\x80@\x00\x00\xa0@\x00\x00\x80\xbf"

func goldenTensors() []Tensor {
	return []Tensor{
		{"s", []int{}, []float32{-1}},
		{"b.weight", []int{2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		{"a", []int{1}, []float32{0.5}},
	}
}

func readerOf(text string) (*Reader, error) {
	return NewReader("test.safetensors", strings.NewReader(text), int64(len(text)))
}

func TestGoldenBytes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "g.safetensors")
	if err := Write(path, map[string]string{"k": "v"}, goldenTensors()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(golden, string(got)); diff != "" {
		t.Fatal(diff)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := &File{map[string]string{"k": "v"}, byName(goldenTensors())}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Fatal(diff)
	}
}

// A file of the reference implementation with all the types that we read.
func TestReferenceFile(t *testing.T) {
	t.Parallel()
	r, err := Open("testdata/reference.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	inf := float32(math.Inf(1))
	want := map[string][]float32{
		"half":   {0, 1, -2.5, 65504, 1.0 / (1 << 24), inf},
		"double": {math.Pi, -inf, 1e-3},
		"single": {1.5, float32(math.Copysign(0, -1))},
		"scalar": {7},
		"empty":  {},
	}
	for name, values := range want {
		if _, got, err := r.Tensor(name); err != nil || !cmp.Equal(got, values) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if shape, ok := r.Shape("empty"); !ok || !cmp.Equal(shape, []int{0, 3}) {
		t.Errorf("shape %v", shape)
	}
	if _, _, err := r.Tensor("count"); err == nil || !strings.Contains(err.Error(), "I64") {
		t.Errorf("read integers: %v", err)
	}
	if _, _, err := r.Tensor("none"); err == nil || !strings.Contains(err.Error(), `no tensor "none"`) {
		t.Errorf("read a missing tensor: %v", err)
	}
	if err := r.ReadInto("half", make([]float32, 5)); err == nil {
		t.Error("read six values into five")
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cut.safetensors")
	for n := range len(golden) {
		if err := os.WriteFile(path, []byte(golden[:n]), 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err == nil {
			r.Close()
			t.Fatalf("opened the first %d of %d bytes", n, len(golden))
		}
		if !strings.Contains(err.Error(), path) {
			t.Fatalf("the error does not name the file: %v", err)
		}
	}
}

func withHeader(header, data string) string {
	return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + header + data
}

func TestRefusesHeaders(t *testing.T) {
	t.Parallel()
	one := `"dtype":"F32","shape":[1],"data_offsets":[0,4]`
	for _, c := range []struct{ name, header, data, want string }{
		{"empty", ``, ``, "8 bytes"},
		{"array", `[]`, ``, "begin with"},
		{"leading space", ` {}`, ``, "begin with"},
		{"not UTF-8", "{\"\xff\":1}", ``, "UTF-8"},
		{"cut", `{"a":{`, ``, "unexpected"},
		{"text after", `{} x`, ``, "after the JSON value"},
		{"two objects", `{}{}`, ``, "after the JSON value"},
		{"data without tensors", `{}`, `1234`, "4 bytes follow"},
		{"number for tensor", `{"a":1}`, ``, `"a"`},
		{"null for tensor", `{"a":null}`, ``, `"a"`},
		{"metadata not text", `{"__metadata__":{"a":1}}`, ``, "must be a string"},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, ``, "appears twice"},
		{"metadata key twice", `{"__metadata__":{"a":"","a":""}}`, ``, "appears twice"},
		{"name twice", `{"a":{` + one + `},"a":{` + one + `}}`, `1234`, "appears twice"},
		{"name twice by escape", `{"a":{` + one + `},"\u0061":{` + one + `}}`, `1234`, "appears twice"},
		{"unknown key", `{"a":{` + one + `,"x":1}}`, `1234`, "unknown key"},
		{"no type", `{"a":{"shape":[1],"data_offsets":[0,4]}}`, `1234`, "unknown dtype"},
		{"unknown type", `{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`, `1234`, `unknown dtype "F31"`},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, `1234`, "no shape"},
		{"null shape", `{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, `1234`, "instead of ["},
		{"null size", `{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,0]}}`, ``, "must be an integer"},
		{"negative size", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, `1234`, "must be an integer"},
		{"fraction", `{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, `1234`, "must be an integer"},
		{"exponent", `{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}`, `1234`, "must be an integer"},
		{"size as text", `{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}`, `1234`, "must be an integer"},
		{"huge", `{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, ``, "too large"},
		{"huge bytes", `{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}`, ``, "too large"},
		{"over 63 bits", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775808]}}`, `1234`, "must be an integer"},
		{"three offsets", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}`, `1234`, "two numbers"},
		{"range too short", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, `1234`, "takes 8 bytes"},
		{"range backwards", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, `1234`, "takes 4 bytes"},
		{"past the end", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, `1234`, "4 of 8 bytes of data are missing"},
		{"hole", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, `12345678`, "bytes 0 to 4 belong to no tensor"},
		{"overlap", `{"a":{` + one + `},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, `123456`, "overlaps"},
		{"same range", `{"a":{` + one + `},"b":{` + one + `}}`, `1234`, "overlaps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := readerOf(withHeader(c.header, c.data))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want …%s…", err, c.want)
			}
		})
	}
	if _, err := readerOf("\xff\xff\xff\xff\xff\xff\xff\xff{}"); !errors.Is(err, ErrOther) {
		t.Errorf("a header of 2⁶⁴−1 bytes: %v", err)
	}
}

func TestAcceptsForeignHeaders(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		withHeader(`{}`, ``),
		withHeader("{ \"a\" : {\"shape\":[],\n\"data_offsets\":[0,1],\"dtype\":\"U8\"} }   ", `1`),
		withHeader(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}`, `12`),
	} {
		if _, err := readerOf(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.safetensors")
	v := []float32{1}
	for want, tensors := range map[string][]Tensor{
		"two tensors":  {{"a", []int{1}, v}, {"a", []int{1}, v}},
		"reserved":     {{"__metadata__", []int{1}, v}},
		"has 2 values": {{"a", []int{2}, v}},
		"negative":     {{"a", []int{-1}, v}},
		"UTF-8":        {{"\xff", []int{1}, v}},
		"too large":    {{"a", []int{1 << 40, 1 << 40}, v}},
	} {
		if err := Write(path, nil, tensors); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
	if err := Write(path, map[string]string{"k": "\xff"}, nil); err == nil {
		t.Error("wrote metadata that is not UTF-8")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("something was written")
	}
}

// Whatever can be written comes back, in an order that does not matter.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("ab.<>&\"\\\n\u2028é🏠")), 0, 6, -1)
		metadata := rapid.MapOf(name, rapid.StringMatching(`[ -~]*`)).Draw(t, "metadata")
		var tensors []Tensor
		for _, n := range rapid.SliceOfNDistinct(name, 0, 6, rapid.ID).Draw(t, "names") {
			shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")
			count, _ := elements(shape)
			data := rapid.SliceOfN(rapid.Float32(), int(count), int(count)).Draw(t, "data")
			tensors = append(tensors, Tensor{n, shape, data})
		}
		one, two := filepath.Join(dir, "1.safetensors"), filepath.Join(dir, "2.safetensors")
		shuffled := rapid.Permutation(tensors).Draw(t, "order")
		for path, list := range map[string][]Tensor{one: tensors, two: shuffled} {
			if err := Write(path, metadata, list); err != nil {
				t.Fatal(err)
			}
		}
		first, _ := os.ReadFile(one)
		second, _ := os.ReadFile(two)
		if !bytes.Equal(first, second) {
			t.Fatal("the bytes depend on the order")
		}
		f, err := Load(one)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compareFiles(f, &File{metadata, byName(tensors)}); diff != "" {
			t.Fatal(diff)
		}
		if n := 8 + binary.LittleEndian.Uint64(first); n%8 != 0 {
			t.Fatalf("data start at byte %d", n)
		}
	})
}

// compareFiles compares values by their bits; empty and nil are the same.
func compareFiles(a, b *File) string {
	text := func(f *File) (lines []string) {
		for _, key := range sortedKeys(f.Metadata) {
			lines = append(lines, fmt.Sprintf("%q=%q", key, f.Metadata[key]))
		}
		for _, t := range f.Tensors {
			bits := make([]uint32, len(t.Data))
			for i, v := range t.Data {
				bits[i] = math.Float32bits(v)
			}
			lines = append(lines, fmt.Sprintf("%q %v %x", t.Name, t.Shape, bits))
		}
		return lines
	}
	return cmp.Diff(text(a), text(b))
}
