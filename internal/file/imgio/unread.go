package imgio

import "strings"

// nameUnread names a format that is known and not read, from a file's first bytes;
// empty for anything else.
func nameUnread(data []byte) string {
	at := func(offset int, magic string) bool {
		return len(data) >= offset+len(magic) && string(data[offset:offset+len(magic)]) == magic
	}
	if at(4, "ftyp") && len(data) >= 12 { // ISO/IEC 14496-12
		brands := string(data[8:min(len(data), 40)])
		switch {
		case strings.Contains(brands, "avif") || strings.Contains(brands, "avis"):
			return "AVIF"
		case strings.Contains(brands, "hei") || strings.Contains(brands, "hev") || strings.Contains(brands, "mif1"):
			return "HEIC"
		case strings.HasPrefix(brands, "crx"):
			return "a camera's raw format"
		}
	}
	switch {
	case at(0, "\xff\x0a") || at(4, "JXL \r\n"):
		return "JPEG XL"
	case at(4, "jP  \r\n") || at(0, "\xff\x4f\xff\x51"):
		return "JPEG 2000"
	case at(0, "8BPS"):
		return "Photoshop's format"
	case at(0, "v/1\x01"):
		return "OpenEXR"
	case at(128, "DICM"):
		return "DICOM"
	case at(0, "%PDF-"):
		return "PDF"
	case at(0, "<svg") || at(0, "<?xml"):
		return "SVG"
	case at(0, "\x89HDF"):
		return "HDF5"
	case at(0, "\x5c\x01\x00\x00") || at(344, "n+1\x00"):
		return "NIfTI"
	}
	return ""
}
