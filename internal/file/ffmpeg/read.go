package ffmpeg

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"easel/internal/file/imgio"
)

// Selection says which frames to read, and at which size. The zero value is all, as they
// are.
type Selection struct {
	// First and Last are frames counted from 1; 0 is no limit.
	First, Last int
	// From and To are times in seconds; 0 is no limit.
	From, To float64
	// Rate, if not "", repeats or leaves out frames: 25, 29.97 or 30000/1001 a second.
	Rate string
	// Width and Height are the size of frames; 0 is the video's.
	Width, Height int
	// Skip leaves out as many of the frames that the other fields choose.
	Skip int
}

// filter is the chain of ffmpeg's filters.
func (s Selection) filter(info Info) string {
	var chain, trim []string
	if s.First > 1 {
		trim = append(trim, fmt.Sprintf("start_frame=%d", s.First-1))
	}
	if s.Last > 0 {
		trim = append(trim, fmt.Sprintf("end_frame=%d", s.Last))
	}
	if s.From > 0 {
		trim = append(trim, fmt.Sprintf("start=%f", s.From))
	}
	if s.To > 0 {
		trim = append(trim, fmt.Sprintf("end=%f", s.To))
	}
	if trim != nil {
		chain = append(chain, "trim="+strings.Join(trim, ":"))
	}
	if s.Rate != "" {
		chain = append(chain, "fps="+s.Rate)
	}
	if s.Skip > 0 {
		chain = append(chain, fmt.Sprintf("trim=start_frame=%d", s.Skip))
	}
	scale := fmt.Sprintf("scale=%d:%d:flags=lanczos+accurate_rnd+full_chroma_int", s.Width, s.Height)
	if info.matrix != "" {
		scale += ":in_color_matrix=" + info.matrix
	}
	return strings.Join(append(chain, scale, "showinfo=checksum=0"), ",")
}

// noTime stands for a time that ffmpeg does not know.
const noTime = math.MinInt64

// Frame is a picture at Ticks/Scale seconds after the file's beginning.
type Frame struct {
	Picture *imgio.Picture
	Ticks   int64
}

// Reader reads frames one after the other.
type Reader struct {
	cmd    *exec.Cmd
	out    io.ReadCloser
	said   *complaints
	path   string
	form   Form
	raw    []byte
	ticks  chan int64
	base   chan [2]int64
	factor int64 // ticks in a unit of the stream's time base
	read   int
	short  bool // the file ends too early
}

// Open begins to read a video. Close ends it.
func Open(ctx context.Context, path string, info Info, s Selection) (*Reader, error) {
	if s.Width == 0 {
		s.Width, s.Height = info.Width, info.Height
	}
	r := &Reader{
		path: path, form: Form{Width: s.Width, Height: s.Height, Depth: info.Depth},
		ticks: make(chan int64, 1024), base: make(chan [2]int64, 1),
		short: s.Last == 0 && s.To == 0 && endsInPacket(path),
	}
	r.raw = make([]byte, r.form.size())
	every, err := everyFrame()
	if err != nil {
		return nil, err
	}
	args := append([]string{"-hide_banner", "-nostdin", "-loglevel", "level+info", "-nostats"}, local(path)...)
	args = append(args, "-map", fmt.Sprintf("0:%d", info.stream), "-vf", s.filter(info))
	args = append(append(args, every...), "-f", "rawvideo", "-pix_fmt", r.form.pixels(), "-")
	if r.cmd, err = command(ctx, "ffmpeg", args...); err != nil {
		return nil, err
	}
	if r.out, err = r.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	said, err := r.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: ffmpeg: %w", path, err)
	}
	r.said = listen(said, r.hear)
	go func() { <-r.said.done; close(r.ticks) }()
	return r, nil
}

// What showinfo says of the stream and of each frame.
var (
	timeBase = regexp.MustCompile(`^\[Parsed_showinfo.*\] config in time_base: (\d+)/(\d+)`)
	frameAt  = regexp.MustCompile(`^\[Parsed_showinfo.*\] n: *\d+ pts: *(\S+) pts_time`)
	anError  = regexp.MustCompile(`^(\[[^\]]* @ [^\]]*\] )?\[(error|fatal|panic)\] `)
	damage   = regexp.MustCompile(`^(\[[^\]]* @ [^\]]*\] )?\[warning\] (.*(?i:corrupt).*|PES packet size mismatch)$`)
)

