package ffmpeg

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"easel/internal/base/hint"
)

// Info describes a video.
type Info struct {
	// Width and Height are of its frames as they are shown: upright, with square pixels.
	Width, Height int
	// Depth is 8, or 16 if samples have more than 8 bits.
	Depth int
	// Frames is about how many there are, 0 if the file does not say.
	Frames int
	// Rate is the mean number of frames a second, 0 if unknown.
	Rate float64
	// Sound says whether there is any.
	Sound bool

	stream int
	matrix string // from colours to luma and chroma
}

// probed is what ffprobe says.
type probed struct {
	Streams []stream `json:"streams"`
	Format  struct {
		Duration string `json:"duration"`
	} `json:"format"`
}

type stream struct {
	Index       int            `json:"index"`
	Type        string         `json:"codec_type"`
	Width       int            `json:"width"`
	Height      int            `json:"height"`
	Aspect      string         `json:"sample_aspect_ratio"`
	Format      string         `json:"pix_fmt"`
	Matrix      string         `json:"color_space"`
	Rate        string         `json:"avg_frame_rate"`
	Frames      string         `json:"nb_frames"`
	Duration    string         `json:"duration"`
	Disposition map[string]int `json:"disposition"`
	Tags        struct {
		Rotate string `json:"rotate"`
	} `json:"tags"`
	Side []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`
}

// Probe describes the first video in a file that is no cover picture.
func Probe(ctx context.Context, path string) (Info, error) {
	if _, err := os.Stat(path); err != nil {
		return Info{}, err
	}
	args := append([]string{"-v", "error", "-of", "json", "-show_streams", "-show_format"}, local(path)...)
	cmd, err := command(ctx, "ffprobe", args...)
	if err != nil {
		return Info{}, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	if ctx.Err() != nil {
		return Info{}, ctx.Err()
	}
	var p probed
	if err != nil || json.Unmarshal(text, &p) != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return Info{}, fmt.Errorf("%s: ffmpeg cannot read it: %s", path, lines[len(lines)-1])
	}
	return p.info(path)
}

func (p probed) info(path string) (Info, error) {
	info := Info{stream: -1}
	for _, s := range p.Streams {
		info.Sound = info.Sound || s.Type == "audio"
		if s.Type == "video" && s.Disposition["attached_pic"] == 0 && info.stream < 0 {
			s.describe(&info)
			info.Frames = s.frames(info.Rate, p.Format.Duration)
		}
	}
	if info.stream < 0 || info.Width < 1 || info.Height < 1 {
		return Info{}, hint.New(fmt.Errorf("%s has no video", path), "name a video, or a folder of frames")
	}
	return info, nil
}

func (s stream) describe(info *Info) {
	info.stream, info.Width, info.Height, info.Depth = s.Index, s.Width, s.Height, 8
	if a, b, ok := ratio(s.Aspect, ":"); ok {
		info.Width = int(math.Round(float64(s.Width) * a / b))
	}
	if turns := int(math.Round(s.rotation() / 90)); turns%2 != 0 {
		info.Width, info.Height = info.Height, info.Width
	}
	if strings.HasSuffix(s.Format, "le") || strings.HasSuffix(s.Format, "be") {
		info.Depth = 16 // only formats of more than 8 bits have an order of bytes
	}
	if a, b, ok := ratio(s.Rate, "/"); ok {
		info.Rate = a / b
	}
	// Players take large video that does not say its matrix for BT.709, ffmpeg for BT.601.
	if s.Matrix == "" || s.Matrix == "unknown" {
		if info.matrix = "bt601"; min(s.Width, s.Height) >= 720 {
			info.matrix = "bt709"
		}
	}
}

// rotation is in degrees.
func (s stream) rotation() float64 {
	for _, d := range s.Side {
		if d.Rotation != 0 {
			return d.Rotation
		}
	}
	angle, _ := strconv.ParseFloat(s.Tags.Rotate, 64)
	return angle
}

func (s stream) frames(rate float64, duration string) int {
	if n, err := strconv.Atoi(s.Frames); err == nil {
		return n
	}
	for _, text := range []string{s.Duration, duration} {
		if seconds, err := strconv.ParseFloat(text, 64); err == nil {
			return int(math.Round(seconds * rate))
		}
	}
	return 0
}

// ratio reads two positive numbers.
func ratio(text, between string) (a, b float64, ok bool) {
	first, second, _ := strings.Cut(text, between)
	a, errA := strconv.ParseFloat(first, 64)
	b, errB := strconv.ParseFloat(second, 64)
	return a, b, errA == nil && errB == nil && a > 0 && b > 0
}
