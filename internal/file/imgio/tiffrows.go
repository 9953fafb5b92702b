package imgio

import (
	"errors"
	"fmt"
	"io"
)

// openTIFFRows opens a TIFF file for reading by rows. Strips are decompressed row by row;
// of tiles and JPEG, one row of blocks is kept.
func openTIFFRows(content stored, o ReadOptions) (rowSource, decoded, error) {
	d, pages, err := tiffChosenOf(content, o.anySize())
	if err != nil {
		return nil, d, err
	}
	d.orientation = pages[0].dir.orientation()
	d.profile, _, _ = pages[0].dir.content(tagProfile)
	d.place = pages[0].dir.place()
	all := &tiffRows{}
	for i, p := range pages {
		r, err := p.openRows(o)
		if err != nil {
			return nil, d, fmt.Errorf("page %d: %w", max(d.frame, i+1), err)
		}
		all.pages = append(all.pages, r)
		if p.width != pages[0].width || p.height != pages[0].height {
			return nil, d, errWhole // whose error is better
		}
	}
	return all, d, nil
}

// tiffRows reads pages that are the channels of one picture.
type tiffRows struct{ pages []*tiffPageRows }

func (t *tiffRows) size() Extent {
	e := Extent{Width: t.pages[0].width, Height: t.pages[0].height}
	for _, p := range t.pages {
		e.Channels += p.channels()
	}
	return e
}

func (t *tiffRows) next(rows int) (*Picture, float64, error) {
	pics, all := make([]*Picture, len(t.pages)), 0.0
	for i, p := range t.pages {
		var outside float64
		var err error
		if pics[i], outside, err = p.next(rows); err != nil {
			return nil, 0, fmt.Errorf("page %d: %w", i+1, err)
		}
		all += outside / float64(len(t.pages))
	}
	if len(pics) == 1 {
		return pics[0], all, nil
	}
	p, err := Concat(pics...)
	return p, all, err
}

// tiffPageRows reads one page.
type tiffPageRows struct {
	*tiffPage
	want            Range
	offsets, counts []uint64
	done            int
	open            []io.ReadCloser // current strip of each plane
	line            []byte
	band            *Picture // current row of blocks, if not read by strips
	scaled          scaled
}

func (p *tiffPage) openRows(o ReadOptions) (r *tiffPageRows, err error) {
	r = &tiffPageRows{tiffPage: p, want: o.Range}
	if p.depth() == 8 {
		r.want = Range{}
	}
	raw := r.want
	if !p.plain() {
		raw = Range{} // applied after the colours
	}
	r.scaled = p.scale(raw)
	if r.offsets, r.counts, err = p.blocks(); err != nil {
		return nil, err
	}
	if err := checkSize(p.width, 1, max(p.samples, p.channels()), o.maxSamples()); err != nil {
		return nil, err
	}
	if r.streams() {
		r.open, r.line = make([]io.ReadCloser, p.planes()), make([]byte, p.rowBytes())
		return r, nil
	}
	return r, checkSize(p.width, p.blockRows, max(p.samples, p.channels()), o.maxSamples())
}

// streams reports whether the page is read row by row.
func (r *tiffPageRows) streams() bool { return !r.tiled && r.compression != compressionJPEG }

func (r *tiffPageRows) next(rows int) (q *Picture, outside float64, err error) {
	raw := r.blank(rows, r.rawRange())
	for y := range rows {
		if r.streams() {
			err = r.stripRow(raw.row(y))
		} else {
			err = r.bandRow(raw.row(y))
		}
		if err != nil {
			return nil, 0, err
		}
		r.done++
	}
	if err := r.checkFloats(r.want, &r.scaled); err != nil {
		return nil, 0, err
	}
	if r.plain() {
		outside = float64(r.scaled.outside) / float64(len(raw.Pix))
		r.scaled.outside = 0
		return raw, outside, nil
	}
	q = r.colours(raw)
	q.Alpha = r.alpha
	if r.want != (Range{}) {
		q, outside = q.InRange(r.want)
	}
	return q, outside, nil
}

// rawRange is the range of the stored numbers.
func (r *tiffPageRows) rawRange() Range {
	if r.plain() {
		return r.want
	}
	return Range{}
}

// stripRow reads the next row from strips.
func (r *tiffPageRows) stripRow(dst []float32) error {
	strips := (r.height + r.blockRows - 1) / r.blockRows
	for plane := range r.open {
		if r.done%r.blockRows == 0 {
			if err := r.nextStrip(plane, plane*strips+r.done/r.blockRows); err != nil {
				return err
			}
		}
		if _, err := io.ReadFull(r.open[plane], r.line); err != nil {
			return fmt.Errorf("strip %d: %w", plane*strips+r.done/r.blockRows+1, err)
		}
		r.undoPredictor(r.line)
		r.placeRow(dst, r.line, r.width, plane, &r.scaled)
	}
	return nil
}

func (r *tiffPageRows) nextStrip(plane, i int) (err error) {
	if r.open[plane] != nil {
		_ = r.open[plane].Close()
	}
	if r.open[plane], err = r.tiffPage.open(r.offsets[i], r.counts[i]); err != nil {
		return fmt.Errorf("strip %d: %w", i+1, err)
	}
	return nil
}

// bandRow reads the next row from blocks; a whole row of blocks is decoded when its first
// row is needed.
func (r *tiffPageRows) bandRow(dst []float32) error {
	y := r.done % r.blockRows
	if y == 0 {
		if err := r.nextBand(); err != nil {
			return err
		}
	}
	copy(dst, r.band.row(y))
	return nil
}

func (r *tiffPageRows) nextBand() error {
	across := (r.width + r.blockWidth - 1) / r.blockWidth
	down := (r.height + r.blockRows - 1) / r.blockRows
	rows := min(r.blockRows, r.height-r.done)
	r.band = r.blank(rows, r.rawRange())
	for plane := range r.planes() {
		for column := range across {
			i := (plane*down+r.done/r.blockRows)*across + column
			if i >= len(r.offsets) {
				return errors.New("too few tiles")
			}
			block, err := r.block(r.offsets[i], r.counts[i], r.done)
			if err != nil {
				return fmt.Errorf("tile or strip %d: %w", i+1, err)
			}
			r.place(r.band, block, column*r.blockWidth, 0, plane, &r.scaled)
		}
	}
	return nil
}
