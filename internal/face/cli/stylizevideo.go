package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/file/ffmpeg"
	"easel/internal/work/stylize"
	"easel/internal/work/video"
)

// namesVideo makes a video that --content names one that --video names.
func namesVideo(cmd *cobra.Command) (bool, error) {
	flags := cmd.Flags()
	film, content := flags.Lookup("video"), flags.Lookup("content")
	switch isFilm := content.Changed && ffmpeg.Writable(content.Value.String()); {
	case film.Changed && content.Changed:
		return false, usage(errors.New("--video is the content: --content does not go with it"), "")
	case isFilm:
		return true, flags.Set("video", content.Value.String())
	}
	return film.Value.String() != "", nil
}

// notOfVideos are options of a picture alone.
var notOfVideos = []string{"init", "size-mode", "save-every", "checkpoint-every"}

// stylizeVideo is easel stylize --video without a network.
func (a *app) stylizeVideo(cmd *cobra.Command, f stylizeFlags, args []string) error {
	var pictures stylize.Options
	frames := stylize.DefaultFrames()
	film, err := parseVideo(cmd, args, "--video", func(flag string) bool {
		_, ofPicture := pictures.Declared().Find(flag)
		_, ofFrames := frames.Declared().Find(flag)
		return flag == "preset" || ofFrames || ofPicture && !slices.Contains(notOfVideos, flag)
	})
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("stability") {
		return usage(errors.New("--stability is that of a network: it goes with --model"), "without one, --temporal-weight is against flicker")
	}
	if err := frames.Declared().Apply(given(cmd)); err != nil {
		return usage(err, see(cmd))
	}
	if err := frames.Declared().Check(); err != nil {
		return usage(err, see(cmd))
	}
	if !cmd.Flags().Changed("content") {
		if err := cmd.Flags().Set("content", film.In); err != nil {
			return err
		}
	}
	o, err := a.stylizeOptions(cmd, f.preset, 0)
	if err != nil {
		return err
	}
	film.Size = o.Size
	l := &stylizeListener{app: a, history: o.History}
	return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
		return a.video(film, func(bar *bar, notify func(video.Event)) (video.Result, error) {
			done := 0
			return stylize.Video(ctx, o, frames, film, func(i stylize.Event) {
				switch {
				case a.json || i.Kind == stylize.Warned || i.Kind == stylize.Planned:
					bar.clear()
					l.hear(i)
				case i.Kind == stylize.Iterated:
					bar.at(done, fmt.Sprintf("frames; %d of %s of the next", i.Done, english.Plural(i.Total, "iteration", "")))
				}
			}, func(e video.Event) {
				done = e.Done
				notify(e)
			})
		})
	})
}
