package imgio

import (
	"errors"
	"fmt"
	"io"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// RowWriter writes a picture from top to bottom, a few rows at a time.
type RowWriter struct {
	format Format
	like   *Picture
	rows   rowSink
	done   int
}

// rowSink encodes rows in one format.
type rowSink interface {
	// write adds rows of the picture.
	write(p *Picture) error
	// finish writes what comes after the last row.
	finish() error
}

// NewRowWriter begins a PNG or TIFF file for a picture like p, which needs no pixels. A
// TIFF file that may exceed 4 GiB is a BigTIFF. JPEG is refused.
func NewRowWriter(w io.WriteSeeker, f Format, p *Picture) (*RowWriter, error) {
	r := &RowWriter{format: f, like: p}
	var err error
	switch f {
	case PNG:
		r.rows, err = newPNGWriter(w, p, pngSmall())
	case TIFF:
		r.rows, err = newTIFFWriter(w, p, needsBig(p))
	default:
		err = errors.New("this format cannot be written in strips")
	}
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", f, err)
	}
	return r, nil
}

// Write adds the next rows. Their width, channels, depth and range must be those of the
// picture given to NewRowWriter.
func (w *RowWriter) Write(p *Picture) error {
	l := w.like
	if p.Width != l.Width || p.Channels != l.Channels || p.Depth != l.Depth || p.Range != l.Range || p.Alpha != l.Alpha || w.done+p.Height > l.Height {
		panic(fmt.Sprintf("imgio: %d rows of %d×%d of %d bits after %d in a picture of %d×%d×%d of %d bits",
			p.Height, p.Width, p.Channels, p.Depth, w.done, l.Width, l.Height, l.Channels, l.Depth))
	}
	w.done += p.Height
	if err := w.rows.write(p); err != nil {
		return fmt.Errorf("encode %s: %w", w.format, err)
	}
	return nil
}

// Finish completes the file. It is an error if rows are missing.
func (w *RowWriter) Finish() error {
	err := w.rows.finish()
	if w.done < w.like.Height {
		err = fmt.Errorf("%d of %d rows are missing", w.like.Height-w.done, w.like.Height)
	}
	if err != nil {
		return fmt.Errorf("encode %s: %w", w.format, err)
	}
	return nil
}

// CheckRows refuses formats that NewRowWriter does not write.
func (f Format) CheckRows() error {
	if f == PNG || f == TIFF {
		return nil
	}
	return hint.New(fmt.Errorf("%s pictures cannot be written in strips", f), "choose {format=png} or {format=tiff}")
}

// WriteRows writes a file with the rows that fill writes. Like Write, it replaces the file
// in one step, or leaves it unchanged on an error.
func WriteRows(path string, f Format, like *Picture, fill func(*RowWriter) error) error {
	return atomicfile.WriteSeek(path, func(file io.WriteSeeker) error {
		w, err := NewRowWriter(file, f, like)
		if err != nil {
			return err
		}
		if err := fill(w); err != nil {
			return err
		}
		return w.Finish()
	})
}