// hear takes a line that ffmpeg says at its level "info", each with its own level, and
// returns those of errors, and of warnings of damage, without it.
func (r *Reader) hear(line string) string {
	if m := timeBase.FindStringSubmatch(line); m != nil {
		a, _ := strconv.ParseInt(m[1], 10, 64)
		b, _ := strconv.ParseInt(m[2], 10, 64)
		select {
		case r.base <- [2]int64{a, b}:
		default: // a filter that is configured again, at another size of frames
		}
		return ""
	}
	if m := frameAt.FindStringSubmatch(line); m != nil {
		at, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			at = noTime
		}
		r.ticks <- at
		return ""
	}
	if m := damage.FindStringSubmatch(line); m != nil {
		return m[1] + m[2]
	}
	if !anError.MatchString(line) {
		return ""
	}
	return anError.ReplaceAllString(line, "$1")
}

// Next returns the next frame; at the end, io.EOF.
func (r *Reader) Next() (Frame, error) {
	n, err := io.ReadFull(r.out, r.raw)
	if err != nil {
		ended := r.said.end(r.cmd)
		switch {
		case ended != nil:
			return Frame{}, fmt.Errorf("%s: after frame %d: %w", r.path, r.read, ended)
		case n > 0:
			return Frame{}, fmt.Errorf("%s: frame %d is incomplete", r.path, r.read+1)
		}
		return Frame{}, io.EOF
	}
	at, ok := <-r.ticks
	if !ok || at == noTime {
		return Frame{}, fmt.Errorf("%s: ffmpeg does not say when frame %d is shown", r.path, r.read+1)
	}
	if r.factor == 0 {
		r.factor, r.form.Scale = 1, 1
		select {
		case base := <-r.base:
			r.factor, r.form.Scale = base[0], base[1]
		default:
			return Frame{}, errors.New(r.path + ": ffmpeg does not say its unit of time")
		}
	}
	r.read++
	return Frame{r.form.picture(r.raw), at * r.factor}, nil
}

// Scale is the number of ticks in a second, known after the first frame.
func (r *Reader) Scale() int64 { return r.form.Scale }

// Complaints are ffmpeg's last errors, known at the end of the frames; "" if there are none.
// It reads on after some, so that frames are missing or damaged.
func (r *Reader) Complaints() string {
	said := r.said.String()
	if r.short && said == "" {
		return "the file ends within a packet"
	}
	return said
}

// Close ends reading, also before the end.
func (r *Reader) Close() error {
	_ = r.out.Close()
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Kill()
		_ = r.said.end(r.cmd) // killed
	}
	return nil
}

// Form is how frames are written.
type Form struct {
	Width, Height int
	// Depth is 8 or 16 bits a sample.
	Depth int
	// Scale is the number of ticks in a second, and Step how many the last frame of a file
	// is shown.
	Scale, Step int64
}

// colours is the number of channels: RGB.
const colours = 3

func (f Form) size() int { return f.Width * f.Height * colours * f.Depth / 8 }

// pixels is what ffmpeg calls them.
func (f Form) pixels() string {
	if f.Depth == 16 {
		return "rgb48le"
	}
	return "rgb24"
}

// picture converts raw samples.
func (f Form) picture(raw []byte) *imgio.Picture {
	p := imgio.New(f.Width, f.Height, colours)
	p.Depth = f.Depth
	if f.Depth == 16 {
		for i := range p.Pix {
			p.Pix[i] = float32(binary.LittleEndian.Uint16(raw[2*i:])) / 65535
		}
		return p
	}
	var values [256]float32
	for v := range values {
		values[v] = float32(v) / 255
	}
	for i, v := range raw {
		p.Pix[i] = values[v]
	}
	return p
}

// raw converts a picture to samples, rounded.
func (f Form) raw(dst []byte, p *imgio.Picture) {
	if f.Depth == 16 {
		for i, v := range p.Pix {
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(min(max(v, 0), 1)*65535+0.5))
		}
		return
	}
	for i, v := range p.Pix {
		dst[i] = byte(min(max(v, 0), 1)*255 + 0.5)
	}
}
