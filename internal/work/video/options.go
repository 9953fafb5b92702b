package video

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/file/ffmpeg"
)

// Options say which frames to paint, and where to. Begin with Default.
type Options struct {
	// In is a video, or a folder of frames in natural order.
	In string `json:"video"`
	// Out is a video (.mp4, .m4v, .mov, .mkv or .webm), or a folder for the painted frames.
	Out string `json:"-"`
	// Force overwrites what is there, and begins anew: to go on after an interrupted call,
	// leave it out.
	Force bool `json:"-"`
	// Rate repeats or leaves out frames, so that there are as many a second: 25, 29.97 or
	// 30000/1001. "" keeps all frames and their times; those of a folder are 25 a second.
	Rate string `json:"fps,omitempty"`
	// First and Last are frames, counted from 1; 0 is no limit.
	First int `json:"first,omitempty"`
	Last  int `json:"last,omitempty"`
	// From and To are times in a video, in seconds; 0 is no limit.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
	// Size is the longer side of frames in pixels; 0 is their own.
	Size int `json:"size,omitempty"`
	// Stability is the weight, from 0 to 1, of the frame before in what a network paints,
	// where the motion can be trusted; 0 is frame by frame.
	Stability float64 `json:"stability"`
}

// Default returns the default options.
func Default() Options { return Options{Stability: 0.8} }

// framesOfFolders is the rate of frames that have no times.
const framesOfFolders = "25"

// largest catches typing errors.
const largest = 1 << 16

// Declared returns the options in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Video",
		option.Text(&o.In, "video", "video to paint, through ffmpeg, or folder of frames; the output is a video or a folder, too").As("FILE|DIR"),
		option.Text(&o.Out, "out", "painted video, or folder for the frames").As("FILE|DIR").WithKey("out"),
		option.Bool(&o.Force, "force", "overwrite what is there, and begin anew").WithKey("force"),
		option.Number(&o.Stability, "stability", "weight of the frame before, moved to where things are now: against flicker", option.FromBelow(0, 1)).OrZero("frame by frame"),
		option.Text(&o.Rate, "fps", "frames a second, such as 25 or 30000/1001 (default: all frames at their times; of a folder 25)").As("N").Checked(o.checkRate),
		option.Custom(&o.First, "frames", "A:B", "first and last frame, counted from 1; either may be left out", o.formatFrames, o.parseFrames).Checked(o.checkFrames),
		option.Custom(&o.From, "from", "TIME", "beginning, such as 12.5 or 1:02:03", formatTime, parseTime).Checked(o.checkTimes),
		option.Custom(&o.To, "to", "TIME", "end", formatTime, parseTime),
		option.Int(&o.Size, "size", "pixels along the longer side of frames", 0, largest).OrZero("their own"),
		option.Int(&o.Last, "", "last frame", 0, math.MaxInt32),
	))
}

// Validate reports an invalid option.
func (o Options) Validate() error {
	switch {
	case o.In == "":
		return errors.New("there is no video, and no folder of frames")
	case o.Out == "":
		return hint.New(errors.New("there is no output"), "name a video or a folder with {out}")
	}
	return o.Declared().Check()
}

var aRate = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,3}|/[0-9]+)?$`)

func (o *Options) checkRate() error {
	if o.Rate == "" {
		return nil
	}
	if frames, seconds := o.rate(); !aRate.MatchString(o.Rate) || frames < 1 || seconds < 1 || frames > 1000*seconds {
		return option.Errorf("%v: %s: it must be a number of frames such as 25, 29.97 or 30000/1001", o.Declared().Name(&o.Rate), o.Rate)
	}
	return nil
}

// rate returns the rate as a ratio of whole numbers.
func (o *Options) rate() (frames, seconds int64) {
	text := o.Rate
	if text == "" {
		text = framesOfFolders
	}
	whole, below, isRatio := strings.Cut(text, "/")
	if isRatio {
		seconds, _ = strconv.ParseInt(below, 10, 64)
	} else {
		var part string
		whole, part, _ = strings.Cut(text, ".")
		whole += part
		seconds = int64(math.Pow10(len(part)))
	}
	frames, _ = strconv.ParseInt(whole, 10, 64)
	return frames, seconds
}

func (o *Options) formatFrames(int) string {
	if o.First == 0 && o.Last == 0 {
		return ""
	}
	limit := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return limit(o.First) + ":" + limit(o.Last)
}

func (o *Options) parseFrames(text string) (int, error) {
	first, last, isRange := strings.Cut(text, ":")
	if !isRange {
		return 0, errors.New("it must be two numbers such as 10:20, or one of them with the colon")
	}
	limits := [2]int{}
	for i, word := range []string{first, last} {
		n, err := strconv.Atoi(word)
		if word != "" && (err != nil || n < 1 || n > math.MaxInt32) {
			return 0, errors.New("frames are counted from 1")
		}
		limits[i] = n
	}
	o.Last = limits[1]
	return limits[0], nil
}

func (o *Options) checkFrames() error {
	if o.Last > 0 && o.Last < o.First {
		return option.Errorf("%v: the last frame, %d, is before the first, %d", o.Declared().Name(&o.First), o.Last, o.First)
	}
	return nil
}

func (o *Options) checkTimes() error {
	all := o.Declared()
	switch {
	case !(o.From >= 0) || !(o.To >= 0) || math.IsInf(o.From+o.To, 0):
		return option.Errorf("%v and %v: times are from 0 up", all.Name(&o.From), all.Name(&o.To))
	case o.To > 0 && o.To <= o.From:
		return option.Errorf("%v: the end, %s, is not after the beginning, %s", all.Name(&o.To), formatTime(o.To), formatTime(o.From))
	case (o.From > 0 || o.To > 0) && (o.First > 0 || o.Last > 0):
		return option.Errorf("%v and %v are times, %v are frames: choose one", all.Name(&o.From), all.Name(&o.To), all.Name(&o.First))
	}
	return nil
}

func formatTime(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return strconv.FormatFloat(seconds, 'f', -1, 64)
}

// parseTime reads seconds, minutes:seconds or hours:minutes:seconds.
func parseTime(text string) (float64, error) {
	words := strings.Split(text, ":")
	total := 0.0
	for i, word := range words {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || len(words) > 3 || !(v >= 0) || i > 0 && v >= 60 || i < len(words)-1 && v != math.Trunc(v) || v > 1e9 {
			return 0, errors.New("it must be a time in seconds, such as 12.5, or 1:02:03")
		}
		total = 60*total + v
	}
	return total, nil
}

// isFolder reports whether a path is a folder.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkPlaces reports an output that is the input, or neither a video nor a folder.
func (o *Options) checkPlaces() error {
	in, err := os.Stat(o.In)
	if err != nil {
		return err
	}
	if out, err := os.Stat(o.Out); err == nil && os.SameFile(in, out) {
		return hint.New(fmt.Errorf("%s is both the input and the output", o.Out), "choose another {out}")
	}
	if in.IsDir() && (o.From > 0 || o.To > 0) {
		return hint.New(fmt.Errorf("%s is a folder, whose frames have no times", o.In), "choose frames by their numbers with {frames}")
	}
	if !isFolder(o.Out) && filepath.Ext(o.Out) != "" {
		return ffmpeg.CheckEnding(o.Out)
	}
	return nil
}

// toVideo reports whether the output is a video.
func (o *Options) toVideo() bool { return ffmpeg.Writable(o.Out) && !isFolder(o.Out) }
