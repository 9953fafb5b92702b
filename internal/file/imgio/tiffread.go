package imgio

import (
	"fmt"
	"math"
)

// decodeTIFF reads the pages of a TIFF file. Unless one page is selected, pages of equal
// size become the channels of one picture; if their sizes differ, the first page is read.
// Thumbnails and masks do not count as pages.
func decodeTIFF(data []byte, o ReadOptions) (decoded, error) {
	d, pages, err := tiffChosen(data, o)
	if err != nil {
		return decoded{}, err
	}
	d.orientation = pages[0].dir.orientation()
	d.profile, _, _ = pages[0].dir.content(tagProfile)
	pics := make([]*Picture, len(pages))
	for i, p := range pages {
		var outside float64
		if pics[i], outside, err = p.decode(o.Range); err != nil {
			return decoded{}, fmt.Errorf("page %d: pixels: %w", max(d.frame, i+1), truncated(err))
		}
		d.outside += outside / float64(len(pages))
	}
	if d.picture = pics[0]; len(pics) > 1 {
		if d.picture, err = Concat(pics...); err != nil {
			return decoded{}, err
		}
	}
	d.picture.Place = pages[0].dir.place()
	return d, nil
}

func measureTIFF(data []byte) (e Extent, err error) {
	_, pages, err := tiffChosen(data, ReadOptions{MaxSamples: math.MaxInt64})
	if err != nil {
		return e, err
	}
	e.Width, e.Height = pages[0].width, pages[0].height
	for _, p := range pages {
		e.Channels += p.channels()
	}
	return e, nil
}

// tiffChosen reads the tags of the pages that o selects.
func tiffChosen(data []byte, o ReadOptions) (d decoded, pages []*tiffPage, err error) {
	return tiffChosenOf(inMemory(data), o)
}

func tiffChosenOf(content stored, o ReadOptions) (d decoded, pages []*tiffPage, err error) {
	f, first, err := tiffHeader(content)
	if err != nil {
		return d, nil, err
	}
	dirs, err := f.directories(first)
	if err != nil {
		return d, nil, err
	}
	if dirs, err = withoutThumbnails(dirs); err != nil {
		return d, nil, err
	}
	d.kind, d.frames = "page", len(dirs)
	if o.Frame > 0 || !oneSize(dirs) {
		if d.frame, err = o.pick(len(dirs), d.kind); err != nil {
			return d, nil, err
		}
		dirs = dirs[d.frame-1 : d.frame]
	}
	pages, err = tiffPages(dirs, o.maxSamples())
	return d, pages, err
}

// withoutThumbnails leaves out thumbnails and masks.
func withoutThumbnails(dirs []tiffDirectory) ([]tiffDirectory, error) {
	const thumbnail, mask = 1, 4
	pages := dirs[:1]
	for i, d := range dirs[1:] {
		kind, err := d.value(tagSubfileType, 0)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+2, err)
		}
		if kind&(thumbnail|mask) == 0 {
			pages = append(pages, d)
		}
	}
	return pages, nil
}

// oneSize reports whether pages can be channels of one picture. A page that cannot be read
// counts as fitting: reading it gives the error.
func oneSize(dirs []tiffDirectory) bool {
	size := func(d tiffDirectory) [2]uint64 {
		w, _ := d.value(tagWidth, 0)
		h, _ := d.value(tagHeight, 0)
		return [2]uint64{w, h}
	}
	for _, d := range dirs {
		if size(d) != size(dirs[0]) {
			return false
		}
	}
	return true
}

// tiffPages reads the tags of pages and checks their size before any pixel is read.
func tiffPages(dirs []tiffDirectory, limit int64) ([]*tiffPage, error) {
	pages := make([]*tiffPage, len(dirs))
	left := limit
	for i, d := range dirs {
		p, err := d.page(left)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		left -= int64(p.width) * int64(p.height) * int64(p.channels())
		pages[i] = p
	}
	return pages, nil
}
