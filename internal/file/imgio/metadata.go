package imgio

import (
	"bytes"
	"encoding/binary"
)

const (
	exifPrefix    = "Exif\x00\x00"
	profilePrefix = "ICC_PROFILE\x00"
)

// jpegMetadata reads the segments before the first scan. It ends at damage, which the decoder
// reports if it matters.
func jpegMetadata(data []byte) (m metadata) {
	const app1, app2 = 0xe1, 0xe2
	walkJPEG(data, func(marker byte, content []byte) {
		switch {
		case marker == app1 && bytes.HasPrefix(content, []byte(exifPrefix)) && m.orientation == 0:
			m.orientation = exifOrientation(content[len(exifPrefix):])
		case marker == app2 && bytes.HasPrefix(content, []byte(profilePrefix)):
			const number = 2 // index and count of the pieces
			if rest := content[len(profilePrefix):]; len(rest) > number {
				m.profile = append(m.profile, rest[number:]...)
			}
		}
	})
	return m
}

// walkJPEG calls visit for the segments before the first scan.
func walkJPEG(data []byte, visit func(marker byte, content []byte)) {
	const startOfScan, endOfImage = 0xda, 0xd9
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker := data[i+1]
		switch {
		case marker == 0xff: // fill byte
			i++
			continue
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd8: // no content
			i += 2
			continue
		case marker == startOfScan || marker == endOfImage:
			return
		}
		end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		if end < i+4 || end > len(data) {
			return
		}
		visit(marker, data[i+4:end])
		i = end
	}
}

// exifOrientation returns the orientation in an EXIF block, which is a TIFF file without
// pixels; 0 if it is missing or unreadable.
func exifOrientation(data []byte) orientation {
	f, offset, err := parseTIFFHeader(data)
	if err != nil {
		return 0
	}
	d, err := f.directory(offset)
	if err != nil {
		return 0
	}
	return d.orientation()
}
