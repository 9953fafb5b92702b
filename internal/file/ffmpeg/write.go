package ffmpeg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// endings are those of the files that are written.
var endings = []string{".mp4", ".m4v", ".mov", ".mkv", ".webm"}

// Writable reports whether a path has the ending of a video that can be written.
func Writable(path string) bool {
	return slices.Contains(endings, strings.ToLower(filepath.Ext(path)))
}

// CheckEnding reports a path that is not Writable.
func CheckEnding(path string) error {
	if Writable(path) {
		return nil
	}
	return hint.New(fmt.Errorf("%s: not a video that can be written", path), "name a file that ends in "+strings.Join(endings, ", "))
}

// Writer writes frames to a file.
type Writer struct {
	path  string
	form  Form
	cmd   *exec.Cmd
	in    io.WriteCloser
	said  *complaints
	raw   []byte
	first int64
	count int
	ended error // why ffmpeg ended before Close
}

// Create begins a video without sound. Its first frame is at the time 0; later ones keep
// their distance to it. A file at path is overwritten. The encoder is that of ffmpeg for
// the file's ending, H.264 for most, at a quality that hides what is lost; frames of odd
// sides lose a row or column, which H.264 has only in pairs.
func Create(path string, f Form) (*Writer, error) {
	w := &Writer{path: path, form: f, raw: make([]byte, f.size())}
	pixels := "yuv420p"
	if f.Depth == 16 {
		pixels = "yuv420p10le"
	}
	every, err := everyFrame()
	if err != nil {
		return nil, err
	}
	args := append(quiet[:len(quiet):len(quiet)], "-y", "-f", "matroska", "-i", "pipe:0",
		"-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,scale=flags=accurate_rnd+full_chroma_int:out_color_matrix=bt709:out_range=tv,format="+pixels,
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
		"-crf", "18", "-enc_time_base", "1:"+strconv.FormatInt(f.Scale, 10),
		"-bsf:v", fmt.Sprintf("setts=pts=PTS:dts=DTS:duration=%d", f.Step)) // an end without a length would lose the frame
	args = append(append(args, every...), muxing(path, f.Scale)...)
	// An interrupted caller still ends the file in order, so its context does not count.
	if w.cmd, err = command(context.Background(), "ffmpeg", append(args, "file:"+path)...); err != nil {
		return nil, err
	}
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	said, err := w.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: ffmpeg: %w", path, err)
	}
	w.said = listen(said, nil)
	_, err = w.in.Write(matroskaHead(f))
	return w, w.failed(err)
}

// muxing are options for the file's kind.
func muxing(path string, scale int64) []string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".webm":
		return []string{"-b:v", "0"} // the quality alone says how many bits there are
	case ".mkv":
		return nil
	}
	return []string{"-video_track_timescale", strconv.FormatInt(scale, 10)}
}

// Put writes a frame of the form's size, shown at a time that is later than that of the
// frame before.
func (w *Writer) Put(p *imgio.Picture, ticks int64) error {
	p, err := p.OnWhite().Convert(colours)
	if err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	if p.Width != w.form.Width || p.Height != w.form.Height {
		return fmt.Errorf("%s: a frame of %d×%d in a video of %d×%d", w.path, p.Width, p.Height, w.form.Width, w.form.Height)
	}
	if w.count == 0 {
		w.first = ticks
	}
	if ticks < w.first {
		return fmt.Errorf("%s: frame %d is shown before the first", w.path, w.count+1)
	}
	w.count++
	w.form.raw(w.raw, p)
	_, err = w.in.Write(append(matroskaFrame(nanoseconds(ticks-w.first, w.form.Scale), len(w.raw)), w.raw...))
	return w.failed(err)
}

// nanoseconds rounds, without overflow for any file.
func nanoseconds(ticks, scale int64) uint64 {
	high, low := bits.Mul64(uint64(ticks), 1e9)
	low, carry := bits.Add64(low, uint64(scale/2), 0)
	quotient, _ := bits.Div64(high+carry, low, uint64(scale))
	return quotient
}

// failed explains an error of the pipe: ffmpeg has ended.
func (w *Writer) failed(err error) error {
	if err == nil {
		return nil
	}
	_ = w.in.Close()
	if w.ended == nil {
		w.ended = fmt.Errorf("%s: %w", w.path, cmp.Or(errors.Join(w.said.end(w.cmd), noPipe(err)), err))
	}
	return w.ended
}

// noPipe leaves out the error that is only the consequence of ffmpeg's end.
func noPipe(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return nil
	}
	return err
}

// Close ends the file. If ffmpeg has ended before, the file is broken, and Close says why.
func (w *Writer) Close() error {
	if w.cmd.ProcessState != nil {
		return w.ended
	}
	if err := w.in.Close(); err != nil {
		return w.failed(err)
	}
	if err := w.said.end(w.cmd); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return nil
}
