package stylize

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
)

// pictures are the input pictures of a run, in RGB.
type pictures struct {
	content *imgio.Picture   // nil for a texture
	alpha   *imgio.Picture   // the content's, nil if it has none
	styles  []*imgio.Picture // in the order of Options.Styles
	masks   []*imgio.Picture // grey, nil for none
	first   *imgio.Picture   // the initial picture, nil unless it is a file
	painted *imgio.Picture   // the picture of Options.Continue, nil for none
	// before is the frame before this one of a video, nil for none.
	before *style.Temporal
	// grey says that content and styles are grey, and therefore the result.
	grey bool
	// sum is a hash that detects changed pictures when a run is resumed; sums are those of
	// each.
	sum  string
	sums sums
}

// read reads and checks all pictures; warn receives warnings.
func (o Options) read(warn func(string)) (*pictures, error) {
	p := &pictures{masks: make([]*imgio.Picture, len(o.Styles))}
	sum := sha256.New()
	heard := func(read *imgio.Picture, warnings []imgio.Warning, err error) {
		for _, w := range warnings {
			warn(w.String())
		}
		if err == nil {
			hashPicture(sum, read)
		}
	}
	open := func(path string) (*imgio.Picture, *imgio.Picture, error) {
		rgb, alpha, warnings, err := o.readPicture(path)
		heard(rgb, warnings, err)
		return rgb, alpha, err
	}
	var err error
	if o.Content != "" {
		if p.content, p.alpha, err = open(o.Content); err != nil {
			return nil, fmt.Errorf("content picture: %w", err)
		}
		p.sums.Content = sumOfPicture(p.content)
	}
	for i, s := range o.Styles {
		rgb, _, err := open(s.Path)
		if err != nil {
			return nil, fmt.Errorf("style picture: %w", err)
		}
		p.styles = append(p.styles, rgb)
		p.sums.Styles = append(p.sums.Styles, sumOfPicture(rgb))
		if s.Mask == "" {
			continue
		}
		mask, warnings, err := o.readMask(s.Mask)
		if heard(mask, warnings, err); err != nil {
			return nil, fmt.Errorf("mask: %w", err)
		}
		p.masks[i] = mask
		if p.sums.Masks == nil {
			p.sums.Masks = make([]string, len(o.Styles))
		}
		p.sums.Masks[i] = sumOfPicture(mask)
		if err := p.checkMask(s.Mask, p.masks[i]); err != nil {
			return nil, err
		}
	}
	if !o.knownInit() {
		if p.first, _, err = open(o.Init); err != nil {
			return nil, hint.New(fmt.Errorf("initial picture: %w", err), "begin with content, noise, style or a file")
		}
	}
	if o.Continue != "" {
		if p.painted, _, err = open(o.Continue); err != nil {
			return nil, fmt.Errorf("painted picture: %w", err)
		}
		if err := p.checkPainted(o); err != nil {
			return nil, err
		}
	}
	p.grey = p.isGrey()
	p.sum = hex.EncodeToString(sum.Sum(nil))
	return p, nil
}

// knownInit reports whether the initial picture needs no file.
func (o Options) knownInit() bool {
	return o.Continue != "" || o.Init == FromContent || o.Init == FromNoise || o.Init == FromStyle
}

// open reads a file, or returns the picture in memory that has its name.
func (o Options) open(path string) (*imgio.Picture, []imgio.Warning, error) {
	if p := o.Pictures[path]; p != nil {
		return p.Clone(), nil, nil
	}
	return imgio.Read(path, imgio.ReadOptions{})
}

// readMask returns a mask: luminance times alpha.
func (o Options) readMask(path string) (*imgio.Picture, []imgio.Warning, error) {
	p, warnings, err := o.open(path)
	if err != nil {
		return nil, warnings, err
	}
	if p, err = p.Mask(); err != nil {
		return nil, warnings, fmt.Errorf("%s: %w", path, err)
	}
	return p, warnings, nil
}

