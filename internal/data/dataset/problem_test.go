package dataset

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// claims returns a PNG whose header says w×h pixels and that has none.
func claims(t *testing.T, w, h uint32) []byte {
	data := pngBytes(t, 2, 2)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestProblems(t *testing.T) {
	t.Parallel()
	whole := func(dir string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, "train/good.png"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, c := range []struct {
		kind  Kind
		file  string // that is listed
		sides bool
		spoil func(dir string)
	}{
		{Unmatched, "A/train/lone.png", true, func(dir string) { write(t, dir+"/A/train/lone.png", noise(4, 4, 3, 5)) }},
		{Unmatched, "B/train/lone.png", true, func(dir string) { write(t, dir+"/B/train/lone.png", noise(4, 4, 3, 5)) }},
		{Ambiguous, "A/train/good.tif", true, func(dir string) {
			write(t, dir+"/A/train/good.tif", noise(4, 4, 3, 5))
			write(t, dir+"/A/train/other.png", noise(4, 4, 3, 6))
			write(t, dir+"/B/train/other.png", noise(4, 4, 3, 7))
		}},
		{SizesVary, "B/train/bad.png", true, func(dir string) {
			write(t, dir+"/A/train/bad.png", noise(4, 4, 3, 5))
			write(t, dir+"/B/train/bad.png", noise(4, 5, 3, 6))
		}},
		{OddWidth, "train/bad.png", false, func(dir string) { write(t, dir+"/train/bad.png", noise(7, 4, 3, 5)) }},
		{Unreadable, "train/bad.png", false, func(dir string) { writeBytes(t, dir+"/train/bad.png", []byte("not a picture")) }},
		{Unreadable, "train/bad.png", false, func(dir string) { writeBytes(t, dir+"/train/bad.png", nil) }},
		{Unreadable, "train/bad.png", false, func(dir string) {
			if err := os.Symlink(dir+"/nowhere", dir+"/train/bad.png"); err != nil {
				t.Skip("no symbolic links here:", err)
			}
		}},
		{Truncated, "train/bad.png", false, func(dir string) {
			data := whole(dir)
			writeBytes(t, dir+"/train/bad.png", data[:len(data)/2])
		}},
		{Truncated, "train/bad.jpg", false, func(dir string) {
			write(t, dir+"/train/bad.jpg", noise(64, 32, 3, 5))
			data, err := os.ReadFile(dir + "/train/bad.jpg")
			if err != nil {
				t.Fatal(err)
			}
			writeBytes(t, dir+"/train/bad.jpg", data[:len(data)*3/4])
		}},
		{TooLarge, "train/bad.png", false, func(dir string) { writeBytes(t, dir+"/train/bad.png", claims(t, 1<<20, 1<<20)) }},
		{Channels, "train/bad.tif", false, func(dir string) { write(t, dir+"/train/bad.tif", noise(8, 4, 6, 5)) }},
		{Leak, "train/copy.png", false, func(dir string) {
			writeBytes(t, dir+"/train/copy.png", whole(dir))
			writeBytes(t, dir+"/test/original.png", whole(dir))
			if err := os.Remove(dir + "/train/good.png"); err != nil {
				t.Fatal(err)
			}
			write(t, dir+"/train/better.png", noise(8, 4, 3, 77))
		}},
	} {
		t.Run(fmt.Sprintf("%s of %s", c.kind, c.file), func(t *testing.T) {
			t.Parallel()
			files := []string{"train/good.png", "train/good2.png"}
			w := 8
			if c.sides {
				w = 4
				files = []string{"A/train/good.png", "B/train/good.png"}
			}
			dir := folderOf(t, w, 4, files...)
			c.spoil(dir)
			d, r, err := tryOpen(dir, nil)
			var bad *ProblemsError
			if d != nil || !errors.As(err, &bad) || len(bad.Problems) != 1 {
				t.Fatalf("error %v", err)
			}
			p := r.Problems[0]
			if p.Kind != c.kind || p.File != c.file || p.Hint == "" || p.Text == "" {
				t.Errorf("%+v", p)
			}
			if !strings.Contains(err.Error(), c.file) || strings.Contains(err.Error(), dir+"/") || !strings.Contains(hintOf(err), "SkipBad") {
				t.Errorf("%v (%s)", err, hintOf(err))
			}
			checkSkipped(t, dir, c.file)
		})
	}
}

// checkSkipped opens a folder with one bad pair, leaving it out.
func checkSkipped(t *testing.T, dir, file string) {
	t.Helper()
	d, r := open(t, dir, func(o *Options) { o.SkipBad = true })
	if len(r.Problems) != 1 || d.Len(Train) == 0 {
		t.Errorf("%d problems, %d pairs left", len(r.Problems), d.Len(Train))
	}
	for _, p := range d.splits[Train] {
		if slices.Contains(p.files(), file) {
			t.Errorf("%s was not left out", file)
		}
	}
	for i := range d.Len(Train) {
		if _, err := d.Sample(Train, i, 0); err != nil {
			t.Error(err)
		}
	}
}

func TestErrorIsBounded(t *testing.T) {
	t.Parallel()
	e := &ProblemsError{Dir: "d"}
	for i := range 1000 {
		e.Problems = append(e.Problems, Problem{File: fmt.Sprint(i), Text: "bad"})
	}
	if lines := strings.Count(e.Error(), "\n"); lines != listed+1 || !strings.Contains(e.Error(), "and 980 more") {
		t.Errorf("%d lines: %s", lines, e)
	}
}

func TestAllBad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeBytes(t, dir+"/train/x.png", []byte("no"))
	if _, _, err := tryOpen(dir, func(o *Options) { o.SkipBad = true }); err == nil || hintOf(err) == "" {
		t.Errorf("error %v", err)
	}
}

func TestStackOfDifferentSizes(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 4, "A/1/x.png", "B/x.png")
	write(t, dir+"/A/2/x.png", noise(5, 4, 3, 9))
	writeBytes(t, dir+"/"+ManifestFile, []byte(`{"channel_folders": true}`))
	_, r, err := tryOpen(dir, nil)
	if err == nil || r.Problems[0].Kind != SizesVary || r.Problems[0].File != "A/2/x.png" {
		t.Errorf("%v %+v", err, r.Problems)
	}
}

