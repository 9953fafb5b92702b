package dataset

import (
	"bytes"
	"io"
	"path"
	"strings"
	"testing"
)

// Every file is in one pair or in at least one problem, whatever the names.
func FuzzMatchSides(f *testing.F) {
	f.Add("a.png b.png", "a.jpg b.tif", "")
	f.Add("a.png a.jpg", "a.png", "")
	f.Add("1.png 2.png", "1.png", "1.png 3.png")
	f.Add("x.1.png x.2.png", ".png", "x.png")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		layers := []layer{{"A", unique(a), nil}, {"B/1", unique(b), nil}, {"B/2", unique(c), nil}}
		pairs, problems := matchSides(Train, layers[:1], layers[1:])
		in := map[string]int{}
		for _, p := range pairs {
			if len(p.a) != 1 || len(p.b) != 2 {
				t.Fatalf("pair %+v", p)
			}
			for _, file := range p.files() {
				if stem(path.Base(file)) != p.name {
					t.Fatalf("%s is in pair %s", file, p.name)
				}
				in[file]++
			}
		}
		bad := map[string]bool{}
		for _, p := range problems {
			bad[p.File] = true
		}
		doubled := map[string]bool{}
		for _, p := range problems {
			if p.Kind == Ambiguous {
				doubled[stem(path.Base(p.File))] = true
			}
		}
		for _, l := range layers {
			for _, file := range l.files {
				full := path.Join(l.path, file)
				if bad[full] && in[full] > 0 || in[full] > 1 || !bad[full] && in[full] == 0 && !doubled[stem(file)] {
					t.Fatalf("%s: %d pairs, problem %v", full, in[full], bad[full])
				}
			}
		}
	})
}

// unique returns the different file names in a text.
func unique(text string) []string {
	var names []string
	seen := map[string]bool{}
	for _, n := range strings.Fields(text) {
		if !seen[n] && !strings.Contains(n, "/") && strings.Trim(n, ".") != "" {
			names, seen[n] = append(names, n), true
		}
	}
	return names
}

// FuzzInspect: a damaged file is a Problem that names it, or it is a pair; never more.
func FuzzInspect(f *testing.F) {
	good := pngBytes(f, 4, 2)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("GIF89a"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		open := func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		c := candidate{name: "x", split: Train, a: []string{"train/x.png"}}
		found := inspect(open, c, true, Options{MaxSamples: 1 << 16})
		switch n := len(found.problems); {
		case n == 0:
			if a := found.sideA; a.width < 1 || a.height < 1 || a.channels < 1 || a != found.sideB && a.width != found.sideB.width {
				t.Fatalf("sides %+v, %+v", a, found.sideB)
			}
		case n > 1 || found.problems[0].File != "train/x.png" || found.problems[0].Hint == "":
			t.Fatalf("%+v", found.problems)
		}
	})
}
