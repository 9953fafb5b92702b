package imgio

import (
	"bytes"
	"fmt"
	"image/gif"
)

func decodeGIF(data []byte, o ReadOptions) (decoded, error) {
	limit := o.maxSamples()
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return decoded{}, fmt.Errorf("header: %w", truncated(err))
	}
	if err := checkSize(c.Width, c.Height, 4, limit); err != nil {
		return decoded{}, err
	}
	d := decoded{kind: "frame"}
	ends := gifFrames(data)
	d.frames = max(len(ends), 1)
	if d.frame, err = o.pick(d.frames, d.kind); err != nil {
		return decoded{}, err
	}
	if int64(d.frame) > limit/int64(c.Width)/int64(c.Height) {
		return decoded{}, fmt.Errorf("frame %d: %w: the frames up to it exceed the limit of %d samples", d.frame, ErrTooLarge, limit)
	}
	if len(ends) > 0 {
		const trailer = 0x3b
		data = append(bytes.Clone(data[:ends[d.frame-1]]), trailer)
	}
	all, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		return decoded{}, fmt.Errorf("pixels: %w", truncated(err))
	}
	d.picture, err = compose(c.Width, c.Height, d.frame, limit, func(i int) (frame, error) {
		at := all.Image[i].Rect.Min
		f := frame{picture: FromImage(all.Image[i]), x: at.X, y: at.Y}
		switch all.Disposal[i] {
		case gif.DisposalBackground: // browsers clear instead of painting
			f.dispose = disposeClear
		case gif.DisposalPrevious:
			f.dispose = disposeRestore
		}
		return f, nil
	})
	return d, err
}

// gifFrames returns the end of each complete frame of a GIF file (GIF89a §20).
func gifFrames(data []byte) (ends []int) {
	const header, extension, descriptor = 13, 0x21, 0x2c
	if len(data) < header {
		return nil
	}
	table := func(flags byte) int { // the length of a table of colours
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (1 + flags&7)
	}
	i := header + table(data[10])
	for i < len(data) {
		picture := data[i] == descriptor
		switch {
		case picture && i+11 < len(data):
			i += 11 + table(data[i+9]) // includes the code size
		case data[i] == extension:
			i += 2
		default:
			return ends
		}
		for { // sub-blocks up to an empty one
			if i >= len(data) {
				return ends
			}
			n := int(data[i])
			i += 1 + n
			if n == 0 {
				break
			}
		}
		if picture {
			ends = append(ends, i)
		}
	}
	return ends
}