func TestProgressAndInterruption(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 8, 4, numbered("train/", ".png", 20)...)
	var seen []int
	open(t, dir, func(o *Options) {
		o.Workers = 3
		o.Progress = func(done, total int) {
			if total != 20 {
				t.Errorf("of %d", total)
			}
			seen = append(seen, done)
		}
	})
	if len(seen) != 20 || !slices.IsSorted(seen) || seen[19] != 20 {
		t.Errorf("progress %v", seen)
	}
	ctx, cancel := context.WithCancel(context.Background())
	opts := DefaultOptions()
	opts.Workers = 1
	opts.Progress = func(done, _ int) {
		if done == 3 {
			cancel()
		}
	}
	if _, _, err := Open(ctx, dir, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 8, 4, "train/x.png")
	for i, change := range []func(*Options){
		func(o *Options) { o.InputChannels = -1 },
		func(o *Options) { o.ValFraction = 0 },
		func(o *Options) { o.ValFraction = 1 },
		func(o *Options) { o.Workers = -1 },
		func(o *Options) { o.FlatAs = "none" },
		func(o *Options) { o.Use = []Split{"training"} },
		func(o *Options) { o.Use = []Split{Train, Val} },
	} {
		if _, _, err := tryOpen(dir, change); err == nil {
			t.Errorf("options %d are accepted", i)
		}
	}
}

// A colour profile is one warning, not one a file.
func TestOneWarningForAllFiles(t *testing.T) {
	t.Parallel()
	r := &Report{}
	r.warnFiles([]inspection{
		{warnings: []imgio.Warning{{File: "a.png", Text: "has a profile"}}},
		{warnings: []imgio.Warning{{File: "b.png", Text: "has a profile"}, {File: "b.png", Text: "is odd"}}},
	})
	want := []string{"a.png: has a profile (also in 1 more file)", "b.png: is odd"}
	if !slices.Equal(r.Warnings, want) {
		t.Errorf("%q", r.Warnings)
	}
}

// TestTurned: where one picture is the other's size turned, EXIF is named.
func TestTurned(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 6, 4, "A/x.png")
	write(t, dir+"/B/x.png", noise(4, 6, 3, 9))
	if _, r, err := tryOpen(dir, nil); err == nil || r.Problems[0].Kind != SizesVary || !strings.Contains(hintOf(err), "EXIF") {
		t.Errorf("%v, hint %s", err, hintOf(err))
	}
}
