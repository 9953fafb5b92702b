package imgio

import (
	"errors"
	"fmt"
	"math"
)

// ErrNoPicture is wrapped by the error of Measure for data in a format that Decode does not
// read.
var ErrNoPicture = errors.New("not a picture")

// Extent is the size of a picture.
type Extent struct{ Width, Height, Channels int }

// Pixels is width × height.
func (e Extent) Pixels() int64 { return int64(e.Width) * int64(e.Height) }

// Measure returns the size that the header of a picture file claims, before orientation is
// applied, without decoding pixels: callers can check what a picture needs before they
// decode it. Channels is the most that Decode would return.
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
