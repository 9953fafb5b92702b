package jpeg

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func pixels(t testing.TB, data []byte) []byte {
	t.Helper()
	m, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	m.EachRow(func(_ int, row []uint8) { all = append(all, row...) })
	return all
}

// TestLikeLibjpeg: every sampling, baseline and progressive, with restart markers and
// without, is what libjpeg-turbo decodes, to the bit.
func TestLikeLibjpeg(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	if err := json.Unmarshal(open(t, "reference.json"), &want); err != nil {
		t.Fatal(err)
	}
	for name, hash := range want {
		sum := sha256.Sum256(pixels(t, open(t, name+".jpg")))
		if got := hex.EncodeToString(sum[:]); got != hash {
			t.Errorf("%s: other pixels than libjpeg's", name)
		}
	}
}

// TestInks: inks are stored as Adobe's programs do, and become what Pillow makes of them.
func TestInks(t *testing.T) {
	t.Parallel()
	for name, space := range map[string]Space{"cmyk": CMYK, "ycck": YCCK} {
		m, err := Decode(open(t, name+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		if m.Space != space {
			t.Errorf("%s: space %d", name, m.Space)
		}
		got, want := pixels(t, open(t, name+".jpg")), open(t, name+".ppm")
		want = want[len(want)-len(got):]
		for i, v := range got {
			if d := int(v) - int(want[i]); d < -1 || d > 1 {
				t.Fatalf("%s: sample %d is %d, want %d", name, i, v, want[i])
			}
		}
	}
}

// TestCut: a file that is cut anywhere is an error and never a picture.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2x2-1x1-1x1", "1x1-2x2-1x1", "1x2-1x1-1x1", "2x1-1x1-1x1", "cmyk"} {
		data := open(t, name+".jpg")
		for n := range len(data) - 1 {
			_, err := Decode(data[:n])
			if err == nil {
				t.Fatalf("%s: %d of %d bytes were accepted", name, n, len(data))
			}
			if n > 2 && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s: %d of %d bytes: %v", name, n, len(data), err)
			}
		}
	}
}

// TestRefused: what is not read is named.
func TestRefused(t *testing.T) {
	t.Parallel()
	good := open(t, "2x2-1x1-1x1.jpg")
	frame := bytes.Index(good, []byte{0xff, startBaseline})
	if frame < 0 {
		frame = bytes.Index(good, []byte{0xff, startProgressive})
	}
	change := func(at int, v byte) []byte {
		data := bytes.Clone(good)
		data[at] = v
		return data
	}
	for want, data := range map[string][]byte{
		"JPEG with arithmetic coding":         change(frame+1, 0xc9),
		"lossless JPEG":                       change(frame+1, 0xc3),
		"hierarchical JPEG":                   change(frame+1, 0xc5),
		"samples of 12 bits":                  change(frame+4, 12),
		"2 components":                        change(frame+9, 2),
		"sampling factors 5×2":                change(frame+11, 0x52),
		"quantisation table 7":                change(frame+12, 7),
		"does not begin":                      good[1:],
		"no picture in the file":              {0xff, startOfImage, 0xff, endOfImage},
		"a scan comes before":                 {0xff, startOfImage, 0xff, startOfScan, 0, 2},
		"two components have the identifie":   change(frame+13, good[frame+10]),
		"the data end before the picture":     append(bytes.Clone(good[:len(good)-60]), 0xff, endOfImage, 0, 0),
		"a picture of 0×27":                   change(frame+8, 0),
		"the frame header has the wrong leng": change(frame+3, good[frame+3]+1),
	} {
		if _, err := Decode(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// FuzzDecode: no data make it panic or read beyond.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"one-pixel", "narrow", "narrow-progressive", "grey", "grey-progressive", "1x1-2x2-1x1", "2x2-1x1-1x1", "cmyk", "ycck"} {
		f.Add(open(f, name+".jpg"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err != nil || h.Width*h.Height > 1<<14 {
			return
		}
		m, err := Decode(data)
		if err != nil {
			return
		}
		rows := 0
		m.EachRow(func(_ int, row []uint8) {
			if len(row) != h.Width*h.Channels() {
				t.Fatalf("a row of %d samples in a picture of %d×%d", len(row), h.Width, h.Channels())
			}
			rows++
		})
		if rows != h.Height {
			t.Fatalf("%d rows of %d", rows, h.Height)
		}
	})
}
