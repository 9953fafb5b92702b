package imgio

import (
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"path/filepath"
	"strings"

	"easel/internal/file/atomicfile"
	"easel/internal/file/webp"
)

// Format is a format that can be written.
type Format int

const (
	// PNG is exact: 1, 3 or 4 channels of 8 or 16 bits.
	PNG Format = iota
	// JPEG is small and lossy: 1 or 3 channels of 8 bits.
	JPEG
	// WebP is exact, and slower to write than PNG: 3 or 4 channels of 8 bits. Grey becomes
	// RGB.
	WebP
	// TIFF is exact for any number of channels, including signed and floating-point
	// numbers. One, three and four channels are one page; otherwise each channel is a grey
	// page.
	TIFF
)

// DefaultQuality keeps artefacts of JPEG below those of the networks. Chroma is subsampled
// at any quality.
const DefaultQuality = 95

// String returns the name of the format.
func (f Format) String() string {
	switch f {
	case PNG:
		return "PNG"
	case JPEG:
		return "JPEG"
	case TIFF:
		return "TIFF"
	case WebP:
		return "WebP"
	default:
		return fmt.Sprintf("Format(%d)", int(f))
	}
}

// FormatOf returns the format for the extension of a file name.
func FormatOf(path string) (Format, error) {
	ext := filepath.Ext(path)
	switch strings.ToLower(ext) {
	case ".png":
		return PNG, nil
	case ".jpg", ".jpeg", ".jfif", ".jpe":
		return JPEG, nil
	case ".tif", ".tiff":
		return TIFF, nil
	case ".webp":
		return WebP, nil
	default:
		return 0, fmt.Errorf("%s: pictures are written as .png, .jpg, .tif or .webp, not %q", path, ext)
	}
}

// FormatOfData returns the format of a file that begins with head, if it can be written.
func FormatOfData(head []byte) (f Format, ok bool) {
	found, err := sniff(head)
	if err != nil {
		return 0, false
	}
	f, ok = map[string]Format{"PNG": PNG, "JPEG": JPEG, "TIFF": TIFF, "WebP": WebP}[found.name]
	return f, ok
}

// FormatFor returns the default format for pictures like p: PNG, or TIFF if PNG cannot
// store them. A four-channel picture counts as RGBA if its samples are integers. Its
// extension is Format.Ending. The pixels of p do not matter.
func FormatFor(p *Picture) Format {
	whole := p.Depth < 32 && !p.signed()
	if whole && (p.Channels == 1 || p.Channels == 3 || p.Channels == 4 && p.Alpha) {
		return PNG
	}
	return TIFF
}

// Holds reports what of pictures like p the format cannot store. Their pixels do not matter.
// A fourth channel is taken for alpha, except by TIFF.
func (f Format) Holds(p *Picture) error {
	switch {
	case f == TIFF:
		return nil
	case p.Channels != 1 && p.Channels != 3 && p.Channels != 4:
		return fmt.Errorf("%d channels are not possible, only 1, 3 or 4; write .tif, which holds any number", p.Channels)
	case f == JPEG && p.Channels == 4:
		return errors.New("no alpha channel is possible; write .png, or drop it by converting to 3 channels")
	case f != JPEG && (p.Depth == 32 || p.signed()):
		return errors.New("no floating point and no negative numbers are possible; write .tif")
	case f == WebP && p.Depth > 8:
		return fmt.Errorf("%d bits are not possible, only 8; write .png or .tif", p.Depth)
	case f == WebP && max(p.Width, p.Height) > webp.MaxSide:
		return fmt.Errorf("a picture of %d×%d is not possible, at most %d×%d; write .png or .tif", p.Width, p.Height, webp.MaxSide, webp.MaxSide)
	}
	return nil
}

// Ending returns the ending of file names: .png, .jpg, .tif or .webp.
func (f Format) Ending() string {
	switch f {
	case JPEG:
		return ".jpg"
	case TIFF:
		return ".tif"
	case WebP:
		return ".webp"
	default:
		return ".png"
	}
}

// Write writes p to the file at path in the format of its extension, with p.Depth bits per
// sample, rounded to the nearest and clamped. It replaces an existing file in one step, and
// leaves it unchanged on an error. Only PNG stores the texts.
func Write(path string, p *Picture, texts ...Text) error {
	f, err := FormatOf(path)
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return encodeTexts(w, f, p, pngSmall(), texts) })
}

// Encode writes p to w in a format, with DefaultQuality.
func Encode(w io.Writer, f Format, p *Picture) error { return EncodeWith(w, f, p, DefaultQuality) }

// EncodeWith is Encode with another quality of JPEG, 1 to 100.
func EncodeWith(w io.Writer, f Format, p *Picture, quality int) error {
	if err := encode(w, f, p, quality); err != nil {
		return fmt.Errorf("encode %s: %w", f, err)
	}
	return nil
}

func encode(w io.Writer, f Format, p *Picture, quality int) error {
	if err := f.Holds(p); err != nil {
		return err
	}
	switch f {
	case TIFF:
		return encodeTIFF(w, p)
	case PNG:
		return encodePNG(w, p, pngSmall(), nil)
	case JPEG:
		img, err := ToImage(p.withDepth(8)) // the encoder would cut off the low byte
		if err != nil {
			return err
		}
		return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
	case WebP:
		return encodeWebP(w, p)
	default:
		return errors.New("no such format")
	}
}

// withDepth returns p with another depth and no range; it shares its samples.
func (p *Picture) withDepth(depth int) *Picture {
	q := *p
	q.Depth, q.Range = depth, Range{}
	return &q
}
