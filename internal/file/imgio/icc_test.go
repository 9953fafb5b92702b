package imgio

import (
	"bytes"
	"os"
	"path/filepath"
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
	if len(warnings) != 1 || !strings.Contains(warnings[0].String(), "profile-printer.png: has a colour profile that is not curves and a matrix") {
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
