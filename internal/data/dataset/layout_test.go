package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

func TestLayoutsAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		files            []string
		layout           Layout
		train, val, test []string
	}{
		{"splits", []string{"train/10.png", "train/9.png", "val/1.png", "test/2.png"}, Splits,
			[]string{"9", "10"}, []string{"1"}, []string{"2"}},
		{"upper case", []string{"Train/x.png", "TEST/y.png"}, Splits, []string{"x"}, nil, []string{"y"}},
		{"no val", []string{"train/x.png", "test/y.png"}, Splits, []string{"x"}, nil, []string{"y"}},
		{"sides of splits", []string{"A/train/x.png", "B/train/x.tif", "A/val/y.png", "B/val/y.png"}, SidesSplits,
			[]string{"x"}, []string{"y"}, nil},
		{"splits of sides", []string{"train/A/x.png", "train/B/x.png", "test/a/y.png", "test/b/y.png"}, Splits,
			[]string{"x"}, nil, []string{"y"}},
		{"sub-folders", []string{"A/2019/x.png", "A/2020/x.png", "A/2020/deep/y.png", "B/2019/x.jpg", "B/2020/x.jpg", "B/2020/deep/y.jpg"}, Sides,
			[]string{"2019/x", "2020/deep/y", "2020/x"}, nil, nil},
		{"cities", []string{"A/train/bonn/1.png", "A/train/ulm/1.png", "B/train/bonn/1.png", "B/train/ulm/1.png", "A/val/jena/1.png", "B/val/jena/1.png"}, SidesSplits,
			[]string{"bonn/1", "ulm/1"}, []string{"jena/1"}, nil},
		{"cities side by side", []string{"train/bonn/1.png", "train/ulm/1.png", "val/jena/2.png"}, Splits, []string{"bonn/1", "ulm/1"}, []string{"jena/2"}, nil},
		{"other names", []string{"Training/x.png", "validation/y.png", "testing/z.png"}, Splits, []string{"x"}, []string{"y"}, []string{"z"}},
		{"trainA", []string{"trainA/x.png", "trainB/x.png", "testA/y.png", "testB/y.png"}, Splits, []string{"x"}, nil, []string{"y"}},
		{"train_A", []string{"train_A/x.png", "train_B/x.png", "valid-a/y.png", "valid-b/y.png"}, Splits, []string{"x"}, []string{"y"}, nil},
		{"composed and not", []string{"A/train/caf\u00e9.png", "B/train/cafe\u0301.png"}, SidesSplits, []string{"caf\u00e9"}, nil, nil},
		{"equal stems", []string{"train/x.png", "train/x.tif"}, Splits, []string{"x.png", "x.tif"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, r := open(t, folderOf(t, 8, 4, c.files...), nil)
			if r.Layout != c.layout {
				t.Errorf("layout %q, want %q", r.Layout, c.layout)
			}
			if c.layout == Sides { // which pair is held out depends on the files' bytes
				all := slices.Concat(d.Names(Train), d.Names(Val))
				if slices.Sort(all); !slices.Equal(all, c.train) {
					t.Errorf("%v, want %v", all, c.train)
				}
				return
			}
			for split, want := range map[Split][]string{Train: c.train, Val: c.val, Test: c.test} {
				if got := d.Names(split); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", split, got, want)
				}
			}
			if d.Record().Rule != RuleFolders {
				t.Errorf("rule %q", d.Record().Rule)
			}
		})
	}
}

func TestSeededLayouts(t *testing.T) {
	t.Parallel()
	sides := slices.Concat(numbered("A/", ".png", 10), numbered("B/", ".tif", 10))
	for _, c := range []struct {
		layout Layout
		files  []string
	}{{Flat, numbered("", ".png", 10)}, {Sides, sides}} {
		d, r := open(t, folderOf(t, 8, 4, c.files...), nil)
		if r.Layout != c.layout || d.Len(Train) != 9 || d.Len(Val) != 1 || d.Len(Test) != 0 {
			t.Errorf("%s: %d train, %d val, %d test of layout %q", c.layout, d.Len(Train), d.Len(Val), d.Len(Test), r.Layout)
		}
		if d.Record().Rule != RuleSeeded {
			t.Errorf("rule %q", d.Record().Rule)
		}
	}
}

func TestFlatAs(t *testing.T) {
	t.Parallel()
	d, _ := open(t, folderOf(t, 8, 4, "x.png", "y.png"), func(o *Options) { o.FlatAs, o.Use = Test, []Split{Test} })
	if d.Len(Test) != 2 || d.Len(Train)+d.Len(Val) != 0 || d.Record().Rule != RuleGiven {
		t.Errorf("%+v", d.Record())
	}
}