// readPicture returns a picture in RGB and its alpha channel, which is nil if it has none
// or is opaque. Fully transparent pixels are filled with the mean of the visible ones, so
// that invisible colours have no features.
func (o Options) readPicture(path string) (p, alpha *imgio.Picture, warnings []imgio.Warning, err error) {
	p, warnings, err = o.open(path)
	if err != nil {
		return nil, nil, warnings, err
	}
	p, alpha = p.SplitAlpha()
	if p, err = p.Convert(3); err != nil {
		return nil, nil, warnings, fmt.Errorf("%s: %w", path, err)
	}
	if alpha == nil {
		return p, nil, warnings, nil
	}
	if p = overMean(p, alpha); p == nil {
		return nil, nil, warnings, hint.New(
			fmt.Errorf("%s: every pixel is transparent", path),
			"to use its colours, save the picture without its alpha channel",
		)
	}
	return p, alpha, warnings, nil
}

// overMean lays p over the mean of its visible pixels; nil if there are none.
func overMean(p, alpha *imgio.Picture) *imgio.Picture {
	mean, total := make([]float64, p.Channels), 0.0
	for i, a := range alpha.Pix {
		total += float64(a)
		for c := range mean {
			mean[c] += float64(a) * float64(p.Pix[i*p.Channels+c])
		}
	}
	if total == 0 {
		return nil
	}
	q := p.Clone()
	for i, a := range alpha.Pix {
		for c := range mean {
			v := &q.Pix[i*p.Channels+c]
			*v = a**v + (1-a)*float32(mean[c]/total)
		}
	}
	return q
}

// maxMisfit is how much the aspect ratios of pictures of one view may differ: as much as
// resizing to whole pixels changes them.
const maxMisfit = 0.02

// alike reports whether two sizes have one shape.
func alike(width, height, w, h int) bool {
	return math.Abs(math.Log(float64(width)/float64(height))-math.Log(float64(w)/float64(h))) <= maxMisfit
}

func (p *pictures) checkMask(path string, mask *imgio.Picture) error {
	if p.content != nil && !alike(mask.Width, mask.Height, p.content.Width, p.content.Height) {
		return hint.New(
			fmt.Errorf("mask %s is %d×%d, but the content picture is %d×%d: their shapes differ", path, mask.Width, mask.Height, p.content.Width, p.content.Height),
			"a mask must cover the same view as the content picture",
		)
	}
	for _, v := range mask.Pix {
		if v > 0 {
			return nil
		}
	}
	return hint.New(fmt.Errorf("mask %s is black everywhere, so its style would be used nowhere", path), "make the mask white where the style belongs")
}

func hashPicture(h hash.Hash, p *imgio.Picture) {
	_ = binary.Write(h, binary.LittleEndian, []int64{int64(p.Width), int64(p.Height), int64(p.Channels)})
	_ = binary.Write(h, binary.LittleEndian, p.Pix)
}

func tensor(p *imgio.Picture) style.Picture {
	return style.Picture{Height: p.Height, Width: p.Width, Pixels: p.Pix}
}

func picture(p style.Picture) *imgio.Picture {
	return &imgio.Picture{Width: p.Width, Height: p.Height, Channels: 3, Depth: 8, Pix: p.Pixels}
}

// resized returns p at w×h. Lanczos is antialiased, so thin strokes of a painting do not
// become noise.
func resized(p *imgio.Picture, w, h int) *imgio.Picture { return imgio.Resize(p, w, h, imgio.Lanczos) }

// contentAt returns the content picture at a stage's size, in the colours to stylise.
func (p *pictures) contentAt(o Options, w, h int) style.Picture {
	c := tensor(resized(p.content, w, h))
	switch {
	case o.Colours == LuminanceOnly:
		return style.Luma(c)
	case o.Recolour && len(p.styles) > 0:
		return style.MatchHistogram(c, p.styleAt(o, 0, w, h))
	}
	return c
}

