package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/option"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// videoOptions returns the flags for video that a command does not have for pictures.
func videoOptions(o *video.Options, shared ...any) option.List {
	return o.Declared().Without(append(shared, &o.Out, &o.Force)...)
}

// parseVideo reads the flags of --video. applies says which others have an effect with the
// flags that choose it.
func parseVideo(cmd *cobra.Command, args []string, with string, applies func(flag string) bool) (video.Options, error) {
	o := video.Default()
	declared := o.Declared()
	var idle error
	cmd.Flags().Visit(func(one *pflag.Flag) {
		_, ok := declared.Find(one.Name)
		if ok = ok || cmd.InheritedFlags().Lookup(one.Name) != nil || applies(one.Name); !ok && idle == nil {
			idle = usage(fmt.Errorf("--%s has no effect with %s", one.Name, with), "")
		}
	})
	if err := declared.Apply(given(cmd)); err != nil && idle == nil {
		return o, usage(err, see(cmd))
	}
	switch {
	case idle != nil:
		return o, idle
	case len(args) > 0:
		return o, usage(fmt.Errorf("with --video there are no pictures, but %q is given", args[0]), "")
	case o.Out == "":
		return o, usage(fmt.Errorf("%s needs --out", cmd.CommandPath()), "name a video such as out.mp4, or a folder for the frames")
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, see(cmd))
	}
	return o, nil
}

// modelVideo paints a video by a model.
func (a *app) modelVideo(ctx context.Context, m *translate.Model, o video.Options) error {
	return a.video(o, func(_ *bar, notify func(video.Event)) (video.Result, error) { return m.Video(ctx, o, notify) })
}

// video shows how a video is painted.
func (a *app) video(o video.Options, paint func(bar *bar, notify func(video.Event)) (video.Result, error)) error {
	bar := a.progress("painting", 0)
	defer bar.finish()
	r, err := paint(bar, func(e video.Event) {
		bar.total(e.Total)
		bar.at(e.Done, "frames")
		if a.json {
			a.emit(map[string]any{"event": "frame", "done": e.Done, "total": e.Total, "kept": e.Kept})
		}
	})
	if err != nil {
		return err
	}
	bar.finish()
	if r.Recoded {
		a.warn("the sound was encoded again: a file of this kind cannot have it as it was")
	}
	if r.Damage != "" {
		a.warn(fmt.Sprintf("%s is damaged, so that frames may be missing: %s", o.In, r.Damage))
	}
	kept := ""
	if r.Kept > 0 {
		kept = fmt.Sprintf(", %d of them before", r.Kept)
	}
	a.say("%d frames painted into %s%s", r.Frames, o.Out, kept)
	return nil
}

// noVideo refuses flags of a video where there is none.
func noVideo(cmd *cobra.Command, list option.List) error {
	if cmd.Flags().Changed("video") {
		return usage(errors.New("--video is empty"), "name a video, or a folder of frames")
	}
	for _, one := range list {
		if one.Flag != "" && cmd.Flags().Changed(one.Flag) {
			return usage(fmt.Errorf("--%s goes with --video", one.Flag), "")
		}
	}
	return nil
}