// The sides of a pair are the right pictures, whatever the layout and direction.
func TestSides(t *testing.T) {
	t.Parallel()
	a, b := noise(4, 4, 3, 1), noise(4, 4, 3, 2)
	both, err := imgio.SideBySide(a, b)
	if err != nil {
		t.Fatal(err)
	}
	one, two := t.TempDir(), t.TempDir()
	write(t, filepath.Join(one, "train/x.png"), both)
	write(t, filepath.Join(two, "A/train/x.png"), a)
	write(t, filepath.Join(two, "B/train/x.png"), b)
	for _, dir := range []string{one, two} {
		for _, direction := range []Direction{AtoB, BtoA} {
			d, _ := open(t, dir, func(o *Options) { o.Direction = direction })
			p, err := d.Sample(Train, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			in, out := a, b
			if direction == BtoA {
				in, out = b, a
			}
			if !slices.Equal(p.Input.Pix, in.Pix) || !slices.Equal(p.Target.Pix, out.Pix) {
				t.Errorf("%s: wrong sides", direction)
			}
		}
	}
}

// Where the manifest says so, numbered folders, and TIFF files, give a side more channels, in natural order,
// at full precision; the direction swaps the channels too.
func TestManyChannels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide := noise(4, 4, 1, 3)
	wide.Depth = 16
	wide.Pix[0] = 12345.0 / 65535
	write(t, filepath.Join(dir, "A/train/10/x.png"), wide)
	write(t, filepath.Join(dir, "A/train/9/x.png"), noise(4, 4, 3, 1))
	write(t, filepath.Join(dir, "B/train/x.tif"), noise(4, 4, 7, 2))
	if _, _, err := tryOpen(dir, nil); err == nil || !strings.Contains(hintOf(err), `"channel_folders": true`) {
		t.Fatalf("without the manifest: %v", err)
	}
	writeBytes(t, filepath.Join(dir, ManifestFile), []byte(`{"channel_folders": true}`))
	d, r := open(t, dir, nil)
	if r.InputChannels != 4 || r.OutputChannels != 7 {
		t.Fatalf("%d to %d channels", r.InputChannels, r.OutputChannels)
	}
	p, err := d.Sample(Train, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.Input.At(0, 0, 3) != wide.Pix[0] {
		t.Errorf("sample %v, want %v", p.Input.At(0, 0, 3), wide.Pix[0])
	}
	if in, out := d.Depths(); in != 16 || out != 8 {
		t.Errorf("depths %d and %d", in, out)
	}
	back, _ := open(t, dir, func(o *Options) { o.Direction = BtoA })
	if in, out := back.Channels(); in != 7 || out != 4 {
		t.Errorf("BtoA: %d to %d channels", in, out)
	}
}

func TestChannelsAskedFor(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 8, 4, "train/x.png")
	for _, direction := range []Direction{AtoB, BtoA} {
		d, _ := open(t, dir, func(o *Options) { o.Direction, o.InputChannels, o.OutputChannels = direction, 1, 3 })
		p, err := d.Sample(Train, 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		if p.Input.Channels != 1 || p.Target.Channels != 3 {
			t.Errorf("%s: %d to %d channels", direction, p.Input.Channels, p.Target.Channels)
		}
	}
}

func TestMixedChannelsBecomeColour(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 8, 4, "train/x.png")
	write(t, filepath.Join(dir, "train/grey.png"), noise(8, 4, 1, 9))
	write(t, filepath.Join(dir, "train/grey2.png"), noise(8, 4, 1, 10))
	d, r := open(t, dir, nil)
	if in, out := d.Channels(); in != 3 || out != 3 {
		t.Errorf("%d to %d channels", in, out)
	}
	if !strings.Contains(r.String(), "2 pictures of 3 in A converted") {
		t.Errorf("no warning about it in %s", r)
	}
}

