package palette

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []Class
	}{
		{"plain", "# a comment\n\n0 0 0 222 back ground\n255 #FF5000\n", []Class{{0, [3]uint8{0, 0, 222}, "back ground"}, {255, [3]uint8{255, 80, 0}, ""}}},
		{"no end of line, a mark of byte order", "\ufeff7\t1\t2\t3", []Class{{7, [3]uint8{1, 2, 3}, ""}}},
		{"a name that begins with digits", "0 1 2 3 4 5", []Class{{0, [3]uint8{1, 2, 3}, "4 5"}}},
		{"of GIMP", "GIMP Palette\r\nName: x\r\nColumns: 3\r\n#\r\n  1   2   3\tsky\r\n  4   5   6\tUntitled\r\n",
			[]Class{{0, [3]uint8{1, 2, 3}, "sky"}, {1, [3]uint8{4, 5, 6}, "Untitled"}}},
	} {
		p, err := Parse(strings.NewReader(c.text), "f")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if diff := cmp.Diff(c.want, p.Classes); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "no class",
		"# only a comment":           "no class",
		"0 0 0 256 x":                `line 1: blue "256"`,
		"0 0 0 0\n0 1 1 1":           "line 2: index 0",
		"0 5 5 5 a\n\n1 5 5 5":       "line 3: the colour is already used by index 0",
		"0 1 2":                      "2 colour values instead of three",
		"65536 1 2 3":                "index",
		"-1 1 2 3":                   "index",
		"0 #12345 x":                 "#12345",
		"0 #12345g x":                "#12345g",
		"wall 1 2 3":                 `index "wall"`,
		"0":                          "0 colour values instead of three",
		strings.Repeat("1 ", 5000):   "text file",
		"GIMP Palette\n1 2 x\tsky\n": "line 2",
	} {
		_, err := Parse(strings.NewReader(text), "colours.txt")
		var h interface{ Hint() string }
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "colours.txt") || !errors.As(err, &h) {
			t.Errorf("%.40q: %v does not say %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# c\n0 0 0 222 wall\n255 #FF5000\n")
	f.Add("GIMP Palette\nName: x\n  1   2   3\tsky\n")
	f.Add("0 1 2 3 \x00\u00a0 x\u2028y\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(strings.NewReader(text), "f")
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		q, err := Parse(bytes.NewReader(b.Bytes()), "again")
		if err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		if diff := cmp.Diff(p, q); diff != "" {
			t.Fatal(diff)
		}
	})
}

func drawn(colours int, pixels func(i int) int, w, h int) *imgio.Picture {
	p := imgio.New(w, h, 3)
	for i := range w * h {
		k := pixels(i) % colours
		p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2] = float32(k*20)/255, float32(255-k)/255, float32(k%3)/255
	}
	return p
}

// TestRoundTrip: what is painted is recognised, whatever the indices.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &Palette{}
		for range rapid.IntRange(1, 40).Draw(t, "classes") {
			_ = p.add(Class{rapid.IntRange(0, MaxIndex).Draw(t, "index"),
				[3]uint8{rapid.Byte().Draw(t, "r"), rapid.Byte().Draw(t, "g"), rapid.Byte().Draw(t, "b")}, ""})
		}
		w, h := rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h")
		want := make([]int, w*h)
		for i := range want {
			want[i] = rapid.IntRange(0, len(p.Classes)-1).Draw(t, "position")
		}
		got, err := p.Positions(p.Paint(want, w, h))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v %v", got, err)
		}
		for i, c := range p.Classes {
			if p.Position(c.Index) != i {
				t.Fatalf("position of index %d", c.Index)
			}
		}
	})
}

// TestSurveyExact: without noise every colour counts, single lines too.
func TestSurveyExact(t *testing.T) {
	t.Parallel()
	s := NewSurvey()
	line := func(i int) int { // 5 areas, 9 between them one pixel wide
		if i%20 == 10 {
			return 9
		}
		return i / 200 % 5
	}
	if err := s.Add(drawn(10, line, 20, 50)); err != nil {
		t.Fatal(err)
	}
	p, err := s.Palette()
	if err != nil || len(p.Classes) != 6 {
		t.Fatalf("%v, %v", p, err)
	}
	if p.Position(5) != 5 || p.Classes[5].Colour != [3]uint8{180, 246, 0} {
		t.Errorf("%+v", p.Classes)
	}
}

// TestSurveyOfJPEG: drawn façades that went through JPEG give the colours that
// they were drawn with, up to what JPEG moves them by.
func TestSurveyOfJPEG(t *testing.T) {
	t.Parallel()
	s, parts := NewSurvey(), NewSurvey()
	for i := range 8 {
		labels, _ := facade.Generate(5, i, 384)
		p := throughJPEG(t, labels)
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
		part := NewSurvey()
		if err := part.Add(p); err != nil {
			t.Fatal(err)
		}
		parts.Merge(part)
	}
	p, err := s.Palette()
	if err != nil {
		t.Fatal(err)
	}
	merged, err := parts.Palette()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, merged); diff != "" {
		t.Errorf("parts give another palette: %s", diff)
	}
	if len(p.Classes) != len(facade.Classes) {
		t.Errorf("%d classes: %v", len(p.Classes), p.Classes)
	}
	for _, c := range facade.Classes {
		if d := distance(c.Colour, p.Classes[p.Nearest(c.Colour)].Colour); d > 3*3*3 {
			t.Errorf("%s: nearest found colour is %v away (squared)", c.Name, d)
		}
	}
}

func throughJPEG(t *testing.T, p *imgio.Picture) *imgio.Picture {
	t.Helper()
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.JPEG, p); err != nil {
		t.Fatal(err)
	}
	q, _, err := imgio.Decode(&b, "x.jpg", imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestSurveyRefuses(t *testing.T) {
	t.Parallel()
	empty, one, photo := NewSurvey(), NewSurvey(), NewSurvey()
	_ = one.Add(imgio.New(9, 9, 1))
	_, lit := facade.Generate(1, 1, 128)
	for i := range lit.Pix { // grain
		lit.Pix[i] += float32(i*7919%101) / 1000
	}
	_ = photo.Add(lit)
	for want, s := range map[string]*Survey{"no pictures": empty, "one colour": one, "not label pictures": photo} {
		if p, err := s.Palette(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v %v", want, p, err)
		}
	}
	if err := one.Add(imgio.New(3, 3, 7)); err == nil {
		t.Error("seven channels pass")
	}
}

// TestSurveyOfFacades: the CMP façades' twelve classes.
func TestSurveyOfFacades(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "facades", "test")
	files, _ := os.ReadDir(dir)
	if len(files) == 0 {
		t.Skip("no façades at", dir)
	}
	s := NewSurvey()
	for _, f := range files[:20] {
		p, _, err := imgio.Read(filepath.Join(dir, f.Name()), imgio.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, labels, err := imgio.SplitSideBySide(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(labels); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Palette()
	if err != nil || len(p.Classes) != 12 {
		t.Errorf("%v %v", p, err)
	}
}
