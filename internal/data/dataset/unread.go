package dataset

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
)

// UnreadHint is what to do about them.
const UnreadHint = "easel reads PNG, JPEG, TIFF, WebP, BMP and GIF: convert the other pictures to one of them, to TIFF where they have more than 8 bits"

// IsUnread reports whether a file is by its name a picture, or an array of one, of a
// format that easel does not read.
func IsUnread(name string) bool {
	return slices.Contains([]string{
		".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".psd", ".psb", ".xcf", ".kra", ".svg", ".eps", ".pdf", ".ico", ".icns",
		".tga", ".dds", ".exr", ".hdr", ".pfm", ".pgm", ".ppm", ".pbm", ".pnm", ".pam", ".qoi", ".pcx", ".sgi", ".ras", ".xpm",
		".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".raw",
		".dcm", ".nii", ".nrrd", ".mha", ".czi", ".nd2", ".lif", ".svs", ".fits", ".fit", ".npy", ".npz", ".mat", ".h5", ".hdf5",
		".mp4", ".mov", ".avi", ".mkv", ".webm",
	}, strings.ToLower(path.Ext(name)))
}

// leftOut notes the pictures of a folder that easel does not read, and returns them
// by their keys.
func (f *finding) leftOut(dir folder) map[string]string {
	found := map[string]string{}
	for _, name := range dir.others {
		if IsUnread(name) {
			found[key(name)] = name
			f.unread = append(f.unread, path.Join(dir.path, name))
		}
	}
	return found
}

// unreadWarning counts and names the pictures that are left out, by format.
func (f *finding) unreadWarning() string {
	if len(f.unread) == 0 {
		return ""
	}
	numbers := map[string]int{}
	var order []string
	for _, name := range f.unread {
		ext := strings.ToLower(path.Ext(name))
		if numbers[ext]++; numbers[ext] == 1 {
			order = append(order, ext)
		}
	}
	slices.Sort(order)
	for i, ext := range order {
		order[i] = fmt.Sprintf("%d %s", numbers[ext], ext)
	}
	return fmt.Sprintf("%s in formats that easel does not read left out: %s (%s)",
		english.Plural(len(f.unread), "picture", ""), strings.Join(order, ", "), abridged(f.unread))
}
