package imgio

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
)

// DefaultMaxSamples is the largest picture that Read accepts unless told
// otherwise: width × height × channels, 1 GiB as float32. A header can claim
// anything in a few bytes, so the claim is checked before memory is taken.
const DefaultMaxSamples = 256 << 20

// ReadOptions is how to read. The zero value is right for almost everyone.
type ReadOptions struct {
	// MaxSamples limits width × height × channels; 0 is DefaultMaxSamples.
	MaxSamples int64
	// Frame is which frame of an animation, or page of a TIFF file, is read,
	// counted from 1. 0 is the first frame, and of pages all that have one size:
	// they are the channels of one picture.
	Frame int
	// Range is which numbers in the file become 0 and 1; see Range. It is for files of
	// more than 8 bits: those of 8 are pictures for the eye beside the data. Floating
	// point beyond 0 to 1 is refused without one.
	Range Range
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
	// No format needs more than this for a picture within the limit: four bytes a
	// sample, eight for few, and room for metadata.
	maxBytes := 4*opts.maxSamples() + 64<<20
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
	d, err := f.decodeGuarded(data, opts)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: decode %s: %w", name, f.name, err)
	}
	if d.picture.Range == (Range{}) { // a profile is for the whole range
		d.colours = d.picture.inSRGB(d.profile)
	}
	if opts.Range != (Range{}) && d.picture.Depth > 8 && d.picture.Range != opts.Range {
		d.picture, d.outside = d.picture.InRange(opts.Range)
	}
	return orient(d.picture, d.orientation), d.warnings(name), nil
}

// decoded is a picture and what its reader should know besides.
type decoded struct {
	picture *Picture
	metadata
	frames int    // that the file has, counted where it can have more than one
	frame  int    // which of them the picture is, from 1; 0 is all
	kind   string // of frames: "frame" or "page"
	// colours is what is to be said of the profile.
	colours string
	place   Place // of a file that is read by rows
	// outside is how much of the samples lies outside of the range that was asked for.
	outside float64
}

// metadata is what is needed of a file besides its pixels.
type metadata struct {
	orientation orientation
	profile     []byte // an ICC profile
}

func (d decoded) warnings(name string) []Warning {
	var all []Warning
	if d.colours != "" {
		all = append(all, Warning{name, d.colours})
	}
	if d.outside > 0 {
		all = append(all, Warning{name, fmt.Sprintf("%.2g %% of its samples lie outside of the range %v and are clamped", max(100*d.outside, 0.01), d.picture.Range)})
	}
	if d.frames > 1 && d.frame > 0 {
		all = append(all, Warning{name, fmt.Sprintf("has %d %ss, of which number %d is used and %d %s left", d.frames, d.kind, d.frame,
			d.frames-1, map[bool]string{true: "is", false: "are"}[d.frames == 2])})
	}
	return all
}

// decodeGuarded is decode with a panic of a decoder turned into an error: files
// come from anywhere, and a decoder's bug must not end a training run.
func (f format) decodeGuarded(data []byte, o ReadOptions) (d decoded, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = decoded{}, fmt.Errorf("the decoder panicked, the file is probably damaged: %v", r)
		}
	}()
	return f.decode(data, o)
}

// pick says which of n frames, or pages, o wants, from 1.
func (o ReadOptions) pick(n int, kind string) (int, error) {
	if o.Frame > n {
		return 0, fmt.Errorf("there is no %s %d: the file has %d", kind, o.Frame, n)
	}
	return max(o.Frame, 1), nil
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
		return &SizeError{w, h, channels, limit}
	}
	return nil
}

// SizeError is that a picture has more samples than may be read, by what its header
// claims.
type SizeError struct {
	Width, Height, Channels int
	Limit                   int64
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("header: it claims %d×%d pixels of %d channels, more than the limit of %d samples; "+
		"resize the picture, or raise the limit", e.Width, e.Height, e.Channels, e.Limit)
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
