package imgio

import (
	"errors"
	"fmt"
	"math"
)

// Values of the tags Compression, PhotometricInterpretation, ExtraSamples and
// SampleFormat.
const (
	compressionNone       = 1
	compressionLZW        = 5
	compressionJPEG       = 7
	compressionDeflate    = 8
	compressionPackBits   = 32773
	compressionOldDeflate = 32946

	photometricWhiteIsZero = 0
	photometricBlackIsZero = 1
	photometricRGB         = 2
	photometricPalette     = 3
	photometricCMYK        = 5
	photometricYCbCr       = 6

	alphaAssociated   = 1 // colours are multiplied by alpha
	alphaUnassociated = 2 // colours are not multiplied by alpha

	samplesUnsigned = 1
	samplesSigned   = 2
	samplesFloat    = 3
)

// tiffPage describes the pixels of a directory, after checks.
type tiffPage struct {
	dir                   tiffDirectory
	width, height         int
	samples               int // stored per pixel
	bits                  int // per sample
	format                int // samplesUnsigned, samplesSigned or samplesFloat
	compression           int
	photometric           int
	planar                bool
	predictor             int
	tiled                 bool
	blockWidth, blockRows int
	palette               []uint64
	alpha                 bool // the last sample is alpha
	premultiplied         bool // colours are multiplied by alpha
}

// channels returns how many channels the page becomes.
func (p *tiffPage) channels() int {
	if p.photometric == photometricPalette || p.photometric == photometricCMYK {
		return 3
	}
	return p.samples
}

// page reads and checks the tags of a directory; limit is in samples.
func (d tiffDirectory) page(limit int64) (*tiffPage, error) {
	r := tagReader{dir: d}
	p := &tiffPage{
		dir:         d,
		width:       r.integer(tagWidth, 0),
		height:      r.integer(tagHeight, 0),
		samples:     r.integer(tagSamplesPerPixel, 1),
		bits:        r.same(tagBitsPerSample, 1),
		format:      r.same(tagSampleFormat, samplesUnsigned),
		compression: r.integer(tagCompression, compressionNone),
		photometric: r.integer(tagPhotometric, photometricBlackIsZero),
		planar:      r.integer(tagPlanar, 1) == 2,
		predictor:   r.integer(tagPredictor, 1),
		tiled:       d.has(tagTileWidth),
	}
	extra := r.list(tagExtraSamples)
	if p.photometric == photometricPalette {
		p.palette = r.list(tagColorMap)
	}
	if p.tiled {
		p.blockWidth, p.blockRows = r.integer(tagTileWidth, 0), r.integer(tagTileHeight, 0)
	} else {
		p.blockWidth, p.blockRows = p.width, min(r.integer(tagRowsPerStrip, math.MaxInt32), p.height)
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := checkSize(p.width, p.height, max(p.samples, p.channels()), limit); err != nil {
		return nil, err
	}
	if err := checkSize(p.blockWidth, p.blockRows, p.samples, limit); err != nil {
		return nil, fmt.Errorf("tiles or strips: %w", err)
	}
	if len(extra) == 1 && p.samples > 1 && p.channels() == p.samples {
		p.premultiplied = extra[0] == alphaAssociated
		p.alpha = p.premultiplied || extra[0] == alphaUnassociated
	}
	return p, errors.Join(p.checkSamples(), p.checkColours())
}

// compressionNames are the unsupported methods that errors name.
var compressionNames = map[int]string{
	2: "fax", 3: "fax", 4: "fax", 6: "old-style JPEG", 34712: "JPEG 2000", 33003: "JPEG 2000", 33005: "JPEG 2000", 34887: "LERC",
	34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
}

// checkSamples refuses numbers that cannot be read.
func (p *tiffPage) checkSamples() error {
	switch p.compression {
	case compressionNone, compressionLZW, compressionDeflate, compressionPackBits, compressionOldDeflate:
	case compressionJPEG:
		if p.bits != 8 || p.samples != 1 && p.samples != 3 || p.planar && p.samples > 1 {
			return fmt.Errorf("JPEG of %d samples of %d bits is not supported; save with LZW, Deflate or none", p.samples, p.bits)
		}
	default:
		if name := compressionNames[p.compression]; name != "" {
			return fmt.Errorf("%s compression is not supported; save with LZW, Deflate or none", name)
		}
		return fmt.Errorf("compression %d is not supported; save with LZW, Deflate or none", p.compression)
	}
	whole := p.bits == 8 || p.bits == 16 || p.bits == 32 || p.bits == 64
	switch {
	case p.format == samplesFloat && (p.bits == 32 || p.bits == 64):
	case p.format == samplesSigned && whole && p.bits <= 32:
	case p.format == samplesUnsigned && p.bits >= 1 && p.bits <= 16, p.format == samplesUnsigned && p.bits == 32:
	case p.format < samplesUnsigned || p.format > samplesFloat:
		return fmt.Errorf("sample format %d is not supported; save them as integers or floating point", p.format)
	default:
		return fmt.Errorf("samples of %d bits are not supported; save with 8, 16 or 32", p.bits)
	}
	if p.predictor < 1 || p.predictor > 3 || p.predictor == 2 && !whole || p.predictor == 3 && p.format != samplesFloat {
		return fmt.Errorf("predictor %d with samples of %d bits is not supported", p.predictor, p.bits)
	}
	return nil
}

// checkColours refuses colours that cannot be read.
func (p *tiffPage) checkColours() error {
	switch {
	case p.photometric <= photometricRGB:
	case p.photometric == photometricPalette && p.samples == 1 && p.bits <= 8:
		if n := 3 << p.bits; len(p.palette) != n {
			return fmt.Errorf("the palette has %d numbers, expected %d", len(p.palette), n)
		}
	case p.photometric == photometricCMYK && p.samples == 4 && p.format == samplesUnsigned:
	case p.photometric == photometricYCbCr && p.compression == compressionJPEG && p.samples == 3:
	default:
		return fmt.Errorf("photometric interpretation %d is not supported; save as grey or RGB", p.photometric)
	}
	return nil
}

// tagReader reads tags until one fails.
type tagReader struct {
	dir tiffDirectory
	err error
}

func (r *tagReader) list(tag uint16) []uint64 {
	v, err := r.dir.values(tag)
	if err != nil && r.err == nil {
		r.err = err
	}
	return v
}

// integer returns the first number of a tag. Sizes beyond 31 bits become the largest int32,
// which exceeds every limit.
func (r *tagReader) integer(tag uint16, missing int) int {
	v := r.list(tag)
	if len(v) == 0 {
		return missing
	}
	return int(min(v[0], math.MaxInt32))
}

// same is integer for a tag with one number per sample, which must be equal.
func (r *tagReader) same(tag uint16, missing int) int {
	all := r.list(tag)
	for _, v := range all {
		if v != all[0] && r.err == nil {
			r.err = fmt.Errorf("tag %d differs between the samples of a pixel", tag)
		}
	}
	return r.integer(tag, missing)
}
