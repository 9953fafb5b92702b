package imgio

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// alike reports that two pictures are one.
func alike(p, q *Picture) bool {
	return p.Width == q.Width && p.Height == q.Height && p.Depth == q.Depth && p.Range == q.Range && p.Alpha == q.Alpha &&
		slices.Equal(p.Pix, q.Pix) && p.Place.Equal(q.Place)
}

// random is a picture of noise and plain parts, so that every filter has its turn.
func random(width, height, channels, depth int) *Picture {
	r := rand.New(rand.NewPCG(uint64(width), uint64(channels)))
	p := New(width, height, channels)
	p.Depth = depth
	for i := range p.Pix {
		p.Pix[i] = float32(i/channels%width) / float32(width)
		if i > len(p.Pix)/2 {
			p.Pix[i] = r.Float32()
		}
	}
	return p
}

// writeRows writes a picture a few rows at a time.
func writeRows(path string, f Format, p *Picture, each int) error {
	return WriteRows(path, f, p, func(w *RowWriter) error {
		for rows := RowsOf(p); ; {
			part, err := rows.Next(each)
			if err != nil {
				return nil
			}
			if err := w.Write(part); err != nil {
				return err
			}
		}
	})
}

// TestRowWriter: what is written by rows is read as what is written whole, also by
// others' readers, which the PNG one is.
func TestRowWriter(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{PNG, TIFF} {
		for _, channels := range []int{1, 2, 3, 4, 6} {
			for _, depth := range []int{8, 16, 32} {
				if format == PNG && (depth == 32 || channels == 2 || channels == 6) {
					continue
				}
				for _, size := range [][2]int{{1, 1}, {37, 23}, {300, 400}} {
					p := random(size[0], size[1], channels, depth)
					p.Alpha = channels == 4
					name := fmt.Sprintf("%s of %d×%d×%d, %d bits", format, p.Width, p.Height, channels, depth)
					dir := t.TempDir()
					whole, rows := filepath.Join(dir, "whole"+format.Ending()), filepath.Join(dir, "rows"+format.Ending())
					if err := Write(whole, p); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if err := writeRows(rows, format, p, 7); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					want, _, err := Read(whole, ReadOptions{})
					got, _, failed := Read(rows, ReadOptions{})
					if err != nil || failed != nil || !alike(want, got) {
						t.Errorf("%s: another picture; %v, %v", name, err, failed)
					}
				}
			}
		}
	}
}

// TestRowWriterKeeps the range and the place on Earth.
func TestRowWriterKeeps(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"geo.tif", "hounsfield.tif"} {
		want, _, err := Read(filepath.Join("testdata", name), ReadOptions{Range: Range{-1000, 3000}})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := writeRows(path, TIFF, want, 5); err != nil {
			t.Fatal(err)
		}
		got, _, err := Read(path, ReadOptions{Range: Range{-1000, 3000}})
		if err != nil || !alike(want, got) {
			t.Errorf("%s: another picture; %v", name, err)
		}
	}
}

// TestBigTIFF: a file that may pass 4 GiB has offsets of 64 bits. The same is written
// for a small one here.
func TestBigTIFF(t *testing.T) {
	t.Parallel()
	for side, big := range map[int]bool{20_000: false, 40_000: true} {
		if needsBig(&Picture{Width: side, Height: side, Channels: 3, Depth: 8}) != big {
			t.Errorf("%d×%d: a BigTIFF: %v", side, side, !big)
		}
	}
	for _, channels := range []int{3, 6} {
		p := random(40, 30, channels, 16)
		path := filepath.Join(t.TempDir(), "a.tif")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w, err := newTIFFWriter(f, p, true)
		if err != nil {
			t.Fatal(err)
		}
		w.perRows = 4
		if err := errors.Join(w.write(p), w.finish(), f.Close()); err != nil {
			t.Fatal(err)
		}
		got, _, err := Read(path, ReadOptions{})
		if err != nil || !slices.Equal(Quantise(p).Pix, got.Pix) {
			t.Errorf("%d channels: another picture; %v", channels, err)
		}
	}
}

// TestRowWriterRefuses what has no rows, and files that are not complete.
func TestRowWriterRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := random(9, 9, 3, 8)
	if err := writeRows(filepath.Join(dir, "a.jpg"), JPEG, p, 3); err == nil || JPEG.CheckRows() == nil {
		t.Error("JPEG was written by rows")
	}
	if err := WriteRows(filepath.Join(dir, "a.png"), PNG, p, func(w *RowWriter) error {
		return w.Write(&Picture{Width: 9, Height: 8, Channels: 3, Depth: 8, Pix: p.Pix[:9*8*3]})
	}); err == nil {
		t.Error("a file without its last row was written")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestSmallPNG: files are as small as image/png's, up to a twentieth, for noise, drawings and
// smooth pictures.
func TestSmallPNG(t *testing.T) {
	t.Parallel()
	const side = 256
	r := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func(x, y, c int) float64{
		"noise":  func(_, _, _ int) float64 { return 0.5 + r.NormFloat64()/12 },
		"labels": func(x, y, c int) float64 { return float64((x/37^y/29)%8*(c+1)) / 24 },
		"specks": func(x, y, c int) float64 { return float64(r.IntN(8)) / 8 },
		"waves": func(x, y, c int) float64 {
			return 0.5 + 0.4*math.Sin(float64(x)/float64(30+10*c))*math.Cos(float64(y)/41)
		},
		"texture": func(x, y, c int) float64 { return 0.5 + 0.3*math.Sin(float64(x*y)/500) + r.NormFloat64()/50 },
	} {
		p := New(side, side, 3)
		for i := range p.Pix {
			p.Pix[i] = float32(draw(i/3%side, i/3/side, i%3))
		}
		p = Quantise(p)
		img, err := ToImage(p)
		if err != nil {
			t.Fatal(err)
		}
		var ours, other bytes.Buffer
		if err := errors.Join(Encode(&ours, PNG, p), png.Encode(&other, img)); err != nil {
			t.Fatal(err)
		}
		if ours.Len() > other.Len()*105/100 {
			t.Errorf("%s: %d bytes, %d by image/png", name, ours.Len(), other.Len())
		}
	}
}