// styleAt returns a style picture for a result of w×h, in the colours to copy.
func (p *pictures) styleAt(o Options, i, w, h int) style.Picture {
	sw, sh := o.styleSize(p.styles[i].Width, p.styles[i].Height, w, h)
	s := tensor(resized(p.styles[i], sw, sh))
	if p.content == nil {
		return s
	}
	content := tensor(p.content)
	switch o.Colours {
	case LuminanceOnly:
		return matchLuma(style.Luma(s), style.Luma(content))
	case MatchCovariance:
		return style.MatchCovariance(s, content)
	case MatchedHistogram:
		return style.MatchHistogram(s, content)
	}
	return s
}

// matchLuma gives a grey picture the mean and deviation of another, so that the style's
// contrast does not depend on its colours (Gatys et al. 2016, "Preserving color in neural
// artistic style transfer", §4).
func matchLuma(s, content style.Picture) style.Picture {
	mean, deviation := spread(s)
	want, wanted := spread(content)
	for i, v := range s.Pixels {
		s.Pixels[i] = float32(min(max(want+(float64(v)-mean)*wanted/max(deviation, 1e-6), 0), 1))
	}
	return s
}

func spread(p style.Picture) (mean, deviation float64) {
	for _, v := range p.Pixels {
		mean += float64(v)
	}
	mean /= float64(len(p.Pixels))
	for _, v := range p.Pixels {
		deviation += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(p.Pixels)))
}

// maskAt returns a mask at a stage's size, nil for none.
func (p *pictures) maskAt(i, w, h int) []float32 {
	if p.masks[i] == nil {
		return nil
	}
	return imgio.Resize(p.masks[i], w, h, imgio.Area).Pix
}

// noiseDeviation is that of the initial noise around grey. Programs differ between
// 0.001/255 and 90/255: with less, the first iterations are spent on making contrast; with
// more, noise stays in the result.
const noiseDeviation = 0.1

// initial returns the picture that the first stage starts from.
func (p *pictures) initial(o Options, w, h int) style.Picture {
	switch {
	case p.first != nil:
		return tensor(resized(p.first, w, h))
	case o.Init == FromContent:
		return p.contentAt(o, w, h)
	case o.Init == FromStyle && len(p.styles) > 0:
		s := p.styleAt(o, 0, w, h)
		return tensor(resized(picture(s), w, h))
	}
	random := rand.New(rand.NewPCG(o.Seed+o.InitSeed, 0x9e3779b97f4a7c15))
	q := style.Picture{Height: h, Width: w, Pixels: make([]float32, w*h*3)}
	for i := range q.Pixels {
		q.Pixels[i] = float32(min(max(0.5+noiseDeviation*random.NormFloat64(), 0), 1))
	}
	return q
}

// depth returns the bits per sample of the result.
func (p *pictures) depth(o Options) int {
	if o.Depth == 0 && p.content != nil {
		return p.content.Depth
	}
	return cmp.Or(o.Depth, 8)
}

// finished returns the picture to write, with the content's colours and transparency
// restored, and with its depth.
func (p *pictures) finished(o Options, found style.Picture) (*imgio.Picture, error) {
	if o.Colours == LuminanceOnly {
		found = style.WithColour(found, tensor(resized(p.content, found.Width, found.Height)))
	}
	out := picture(found).Clone()
	out.Depth = p.depth(o)
	if p.alpha == nil {
		return out, nil
	}
	alpha := imgio.Resize(p.alpha, out.Width, out.Height, imgio.Area)
	content := resized(p.content, out.Width, out.Height)
	for i, a := range alpha.Pix {
		if a == 0 { // invisible pixels stay as they were
			copy(out.Pix[3*i:3*i+3], content.Pix[3*i:])
		}
	}
	return out.WithAlpha(alpha)
}
