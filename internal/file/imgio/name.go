package imgio

import (
	"cmp"
	"path/filepath"
	"strings"
)

var pictureExtensions = [...]string{".png", ".apng", ".jpg", ".jpeg", ".jfif", ".jpe", ".tif", ".tiff", ".webp", ".bmp", ".dib", ".gif",
	".pnm", ".pgm", ".ppm", ".pbm", ".pam"}

// IsPicture reports whether a file name has the extension of a readable format and is not
// hidden (other programs leave files such as ".a.png").
func IsPicture(path string) bool {
	if strings.HasPrefix(filepath.Base(path), ".") {
		return false
	}
	ext := strings.ToLower(filepath.Ext(path))
	for _, e := range pictureExtensions {
		if e == ext {
			return true
		}
	}
	return false
}

// CompareNames orders names as people do: runs of digits count as numbers, so 9 comes
// before 10. Of equal numbers, the one with more leading zeros comes later, so the order is
// total. As for cmp.Compare, the result is negative, 0 or positive.
//
// The order is part of a data set: fingerprints, splits and batches of stored runs depend
// on it. That is why it is implemented here and not taken from a library.
func CompareNames(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		if isDigit(x[0]) && isDigit(y[0]) {
			nx, ny := digits(x), digits(y)
			x, y = x[len(nx):], y[len(ny):]
			nx, ny = strings.TrimLeft(nx, "0"), strings.TrimLeft(ny, "0")
			if order := cmp.Or(cmp.Compare(len(nx), len(ny)), cmp.Compare(nx, ny)); order != 0 {
				return order
			}
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns the leading digits of s.
func digits(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n]
}