func TestFoldersWithoutPairs(t *testing.T) {
	t.Parallel()
	text := t.TempDir()
	writeBytes(t, filepath.Join(text, "notes.txt"), []byte("x"))
	empty := t.TempDir()
	for _, name := range []string{"train", "test"} {
		if err := os.Mkdir(filepath.Join(empty, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, dir, text string }{
		{"missing", filepath.Join(text, "no"), "find pairs"},
		{"empty", t.TempDir(), "is empty"},
		{"other files", text, "notes.txt"},
		{"empty splits", empty, "no pictures"},
		{"one side", folderOf(t, 4, 4, "A/x.png"), "1 folder (A)"},
		{"unclear", folderOf(t, 8, 4, "A/x.png", "B/x.png", "train/x.png"), "either could be"},
		{"two names of one split", folderOf(t, 8, 4, "val/x.png", "valid/y.png"), "could be val"},
		{"half of a split", folderOf(t, 4, 4, "trainA/x.png"), "not its counterpart"},
		{"split on one side", folderOf(t, 4, 4, "A/train/x.png", "B/x.png"), "counterpart"},
	} {
		_, r, err := tryOpen(c.dir, nil)
		if err == nil || !strings.Contains(err.Error(), c.text) || r == nil {
			t.Errorf("%s: error %v", c.name, err)
			continue
		}
		if hint := hintOf(err); hint == "" {
			t.Errorf("%s: no hint with %v", c.name, err)
		}
	}
}

// TestGuesses: folders that no layout explains get the way out that fits.
func TestGuesses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		files []string
		hint  string
	}{
		{[]string{"photos/x.png", "photos/y.png", "labels/x.png", "labels/z.png"}, "rename them A and B"},
		{[]string{"facades/train/x.png", "facades/val/y.png"}, "further inside"},
		{[]string{"some/x.png", "other/y.png"}, "prepare"},
	} {
		dir := folderOf(t, 8, 4, c.files...)
		if _, _, err := tryOpen(dir, nil); err == nil || !strings.Contains(hintOf(err), c.hint) {
			t.Errorf("%v: %v, hint %s", c.files, err, hintOf(err))
		}
	}
}

// TestOtherFormats are counted and named, and a partner that is there is not said
// to be missing.
func TestOtherFormats(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 4, "A/train/x.png", "B/train/x.png", "B/train/IMG_3.png")
	for _, name := range []string{"A/train/IMG_3.HEIC", "A/train/old.avif", "B/train/more/deep.heic", "B/train/notes.txt"} {
		writeBytes(t, filepath.Join(dir, name), []byte("x"))
	}
	_, _, err := tryOpen(dir, nil)
	if err == nil || !strings.Contains(err.Error(), "there is A/train/IMG_3.HEIC") || strings.Contains(err.Error(), "there is no") || !strings.Contains(hintOf(err), "convert") {
		t.Errorf("%v, hint %s", err, hintOf(err))
	}
	_, r := open(t, dir, func(o *Options) { o.SkipBad = true })
	if !strings.Contains(r.String(), "ignored, in formats that easel does not read: 1 .avif, 2 .heic") {
		t.Error(r)
	}
	only := t.TempDir()
	writeBytes(t, filepath.Join(only, "x.heic"), nil)
	if _, _, err := tryOpen(only, nil); err == nil || !strings.Contains(err.Error(), "x.heic") || !strings.Contains(hintOf(err), "convert") {
		t.Errorf("%v, hint %s", err, hintOf(err))
	}
}

// TestNumberedSides: where both sides have numbered folders they match as folders,
// and the report says so for those who meant channels.
func TestNumberedSides(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 4, "A/1/x.png", "A/2/x.png", "B/1/x.png", "B/2/x.png")
	if d, r := open(t, dir, nil); !r.Numbered || d.Len(Train)+d.Len(Val) != 2 {
		t.Errorf("%+v", r)
	}
	writeBytes(t, filepath.Join(dir, ManifestFile), []byte(`{"channel_folders": true}`))
	if d, r := open(t, dir, func(o *Options) { o.FlatAs = Train }); r.Numbered || d.Len(Train) != 1 || r.InputChannels != 6 {
		t.Errorf("%+v", r)
	}
}

func TestManifests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`{`: "unexpected EOF", `{"colour": 1}`: "colour", `{"pairs": "triples"}`: "unknown pairs"} {
		dir := folderOf(t, 8, 4, "x.png")
		writeBytes(t, filepath.Join(dir, ManifestFile), []byte(text))
		if _, _, err := tryOpen(dir, nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ManifestFile) || hintOf(err) == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestUnusedFoldersAreSaid(t *testing.T) {
	t.Parallel()
	_, r := open(t, folderOf(t, 8, 4, "train/x.png", "extra/y.png", "stray.png"), nil)
	for _, want := range []string{"extra/", "stray.png"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("no word of %s in %s", want, r)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	if d, err := ParseDirection("btoa"); err != nil || d != BtoA {
		t.Error(d, err)
	}
	if s, err := ParseSplit("Val"); err != nil || s != Val {
		t.Error(s, err)
	}
	for l := LabelsAuto; l <= LabelsBoth; l++ {
		if got, err := ParseLabels(l.String()); err != nil || got != l {
			t.Error(got, err)
		}
	}
	for _, parse := range []func(string) error{
		func(s string) error { _, err := ParseDirection(s); return err },
		func(s string) error { _, err := ParseSplit(s); return err },
		func(s string) error { _, err := ParseLabels(s); return err },
	} {
		if parse("nonsense") == nil {
			t.Error("nonsense is understood")
		}
	}
}
