package imgio

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestProfiles: colours of other spaces are what LittleCMS makes of them in sRGB.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for name, tolerance := range map[string]float64{"profile-wide.png": 1, "profile-p3.png": 1, "profile-table.jpg": 2, "profile-grey.png": 1} {
		p, warnings := mustRead(t, name)
		if len(warnings) != 0 {
			t.Errorf("%s: %v", name, warnings)
		}
		wantAsRead(t, Quantise(p), name+".png", tolerance)
	}
}

// TestProfilesOfSRGB: there are many, and they change and say nothing.
func TestProfilesOfSRGB(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"profile.png", "profile.webp", "profile.tif"} {
		p, warnings := mustRead(t, name)
		if len(warnings) != 0 {
			t.Errorf("%s: %v", name, warnings)
		}
		wantSame(t, p, pattern(3, 8), 0)
	}
	const trial = "../../../../shared/trials/srgb-profile-warned-about-as-if-foreign.jpg"
	if _, err := os.Stat(trial); err != nil {
		t.Skip("the trials are not there: ", err)
	}
	if _, warnings, err := Read(trial, ReadOptions{}); err != nil || len(warnings) != 0 {
		t.Error(warnings, err)
	}
}

// TestProfilesThatAreLeft are said, once.
func TestProfilesThatAreLeft(t *testing.T) {
	t.Parallel()
	p, warnings := mustRead(t, "profile-printer.png")
	if len(warnings) != 1 || !strings.Contains(warnings[0].String(), "profile-printer.png: has a colour profile without curves and a matrix") {
		t.Errorf("warnings %v", warnings)
	}
	if p.Channels != 3 {
		t.Error(p.kind())
	}
	// A JPEG keeps its profile in pieces; it is still one warning.
	data, err := os.ReadFile("testdata/grey.jpg")
	if err != nil {
		t.Fatal(err)
	}
	piece := append([]byte{0xff, 0xe2, 0, 18}, profilePrefix+"\x01\x02no"...)
	data = append(append(append([]byte{0xff, 0xd8}, piece...), piece...), data[2:]...)
	if _, warnings, err := Decode(bytes.NewReader(data), "x", ReadOptions{}); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Text, "damaged") {
		t.Errorf("JPEG: warnings %v, error %v", warnings, err)
	}
}

// TestProfilesOfPalettes: the colours of a palette are brought to sRGB as others are.
func TestProfilesOfPalettes(t *testing.T) {
	t.Parallel()
	const name = "profile-wide.png"
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	indexed := image.NewPaletted(whole.Bounds(), nil)
	for y := range whole.Bounds().Dy() {
		for x := range whole.Bounds().Dx() {
			indexed.Palette = append(indexed.Palette, whole.At(x, y))
			indexed.SetColorIndex(x, y, uint8(len(indexed.Palette)-1))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, indexed); err != nil {
		t.Fatal(err)
	}
	const header = 8 + 25 // the signature and IHDR
	start := bytes.Index(data, []byte("iCCP")) - 4
	length := 12 + int(binary.BigEndian.Uint32(data[start:]))
	file := slices.Concat(b.Bytes()[:header], data[start:start+length], b.Bytes()[header:])
	p, warnings, err := Decode(bytes.NewReader(file), "indexed.png", ReadOptions{})
	if err != nil || len(warnings) != 0 {
		t.Fatal(warnings, err)
	}
	wantAsRead(t, Quantise(p), name+".png", 1)
}

// TestProfilesOfCMYK: what becomes of CMYK is RGB without its profile, a table, which is
// said once.
func TestProfilesOfCMYK(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/cmyk.jpg")
	if err != nil {
		t.Fatal(err)
	}
	printer, err := os.ReadFile("testdata/profile-printer.png")
	if err != nil {
		t.Fatal(err)
	}
	profile := pngMetadata(printer).profile
	piece := binary.BigEndian.AppendUint16([]byte{0xff, 0xe2}, uint16(2+len(profilePrefix)+2+len(profile)))
	piece = append(append(append(piece, profilePrefix...), 1, 1), profile...)
	p, warnings, err := Decode(bytes.NewReader(slices.Concat(data[:2], piece, data[2:])), "cmyk.jpg", ReadOptions{})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "cmyk.jpg: has a colour profile without curves and a matrix, which is ignored") {
		t.Fatal(warnings, err)
	}
	plain, _ := mustRead(t, "cmyk.jpg")
	wantSame(t, p, plain, 0)
}

func FuzzProfile(f *testing.F) {
	for _, name := range []string{"profile-wide.png", "profile-p3.png", "profile-grey.png"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(pngMetadata(data).profile)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := pattern(3, 8)
		p.Width, p.Height, p.Pix = 2, 2, p.Pix[:12]
		p.inSRGB(data)
		for _, v := range p.Pix {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("a sample of %v", v)
			}
		}
	})
}
