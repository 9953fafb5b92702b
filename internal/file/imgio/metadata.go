package imgio

import (
	"bytes"
	"encoding/binary"
)

const (
	exifPrefix    = "Exif\x00\x00"
	profilePrefix = "ICC_PROFILE\x00"
)

// jpegMetadata walks the segments before the first scan. Damage ends the walk;
// whether it matters is for the decoder to say.
func jpegMetadata(data []byte) (m metadata) {
	const startOfScan, endOfImage, app1, app2 = 0xda, 0xd9, 0xe1, 0xe2
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
			return m
		}
		end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		if end < i+4 || end > len(data) {
			return m
		}
		content := data[i+4 : end]
		switch {
		case marker == app1 && bytes.HasPrefix(content, []byte(exifPrefix)) && m.orientation == 0:
			m.orientation = exifOrientation(content[len(exifPrefix):])
		case marker == app2 && bytes.HasPrefix(content, []byte(profilePrefix)):
			m.profile = true
		}
		i = end
	}
	return m
}

// pngMetadata walks the chunks of a PNG file.
func pngMetadata(data []byte) (m metadata) {
	const signature, frame = 8, 12 // a chunk has length, type and checksum around its content
	for i := signature; i+frame <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[i:]))
		if n > int64(len(data)-i-frame) {
			return m
		}
		content := data[i+8 : i+8+int(n)]
		switch string(data[i+4 : i+8]) {
		case "iCCP":
			m.profile = true
		case "eXIf":
			m.orientation = exifOrientation(content)
		}
		i += frame + int(n)
	}
	return m
}

func webpMetadata(data []byte) (m metadata) {
	walkRIFF(data, func(kind string, content []byte) {
		switch kind {
		case "ICCP":
			m.profile = true
		case "EXIF":
			m.orientation = exifOrientation(bytes.TrimPrefix(content, []byte(exifPrefix)))
		}
	})
	return m
}

// webpFrameSize returns the size in the header of the coded frame, which is
// what a decoder allocates; 0×0 if there is none. The fields have 14 bits.
func webpFrameSize(data []byte) (w, h int) {
	walkRIFF(data, func(kind string, content []byte) {
		switch {
		case kind == "VP8 " && len(content) >= 10: // RFC 6386 §9.1
			w = max(w, int(binary.LittleEndian.Uint16(content[6:])&0x3fff))
			h = max(h, int(binary.LittleEndian.Uint16(content[8:])&0x3fff))
		case kind == "VP8L" && len(content) >= 5: // RFC 9649 §3.4
			bits := binary.LittleEndian.Uint32(content[1:])
			w = max(w, int(bits&0x3fff)+1)
			h = max(h, int(bits>>14&0x3fff)+1)
		}
	})
	return w, h
}

// walkRIFF calls visit for every chunk of a RIFF file; a chunk that is cut off
// is visited with what there is.
func walkRIFF(data []byte, visit func(kind string, content []byte)) {
	for i := int64(12); i+8 <= int64(len(data)); {
		n := int64(binary.LittleEndian.Uint32(data[i+4:]))
		end := min(i+8+n, int64(len(data)))
		visit(string(data[i:i+4]), data[i+8:end])
		i += 8 + n + n%2 // chunks begin at even offsets
	}
}

// exifOrientation returns the orientation in an EXIF block, which is a TIFF
// file without pixels; 0 if it does not say or cannot be read.
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
