package imgio

import (
	"encoding/binary"
	"fmt"

	"easel/internal/file/jpeg"
)

// openJPEGRows decodes a JPEG file into planes, from which rows are converted on demand. A
// progressive file needs its coefficients, four bytes per sample, and counts as read whole.
func openJPEGRows(content stored, o ReadOptions) (rowSource, decoded, error) {
	head, err := jpegHead(content)
	if err != nil {
		return nil, decoded{}, err
	}
	const bytesOfASample = 4 // the unit of MaxSamples
	size, known := planesOf(head)
	if !known {
		return nil, decoded{}, errWhole
	}
	if size/bytesOfASample > o.maxSamples() {
		return nil, decoded{}, fmt.Errorf("header: %w: the decoded planes take %d bytes, the limit is %d; save it as TIFF or PNG, or raise the limit", ErrTooLarge, size, bytesOfASample*o.maxSamples())
	}
	data, err := content.at(0, content.size)
	if err != nil {
		return nil, decoded{}, err
	}
	m, err := jpeg.Decode(data)
	if err != nil {
		return nil, decoded{}, fmt.Errorf("pixels: %w", truncated(err))
	}
	return &planeRows{planes: m}, decoded{metadata: jpegMetadata(head)}, nil
}

// jpegHead returns the part of a file before its first scan.
func jpegHead(content stored) ([]byte, error) {
	const least = 1 << 16
	for n := uint64(least); ; n *= 2 {
		head, err := content.at(0, min(n, content.size))
		if err != nil {
			return nil, err
		}
		complete := false
		walkJPEG(head, func(marker byte, _ []byte) {
			complete = complete || marker == startOfFrame || marker == startOfFrame+1 || marker == startOfFrame+2
		})
		if complete || n >= content.size {
			return head, nil
		}
	}
}

const startOfFrame = 0xc0 // baseline; then extended, then progressive

// planesOf returns the size in bytes of the planes of a file that is not progressive.
func planesOf(head []byte) (size int64, known bool) {
	walkJPEG(head, func(marker byte, content []byte) {
		const fixed, each = 6, 3
		if (marker != startOfFrame && marker != startOfFrame+1) || len(content) < fixed || len(content) < fixed+each*int(content[5]) {
			return
		}
		height, width := int64(binary.BigEndian.Uint16(content[1:])), int64(binary.BigEndian.Uint16(content[3:]))
		var across, down int64 = 1, 1
		for i := range int(content[5]) {
			factors := content[fixed+each*i+1]
			across, down = max(across, int64(factors>>4)), max(down, int64(factors&15))
		}
		for i := range int(content[5]) {
			factors := content[fixed+each*i+1]
			size += (width*int64(factors>>4) + across - 1) / across * ((height*int64(factors&15) + down - 1) / down)
		}
		known = true
	})
	return size, known
}

// planeRows reads rows of a decoded picture.
type planeRows struct {
	planes *jpeg.Image
	done   int
}

func (p *planeRows) size() Extent {
	return Extent{p.planes.Width, p.planes.Height, jpeg.Header{Components: len(p.planes.Planes)}.Channels()}
}

func (p *planeRows) next(rows int) (*Picture, float64, error) {
	e := p.size()
	q := New(e.Width, rows, e.Channels)
	p.planes.Rows(p.done, p.done+rows, func(y int, row []uint8) { fractions(q.row(y-p.done), row) })
	p.done += rows
	return q, 0, nil
}
