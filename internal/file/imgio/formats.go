package imgio

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"io"

	"easel/internal/file/jpeg"
)

// format is a file format: how to recognise it, how to measure it by its header, and how to
// decode it.
type format struct {
	name    string
	magic   func(data []byte) bool
	measure func(data []byte) (Extent, error)
	decode  func(data []byte, o ReadOptions) (decoded, error)
}

// Readable lists the formats that can be read, for use in a sentence.
const Readable = "PNG, JPEG, TIFF, WebP, BMP, GIF or PNM"

func formats() []format {
	return []format{
		{"PNG", prefix(pngSignature), measurePNG, decodePNG},
		{"JPEG", prefix("\xff\xd8"), measureJPEG, decodeJPEG},
		{"TIFF", isTIFF, measureTIFF, decodeTIFF},
		{"WebP", isWebP, measureWebP, decodeWebP},
		{"BMP", prefix("BM"), measureBMP, decodeBMP},
		{"GIF", prefix("GIF8"), measureStill(gif.DecodeConfig), decodeGIF},
		{"PNM", isPNM, measurePNM, decodePNM},
	}
}

func prefix(magic string) func([]byte) bool {
	return func(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }
}

func isTIFF(data []byte) bool {
	_, _, err := parseTIFFHeader(data)
	return err == nil
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
	if name := nameUnread(data); name != "" {
		return format{}, fmt.Errorf("%s is not supported; convert the picture to PNG or TIFF, for example with ImageMagick: magick mogrify -format png FILE", name)
	}
	return format{}, fmt.Errorf("not a picture in a supported format (%s)", Readable)
}

func measureJPEG(data []byte) (Extent, error) {
	h, err := jpeg.ReadHeader(data)
	if err != nil {
		return Extent{}, fmt.Errorf("header: %w", truncated(err))
	}
	return Extent{h.Width, h.Height, h.Channels()}, nil
}

func decodeJPEG(data []byte, o ReadOptions) (decoded, error) {
	e, err := measureJPEG(data)
	if err != nil {
		return decoded{}, err
	}
	if err := checkSize(e.Width, e.Height, e.Channels, o.maxSamples()); err != nil {
		return decoded{}, err
	}
	m, err := jpeg.Decode(data)
	if err != nil {
		return decoded{}, fmt.Errorf("pixels: %w", truncated(err))
	}
	p := New(e.Width, e.Height, e.Channels)
	m.EachRow(func(y int, row []uint8) { fractions(p.row(y), row) })
	return decoded{picture: p, metadata: jpegMetadata(data)}, nil
}

// measureStill measures a picture with the decoder's own header parser.
func measureStill(config func(io.Reader) (image.Config, error)) func(data []byte) (Extent, error) {
	return func(data []byte) (Extent, error) {
		c, err := config(bytes.NewReader(data))
		if err != nil {
			return Extent{}, fmt.Errorf("header: %w", truncated(err))
		}
		return Extent{c.Width, c.Height, modelChannels(c.ColorModel)}, nil
	}
}

// still decodes a format with one picture per file, after checking its size.
func still(data []byte, o ReadOptions, config func(io.Reader) (image.Config, error), read func(io.Reader) (image.Image, error)) (*Picture, error) {
	e, err := measureStill(config)(data)
	if err != nil {
		return nil, err
	}
	if err := checkSize(e.Width, e.Height, e.Channels, o.maxSamples()); err != nil {
		return nil, err
	}
	img, err := read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("pixels: %w", truncated(err))
	}
	return FromImage(img), nil
}
