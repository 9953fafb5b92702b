package imgio

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"easel/internal/base/hint"
)

// Rows reads a picture from top to bottom, a few rows at a time, for pictures too large for
// memory. TIFF files and PNG files that are not interlaced are read on demand. A baseline
// JPEG file is decoded to planes that stay in memory, at one byte per sample. All other
// files, animations, and files whose orientation exchanges rows are read whole, within
// ReadOptions.MaxSamples.
type Rows struct {
	// Width, Height and Channels are the picture's.
	Width, Height, Channels int

	name    string
	options ReadOptions
	file    *os.File
	source  rowSource
	about   decoded // metadata and warnings; its picture is nil
	outside float64 // sum over rows of the fraction out of range
	next    int
}

// rowSource returns the rows of a file in order, as its decoder makes them.
type rowSource interface {
	// size returns a picture like those that next returns, without pixels.
	size() Extent
	// next returns the next n rows, which must exist; outside is the fraction of their
	// samples that is out of the requested range.
	next(rows int) (p *Picture, outside float64, err error)
}

// OpenRows opens a picture file for reading by rows. The caller must Close it.
func OpenRows(path string, o ReadOptions) (*Rows, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	r := &Rows{name: path, options: o, file: file}
	if err := r.open(stored{r: file, size: uint64(info.Size())}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	e := r.source.size()
	r.Width, r.Height, r.Channels = e.Width, e.Height, e.Channels
	return r, nil
}

// RowsOf reads a picture that is in memory already.
func RowsOf(p *Picture) *Rows {
	return &Rows{Width: p.Width, Height: p.Height, Channels: p.Channels, source: &wholeRows{picture: p}}
}

// errWhole means that a file cannot be read row by row.
var errWhole = errors.New("to be read whole")

// open chooses how to read the file.
func (r *Rows) open(content stored) (err error) {
	const sniffed = 512
	head, err := content.at(0, min(content.size, sniffed))
	if err != nil {
		return fmt.Errorf("%s: read: %w", r.name, err)
	}
	f, err := sniff(head)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	opener := map[string]func(stored, ReadOptions) (rowSource, decoded, error){"TIFF": openTIFFRows, "PNG": openPNGRows, "JPEG": openJPEGRows}[f.name]
	if opener != nil {
		r.source, r.about, err = guarded(func() (rowSource, decoded, error) { return opener(content, r.options) })
		if err == nil && r.about.orientation <= orientMirrored {
			return nil
		}
		if err != nil && !errors.Is(err, errWhole) {
			return fmt.Errorf("%s: decode %s: %w", r.name, f.name, err)
		}
	}
	picture, warnings, err := Read(r.name, r.options)
	if err != nil {
		return hint.New(err, "save a picture that is too large to be read whole as TIFF, or as PNG that is not interlaced")
	}
	r.source, r.about = &wholeRows{picture: picture, warnings: warnings}, decoded{}
	return nil
}

// guarded turns a panic into an error, as format.decodeGuarded does.
func guarded[A, B any](f func() (A, B, error)) (a A, b B, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder panicked, the file is probably damaged: %v", r)
		}
	}()
	return f()
}

// Next returns up to n further rows as Read would return them, and io.EOF after the last.
func (r *Rows) Next(rows int) (*Picture, error) {
	if rows = min(rows, r.Height-r.next); rows == 0 {
		return nil, io.EOF
	}
	p, outside, err := guarded(func() (*Picture, float64, error) { return r.source.next(rows) })
	if err != nil {
		return nil, fmt.Errorf("%s: rows from %d on: %w", r.name, r.next, truncated(err))
	}
	r.next += rows
	if _, whole := r.source.(*wholeRows); whole {
		return p, nil
	}
	if p.Range == (Range{}) { // profiles apply to the whole range
		r.about.colours = p.inSRGB(r.about.profile)
	}
	if want := r.options.Range; want != (Range{}) && p.Depth > 8 && p.Range != want {
		p, outside = p.InRange(want)
	}
	r.outside += outside * float64(rows)
	p = orient(p, r.about.orientation)
	p.Place = r.about.place
	return p, nil
}

// Warnings returns those of Read, as far as the rows read so far allow.
func (r *Rows) Warnings() []Warning {
	if w, whole := r.source.(*wholeRows); whole {
		return w.warnings
	}
	about := r.about
	about.outside = r.outside / float64(max(r.next, 1))
	about.picture = &Picture{Range: r.options.Range}
	return about.warnings(r.name)
}

// Close closes the file.
func (r *Rows) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// wholeRows reads rows of a decoded picture.
type wholeRows struct {
	picture  *Picture
	warnings []Warning
	done     int
}

func (w *wholeRows) size() Extent {
	return Extent{w.picture.Width, w.picture.Height, w.picture.Channels}
}

func (w *wholeRows) next(rows int) (*Picture, float64, error) {
	p := *w.picture
	n := p.Width * p.Channels
	p.Pix, p.Height = p.Pix[w.done*n:][:rows*n:rows*n], rows
	w.done += rows
	return &p, 0, nil
}

// anySize is the limit for readers that only ever hold a few rows.
func (o ReadOptions) anySize() ReadOptions {
	o.MaxSamples = math.MaxInt64
	return o
}
