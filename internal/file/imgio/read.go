package imgio

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// DefaultMaxSamples is the largest picture that Read accepts unless told
// otherwise: width × height × channels, 1 GiB as float32. A header can claim
// anything in a few bytes, so the claim is checked before memory is taken.
const DefaultMaxSamples = 256 << 20

// ReadOptions is how to read. The zero value is right for almost everyone.
type ReadOptions struct {
	// MaxSamples limits width × height × channels; 0 is DefaultMaxSamples.
	MaxSamples int64
}

func (o ReadOptions) maxSamples() int64 {
	if o.MaxSamples > 0 {
		return o.MaxSamples
	}
	return DefaultMaxSamples
}

// Warning is something about a file that its reader should hear of although
// the picture was read.
type Warning struct {
	File string // as it was given to Read or Decode
	Text string // in lower case, no full stop
}

// String returns "file: text".
func (w Warning) String() string { return w.File + ": " + w.Text }

const profileText = "has a colour profile, which is ignored: its numbers are used as if they were sRGB"

// Read reads the picture in the file at path. What format it has is seen from
// its content, not its name. The errors name path and the step that failed.
func Read(path string, opts ReadOptions) (*Picture, []Warning, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read picture: %w", err)
	}
	if info.IsDir() {
		return nil, nil, fmt.Errorf("read picture: %s is a folder", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read picture: %w", err)
	}
	defer f.Close()
	return Decode(f, path, opts)
}

// Decode reads a picture from r until its end; name is for errors and warnings.
func Decode(r io.Reader, name string, opts ReadOptions) (*Picture, []Warning, error) {
	// No format needs more than this for a picture within the limit: two bytes a
	// sample, and room for metadata.
	maxBytes := 2*opts.maxSamples() + 64<<20
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: read: %w", name, err)
	}
	if int64(len(data)) > maxBytes {
		return nil, nil, fmt.Errorf("%s: read: more than %d bytes, too large for a picture of %d samples",
			name, maxBytes, opts.maxSamples())
	}
	f, err := sniff(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	p, meta, err := f.decodeGuarded(data, opts.maxSamples())
	if err != nil {
		return nil, nil, fmt.Errorf("%s: decode %s: %w", name, f.name, err)
	}
	var warnings []Warning
	if meta.profile {
		warnings = []Warning{{File: name, Text: profileText}}
	}
	return orient(p, meta.orientation), warnings, nil
}

// metadata is what is needed of a file besides its pixels.
type metadata struct {
	orientation orientation
	profile     bool // there is an ICC profile
}

// format is a kind of file: how to tell it and how to read it. TIFF has a
// reader of its own (many channels, many pages) and no config and image.
type format struct {
	name     string
	magic    func(data []byte) bool
	config   func(io.Reader) (image.Config, error)
	image    func(io.Reader) (image.Image, error)
	metadata func(data []byte) metadata
}

func noMetadata([]byte) metadata { return metadata{} }

func prefix(magic string) func([]byte) bool {
	return func(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }
}

func isWebP(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

func isTIFF(data []byte) bool {
	_, _, err := parseTIFFHeader(data)
	return err == nil || errors.Is(err, errBigTIFF)
}

func formats() []format {
	return []format{
		{"PNG", prefix("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode, pngMetadata},
		{"JPEG", prefix("\xff\xd8"), jpeg.DecodeConfig, jpeg.Decode, jpegMetadata},
		{"TIFF", isTIFF, nil, nil, nil},
		{"WebP", isWebP, webp.DecodeConfig, webp.Decode, webpMetadata},
		{"BMP", prefix("BM"), bmp.DecodeConfig, bmp.Decode, noMetadata},
		{"GIF", prefix("GIF8"), gif.DecodeConfig, gif.Decode, noMetadata},
	}
}

func sniff(data []byte) (format, error) {
	if len(data) == 0 {
		return format{}, errors.New("the file is empty")
	}
	for _, f := range formats() {
		if f.magic(data) {
			return f, nil
		}
	}
	return format{}, errors.New("not a picture that can be read (PNG, JPEG, TIFF, WebP, BMP or GIF)")
}

// decodeGuarded is decode with a panic of a decoder turned into an error: files
// come from anywhere, and a decoder's bug must not end a training run.
func (f format) decodeGuarded(data []byte, limit int64) (p *Picture, meta metadata, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("the decoder panicked, the file is probably damaged: %v", r)
		}
	}()
	if f.image == nil {
		return decodeTIFF(data, limit)
	}
	p, err = f.decode(data, limit)
	return p, f.metadata(data), err
}

func (f format) decode(data []byte, limit int64) (*Picture, error) {
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("header: %w", truncated(err))
	}
	if isWebP(data) {
		// The canvas that config reports need not be the size of the frame.
		w, h := webpFrameSize(data)
		c.Width, c.Height = max(c.Width, w), max(c.Height, h)
	}
	if err := checkSize(c.Width, c.Height, modelChannels(c.ColorModel), limit); err != nil {
		return nil, err
	}
	img, err := f.image(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("pixels: %w", truncated(err))
	}
	p := FromImage(img)
	if nrgba, ok := img.(*image.NRGBA); ok && isWebP(data) && nrgba.Opaque() {
		// Lossless WebP is always decoded as RGBA.
		p = p.Select(0, 3)
	}
	return p, nil
}

// truncated adds what an unexpected end of a file means to its error.
func truncated(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the file is truncated: %w", err)
	}
	return err
}

// checkSize refuses pictures without pixels and those above the limit.
func checkSize(w, h, channels int, limit int64) error {
	if w < 1 || h < 1 || channels < 1 {
		return fmt.Errorf("header: a picture of %d×%d pixels", w, h)
	}
	if int64(h) > limit/int64(channels)/int64(w) {
		return fmt.Errorf("header: it claims %d×%d pixels of %d channels, more than the limit of %d samples; "+
			"resize the picture, or raise the limit", w, h, channels, limit)
	}
	return nil
}

// modelChannels is how many channels FromImage will make, at most.
func modelChannels(m color.Model) int {
	switch m {
	case color.GrayModel, color.Gray16Model:
		return 1
	case color.YCbCrModel, color.CMYKModel, color.RGBAModel, color.RGBA64Model:
		return 3 // decoders use the premultiplied models where there is no alpha
	default:
		return 4
	}
}
