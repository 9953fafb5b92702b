package imgio

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"strings"
)

// DefaultMaxSamples is the size of the largest picture that Read accepts by default, in
// width × height × channels: 1 GiB as float32. A few bytes of header can claim any size, so
// the claim is checked before memory is allocated.
const DefaultMaxSamples = 256 << 20

// ReadOptions say how to read. The zero value suits almost everyone.
type ReadOptions struct {
	// MaxSamples limits width × height × channels; 0 is DefaultMaxSamples.
	MaxSamples int64
	// Frame selects a frame of an animation or a page of a TIFF file, counted from 1. 0 is
	// the first frame of an animation. For TIFF it means all pages, if they have the same
	// size: they become the channels of one picture.
	Frame int
	// Range says which numbers in the file become 0 and 1; see the type. It applies to
	// files of more than 8 bits: 8-bit files beside the data are pictures for the eye.
	// Floating-point samples outside of 0 to 1 are refused without it.
	Range Range
}

func (o ReadOptions) maxSamples() int64 {
	if o.MaxSamples > 0 {
		return o.MaxSamples
	}
	return DefaultMaxSamples
}

// Warning is something that the caller should know about a file although the picture was
// read.
type Warning struct {
	File string // as given to Read or Decode
	Text string // lower case, no full stop
}

// String returns "file: text".
func (w Warning) String() string { return w.File + ": " + w.Text }

// Read reads the picture in the file at path. The format is detected by content, not by
// name. Errors name path and the step that failed.
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
	// Within the limit, no format needs more: four bytes per sample, or eight if there are
	// few, and room for metadata.
	maxBytes := 4*opts.maxSamples() + 64<<20
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: read: %w", name, err)
	}
	if int64(len(data)) > maxBytes {
		return nil, nil, fmt.Errorf("%s: read: %w: the file has more than %d bytes, and the limit is %d samples",
			name, ErrTooLarge, maxBytes, opts.maxSamples())
	}
	f, err := sniff(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	d, err := f.decodeGuarded(data, opts)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: decode %s: %w", name, f.name, err)
	}
	if d.picture.Range == (Range{}) { // profiles apply to the whole range
		d.colours = d.picture.inSRGB(d.profile)
	}
	if opts.Range != (Range{}) && d.picture.Depth > 8 && d.picture.Range != opts.Range {
		d.picture, d.outside = d.picture.InRange(opts.Range)
	}
	return orient(d.picture, d.orientation), d.warnings(name), nil
}

// decoded is a picture with everything that its reader should know.
type decoded struct {
	picture *Picture
	metadata
	frames int    // in the file, if the format allows several
	frame  int    // the one that was read, from 1; 0 is all
	kind   string // "frame" or "page"
	// colours is the warning about the profile, if any.
	colours string
	place   Place // of a file that is read row by row
	// outside is the fraction of samples that were out of the requested range.
	outside float64
}

// metadata is what matters of a file besides its pixels.
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
		all = append(all, Warning{name, fmt.Sprintf("%.2g %% of its samples are outside the range %v and are clamped", max(100*d.outside, 0.01), d.picture.Range)})
	}
	if d.frames > 1 && d.frame > 0 {
		all = append(all, Warning{name, fmt.Sprintf("has %d %ss: number %d is used, %d %s ignored", d.frames, d.kind, d.frame,
			d.frames-1, map[bool]string{true: "is", false: "are"}[d.frames == 2])})
	}
	return all
}

// decodeGuarded is decode with a decoder's panic turned into an error: files come from
// anywhere, and a bug in a decoder must not end a training run.
func (f format) decodeGuarded(data []byte, o ReadOptions) (d decoded, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = decoded{}, fmt.Errorf("the decoder panicked, the file is probably damaged: %v", r)
		}
	}()
	return f.decode(data, o)
}

// pick returns which of n frames or pages o selects, from 1.
func (o ReadOptions) pick(n int, kind string) (int, error) {
	if o.Frame > n {
		return 0, fmt.Errorf("there is no %s %d: the file has %d", kind, o.Frame, n)
	}
	return max(o.Frame, 1), nil
}

// Kinds of errors, for errors.Is.
var (
	// ErrTruncated means that the file ends too early.
	ErrTruncated = errors.New("the file is truncated")
	// ErrTooLarge means that reading needs more samples than ReadOptions.MaxSamples.
	ErrTooLarge = errors.New("the picture is too large")
)

// truncated makes ErrTruncated of a decoder's error that means it.
func truncated(err error) error {
	early := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	for _, words := range []string{"unexpected EOF", "not enough pixel data", "not enough image data"} {
		early = early || strings.Contains(err.Error(), words) // image/png and image/gif have no value for it
	}
	if early {
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return err
}

// checkSize refuses empty pictures and those above the limit.
func checkSize(w, h, channels int, limit int64) error {
	if w < 1 || h < 1 || channels < 1 {
		return fmt.Errorf("header: a picture of %d×%d pixels", w, h)
	}
	if int64(h) > limit/int64(channels)/int64(w) {
		return &SizeError{w, h, channels, limit}
	}
	return nil
}

// SizeError means that a picture's header claims more samples than may be read. It is an
// ErrTooLarge.
type SizeError struct {
	Width, Height, Channels int
	Limit                   int64
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("header: %d×%d pixels of %d channels exceed the limit of %d samples; "+
		"resize the picture, or raise the limit", e.Width, e.Height, e.Channels, e.Limit)
}

// Is makes a SizeError an ErrTooLarge.
func (e *SizeError) Is(target error) bool { return target == ErrTooLarge }

// modelChannels returns the most channels that FromImage will make.
func modelChannels(m color.Model) int {
	switch m {
	case color.GrayModel, color.Gray16Model:
		return 1
	case color.YCbCrModel, color.CMYKModel, color.RGBAModel, color.RGBA64Model:
		return 3 // decoders use the premultiplied models for pictures without alpha
	default:
		return 4
	}
}
