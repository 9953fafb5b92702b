package imgio

import (
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"easel/internal/file/atomicfile"
)

// Format is a kind of file that can be written.
type Format int

const (
	// PNG is exact: 1, 3 or 4 channels of 8 or 16 bits.
	PNG Format = iota
	// JPEG is small and lossy: 1 or 3 channels of 8 bits.
	JPEG
	// TIFF is exact for any number of channels. One, three and four are one
	// page; others are a stack with a grey page for each channel.
	TIFF
)

// jpegQuality keeps artefacts below what a network's own are.
const jpegQuality = 95

// String returns the name of the format.
func (f Format) String() string {
	switch f {
	case PNG:
		return "PNG"
	case JPEG:
		return "JPEG"
	case TIFF:
		return "TIFF"
	default:
		return fmt.Sprintf("Format(%d)", int(f))
	}
}

// FormatOf returns the format that the extension of a file's name stands for.
func FormatOf(path string) (Format, error) {
	ext := filepath.Ext(path)
	switch strings.ToLower(ext) {
	case ".png":
		return PNG, nil
	case ".jpg", ".jpeg":
		return JPEG, nil
	case ".tif", ".tiff":
		return TIFF, nil
	default:
		return 0, fmt.Errorf("%s: pictures are written as .png, .jpg or .tif, not %q", path, ext)
	}
}

// FormatFor returns the format that pictures of so many channels are written in
// where nobody asked for another: PNG, or TIFF if PNG has no such picture, which
// has alpha where it has four channels. Its ending is Format.Ending.
func FormatFor(channels int, alpha bool) Format {
	if channels == 1 || channels == 3 || channels == 4 && alpha {
		return PNG
	}
	return TIFF
}

// Ending returns the ending of file names: .png, .jpg or .tif.
func (f Format) Ending() string {
	switch f {
	case JPEG:
		return ".jpg"
	case TIFF:
		return ".tif"
	default:
		return ".png"
	}
}

// Write writes p to the file at path in the format of its extension, with
// p.Depth bits a sample, rounded to the nearest and clamped. A file that is
// there already is replaced in one step, and kept if anything fails.
func Write(path string, p *Picture) error {
	f, err := FormatOf(path)
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return Encode(w, f, p) })
}

// Encode writes p to w in a format.
func Encode(w io.Writer, f Format, p *Picture) error {
	if err := encode(w, f, p); err != nil {
		return fmt.Errorf("encode %s: %w", f, err)
	}
	return nil
}

func encode(w io.Writer, f Format, p *Picture) error {
	if f == TIFF {
		return encodeTIFF(w, p)
	}
	img, err := ToImage(p)
	if err != nil {
		return fmt.Errorf("%w; write .tif, which holds any number of channels", err)
	}
	switch {
	case f == PNG:
		return png.Encode(w, keepAlpha(img))
	case f == JPEG && p.Channels == 4:
		return fmt.Errorf("no alpha channel is possible; write .png, or drop it by converting to 3 channels")
	case f == JPEG && p.Depth == 16:
		return encodeJPEG8(w, p)
	case f == JPEG:
		return jpeg.Encode(w, img, &jpeg.Options{Quality: jpegQuality})
	default:
		return fmt.Errorf("no such format")
	}
}

// encodeJPEG8 rounds to 8 bits first: the encoder would cut off the low byte.
func encodeJPEG8(w io.Writer, p *Picture) error {
	q := *p
	q.Depth = 8
	return encode(w, JPEG, &q)
}

// keepAlpha hides from the PNG encoder that all pixels are opaque, for which
// it would leave the fourth channel out and the file would read as another shape.
func keepAlpha(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.NRGBA:
		if m.Opaque() {
			return withAlpha{m}
		}
	case *image.NRGBA64:
		if m.Opaque() {
			return withAlpha{m}
		}
	}
	return img
}

type withAlpha struct{ image.Image }

func (withAlpha) Opaque() bool { return false }
