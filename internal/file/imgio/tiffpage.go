package imgio

import (
	"errors"
	"fmt"
	"math"
)

// Values of the tags Compression and PhotometricInterpretation.
const (
	compressionNone       = 1
	compressionLZW        = 5
	compressionDeflate    = 8
	compressionPackBits   = 32773
	compressionOldDeflate = 32946

	photometricWhiteIsZero = 0
	photometricBlackIsZero = 1
	photometricRGB         = 2
	photometricPalette     = 3
	photometricCMYK        = 5

	// Of ExtraSamples: colours are multiplied by alpha, or not.
	alphaAssociated   = 1
	alphaUnassociated = 2
)

// tiffPage is what a directory says about its pixels, checked.
type tiffPage struct {
	dir                   tiffDirectory
	width, height         int
	samples               int // stored, a pixel
	bits                  int // 1, 2, 4, 8 or 16
	compression           uint32
	photometric           uint32
	planar, predicted     bool
	tiled                 bool
	blockWidth, blockRows int
	palette               []uint32
	alpha                 bool // the last sample is, and the only one
	premultiplied         bool // by alpha
}

// channels is how many channels the page becomes.
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
		compression: uint32(r.integer(tagCompression, compressionNone)),
		photometric: uint32(r.integer(tagPhotometric, photometricBlackIsZero)),
		planar:      r.integer(tagPlanar, 1) == 2,
		predicted:   r.integer(tagPredictor, 1) == 2,
		tiled:       d.has(tagTileWidth),
	}
	predictor, sampleFormat := r.integer(tagPredictor, 1), r.same(tagSampleFormat, 1)
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
	if sampleFormat != 1 {
		return nil, errors.New("samples are signed or floating-point; save them as unsigned integers of 8 or 16 bits")
	}
	if predictor > 2 {
		return nil, fmt.Errorf("predictor %d is not supported", predictor)
	}
	if len(extra) == 1 && p.samples > 1 && p.channels() == p.samples {
		p.premultiplied = extra[0] == alphaAssociated
		p.alpha = p.premultiplied || extra[0] == alphaUnassociated
	}
	return p, p.checkKind()
}

// checkKind refuses what decode cannot do.
func (p *tiffPage) checkKind() error {
	switch p.compression {
	case compressionNone, compressionLZW, compressionDeflate, compressionPackBits, compressionOldDeflate:
	default:
		return fmt.Errorf("compression %d is not supported; save with LZW, Deflate or none", p.compression)
	}
	switch p.bits {
	case 8, 16:
	case 1, 2, 4:
		if p.predicted {
			return fmt.Errorf("a predictor with %d bits a sample is not supported", p.bits)
		}
	default:
		return fmt.Errorf("samples of %d bits are not supported; save with 8 or 16", p.bits)
	}
	switch {
	case p.photometric <= photometricRGB:
	case p.photometric == photometricPalette && p.samples == 1 && p.bits <= 8:
		if n := 3 << p.bits; len(p.palette) != n {
			return fmt.Errorf("the palette has %d numbers, not %d", len(p.palette), n)
		}
	case p.photometric == photometricCMYK && p.samples == 4:
	default:
		return fmt.Errorf("colours of kind %d (photometric interpretation) are not supported; save as grey or RGB", p.photometric)
	}
	return nil
}

// tagReader reads tags until one fails.
type tagReader struct {
	dir tiffDirectory
	err error
}

func (r *tagReader) list(tag uint16) []uint32 {
	v, err := r.dir.values(tag)
	if err != nil && r.err == nil {
		r.err = err
	}
	return v
}

// integer returns the first number of a tag. Sizes beyond 31 bits become the
// largest, which every limit refuses.
func (r *tagReader) integer(tag uint16, missing int) int {
	v := r.list(tag)
	if len(v) == 0 {
		return missing
	}
	return int(min(v[0], math.MaxInt32))
}

// same is integer for a tag that has one number for each sample, which must agree.
func (r *tagReader) same(tag uint16, missing int) int {
	all := r.list(tag)
	for _, v := range all {
		if v != all[0] && r.err == nil {
			r.err = fmt.Errorf("tag %d differs between the samples of a pixel", tag)
		}
	}
	return r.integer(tag, missing)
}
