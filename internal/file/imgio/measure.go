package imgio

import (
	"errors"
	"fmt"
	"math"
)

// ErrNoPicture is what the error of Measure wraps for data in no format that
// Decode reads.
var ErrNoPicture = errors.New("not a picture")

// Extent is the size of a picture.
type Extent struct{ Width, Height, Channels int }

// Pixels is width × height.
func (e Extent) Pixels() int64 { return int64(e.Width) * int64(e.Height) }

// Measure returns what a picture file's header claims, before orientation is
// applied and without decoding any pixel: for those who have to know what a
// picture needs before they decode it. Channels are the most that Decode makes.
func Measure(data []byte) (e Extent, err error) {
	f, err := sniff(data)
	if err != nil {
		return e, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	defer func() {
		if r := recover(); r != nil {
			e, err = Extent{}, fmt.Errorf("measure %s: the decoder panicked, the file is probably damaged: %v", f.name, r)
		}
	}()
	if e, err = f.measure(data); err == nil {
		err = checkSize(e.Width, e.Height, e.Channels, math.MaxInt64)
	}
	if err != nil {
		return Extent{}, fmt.Errorf("measure %s: %w", f.name, err)
	}
	return e, nil
}
