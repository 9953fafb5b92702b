package imgio

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// nameUnread names a known but unsupported format by a file's first bytes; it is empty for
// anything else.
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

// UnreadHint advises what to do about pictures in unsupported formats.
const UnreadHint = "easel reads " + Readable + ": convert other pictures to one of them, or to TIFF if they have more than 8 bits"

// IsUnread reports whether a file is, by its name, a picture or an array in a format that
// easel does not read.
func IsUnread(name string) bool {
	return slices.Contains([]string{
		".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".psd", ".psb", ".xcf", ".kra", ".svg", ".eps", ".pdf", ".ico", ".icns",
		".tga", ".dds", ".exr", ".hdr", ".pfm", ".qoi", ".pcx", ".sgi", ".ras", ".xpm",
		".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".raw",
		".dcm", ".nii", ".nrrd", ".mha", ".czi", ".nd2", ".lif", ".svs", ".fits", ".fit", ".npy", ".npz", ".mat", ".h5", ".hdf5",
		".mp4", ".mov", ".avi", ".mkv", ".webm",
	}, strings.ToLower(filepath.Ext(name)))
}

// LeftOut counts and names the files that IsUnread reports, by format; it is empty if there
// are none.
func LeftOut(files []string) string {
	if len(files) == 0 {
		return ""
	}
	numbers := map[string]int{}
	var kinds []string
	for _, name := range files {
		ext := strings.ToLower(filepath.Ext(name))
		if numbers[ext]++; numbers[ext] == 1 {
			kinds = append(kinds, ext)
		}
	}
	slices.Sort(kinds)
	for i, ext := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", numbers[ext], ext)
	}
	const named = 3
	names := strings.Join(files[:min(len(files), named)], ", ")
	if len(files) > named {
		names += ", …"
	}
	return fmt.Sprintf("ignored, in formats that easel does not read: %s (%s)", strings.Join(kinds, ", "), names)
}
