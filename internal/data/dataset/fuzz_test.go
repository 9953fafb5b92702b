package dataset

import (
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

// A damaged file is a Problem that names it, or it is a picture; never more.
func FuzzOpen(f *testing.F) {
	good := pngBytes(f, 4, 2)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("GIF89a"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte(nil))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		writeBytes(t, dir+"/train/x.png", data)
		d, r, err := tryOpen(dir, func(o *Options) { o.MaxSamples = 1 << 16 })
		switch {
		case err == nil:
			if _, err := d.Sample(Train, 0, 4); err != nil {
				t.Fatal(err)
			}
		case len(r.Problems) != 1 || r.Problems[0].File != "train/x.png" || r.Problems[0].Hint == "":
			t.Fatalf("%v: %+v", err, r.Problems)
		}
	})
}
