package ffmpeg

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
)

// Part is a piece of a video: a file that a Writer made.
type Part struct {
	Path string
	// Ticks is the time from its first frame to that of the next part.
	Ticks int64
}

// Sound is where a video's sound comes from.
type Sound struct {
	// Path is the file, "" for silence.
	Path string
	// From and To are times in it, in seconds; a To of 0 is its end.
	From, To float64
	// Delay is when the first frame is shown, in seconds after From.
	Delay float64
}

// ListFile is the name of a file that Join writes beside the parts.
const ListFile = "parts.txt"

// Join puts parts, whose ticks are 1/scale seconds, into one file, with sound. Nothing is
// encoded again, unless out cannot have the sound as it is: recoded says so. The file is
// not synced; rename it to its name when this has returned.
func Join(ctx context.Context, parts []Part, scale int64, s Sound, out string) (recoded bool, err error) {
	list := filepath.Join(filepath.Dir(parts[0].Path), ListFile)
	if err := os.WriteFile(list, []byte(concatenation(parts, scale)), 0o666); err != nil {
		return false, err
	}
	args := []string{"-y", "-itsoffset", fmt.Sprintf("%.6f", s.Delay), "-f", "concat", "-safe", "0", "-i", list}
	var sound []string
	if s.Path != "" {
		if s.From > 0 {
			args = append(args, "-ss", fmt.Sprintf("%.6f", s.From))
			sound = append(sound, "-copypriorss", "0") // no packets from before it
		}
		if s.To > 0 {
			args = append(args, "-t", fmt.Sprintf("%.6f", s.To-s.From))
		}
		args = append(args, local(s.Path)...)
		args = append(args, "-map", "0:v:0", "-map", "1:a?", "-map_metadata", "1")
	}
	args = append(args, "-c:v", "copy")
	end := append(append(sound, muxing(out, scale)...), "-movflags", "+faststart", "file:"+out)
	err = run(ctx, append(append(args[:len(args):len(args)], "-c:a", "copy"), end...)...)
	if err != nil && s.Path != "" && ctx.Err() == nil {
		recoded = true
		err = run(ctx, append(args, end...)...)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return false, hint.New(fmt.Errorf("%s: put its parts together: %w", out, err), "the parts are kept; try another ending, such as .mkv")
	}
	return recoded, nil
}

// concatenation is a script for ffmpeg, with the time of each part.
func concatenation(parts []Part, scale int64) string {
	var text strings.Builder
	text.WriteString("ffconcat version 1.0\n")
	for i, p := range parts {
		fmt.Fprintf(&text, "file '%s'\n", strings.ReplaceAll(filepath.Base(p.Path), "'", `'\''`))
		if i < len(parts)-1 {
			fmt.Fprintf(&text, "duration %.9f\n", float64(p.Ticks)/float64(scale))
		}
	}
	return text.String()
}
