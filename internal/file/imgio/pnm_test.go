package imgio

import (
	"bytes"
	"strings"
	"testing"
)

// TestPNM: the examples of Netpbm's manual pages, and their siblings.
func TestPNM(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file     string
		channels int
		alpha    bool
		depth    int
		want     []float32
	}{
		"P1":    {"P1 # a bitmap\n3 2\n101\n0 1 0", 1, false, 8, []float32{0, 1, 0, 1, 0, 1}},
		"P2":    {"P2\n# comment\n2 2\n15\n0 5\n10 15\n", 1, false, 8, []float32{0, 1.0 / 3, 2.0 / 3, 1}},
		"P3":    {"P3 1 2 255 255 0 51 0 255 102", 3, false, 8, []float32{1, 0, 0.2, 0, 1, 0.4}},
		"P4":    {"P4\n9 1\n\xaa\x80", 1, false, 8, []float32{0, 1, 0, 1, 0, 1, 0, 1, 0}},
		"P5":    {"P5 2 1 255\n\x00\xff", 1, false, 8, []float32{0, 1}},
		"P5/16": {"P5 2 1 4095\n\x00\x00\x0f\xff", 1, false, 16, []float32{0, 1}},
		"P6":    {"P6\n1 1\n255\n\xff\x00\x33", 3, false, 8, []float32{1, 0, 0.2}},
		"P7":    {"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\xff\x00\x33\x66", 4, true, 8, []float32{1, 0, 0.2, 0.4}},
		"bands": {"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n\xff\x00\x33\x66\xff", 5, false, 8, []float32{1, 0, 0.2, 0.4, 1}},
	} {
		p, _, err := Decode(strings.NewReader(c.file), name, ReadOptions{})
		if err != nil {
			t.Error(err)
			continue
		}
		want := &Picture{Width: len(c.want) / c.channels, Height: 1, Channels: c.channels, Depth: c.depth, Alpha: c.alpha, Pix: c.want}
		if name == "P1" || name == "P2" || name == "P3" {
			want.Width, want.Height = p.Width, p.Height
		}
		wantSame(t, p, want, 1e-6)
		if p.Alpha != c.alpha {
			t.Errorf("%s: %s", name, p.kind())
		}
		for cut := range len(c.file) - 1 {
			if q, _, err := Decode(strings.NewReader(c.file[:cut]), name, ReadOptions{}); err == nil && name != "P2" && name != "P3" {
				t.Errorf("%s: %d bytes of %d are a picture of %d×%d", name, cut, len(c.file), q.Width, q.Height)
			}
		}
	}
}

// TestReadable: the sentence names all formats.
func TestReadable(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	last := len(names) - 1
	if want := strings.Join(names[:last], ", ") + " or " + names[last]; Readable != want {
		t.Errorf("%q, want %q", Readable, want)
	}
}

// TestUnread: formats that are not read are named.
func TestUnread(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"HEIC": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "AVIF": "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1",
		"JPEG XL": "\xff\x0a\x00\x00", "DICOM": strings.Repeat("\x00", 128) + "DICM", "SVG": "<svg xmlns=", "OpenEXR": "v/1\x01",
	} {
		if _, _, err := Decode(bytes.NewReader([]byte(data)), "x", ReadOptions{}); err == nil || !strings.Contains(err.Error(), "x: "+name+" is not supported") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
