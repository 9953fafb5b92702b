package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

func (a *app) weightsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "weights",
		Short: "Download, inspect and normalise the weights of VGG-19",
		Long: `The weights of VGG-19, the network whose features style transfer compares. They are not
part of easel: fetch downloads them. Or name a .safetensors or .pth file with them in
--weights.

Part of easel is a small network for style transfer without them, called small: VGG-19
with convolutions of low rank, which easel distilled from the weights of the Visual
Geometry Group, University of Oxford (CC BY 4.0). A build with the tag nosmall leaves it
out.`,
		Example: `  easel weights fetch vgg19
  easel weights inspect vgg19.safetensors
  easel weights inspect small
  easel weights normalize --weights vgg19.safetensors --out normalised.safetensors photos`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.weightsFetchCommand(), a.weightsInspectCommand(), a.weightsNormalizeCommand())
	return cmd
}

func (a *app) weightsFetchCommand() *cobra.Command {
	var o weights.FetchOptions
	cmd := &cobra.Command{
		Use:   "fetch vgg19",
		Short: "Download weights to the cache folder",
		Long: `Download weights to the user's cache folder, where they are the default for --weights:
vgg19, as trained by torchvision, 575 MB. Size and SHA-256 are checked; an interrupted
download continues where it stopped.`,
		Example: "  easel weights fetch vgg19",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New("easel weights fetch wants the name of weights"), "there is vgg19")
			}
			if _, err := weights.FindDownload(args[0]); err != nil {
				return usage(err, adviceOf(err, ""))
			}
			if err := o.Declared().Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			d, path, err := o.Plan(args[0])
			if err != nil {
				return err
			}
			return a.fetchWeights(cmd.Context(), d, path)
		},
	}
	addOptions(cmd, o.Declared())
	return cmd
}

func (a *app) fetchWeights(ctx context.Context, d weights.Download, path string) error {
	a.say("%s: %.0f MB from %s", d.About, float64(d.Size)/1e6, d.URL)
	bar := a.progress("fetching", int(d.Size))
	percent := int64(-1)
	fetched, err := d.Fetch(ctx, http.DefaultClient, path, func(done int64) {
		bar.at(int(done), "fetching")
		if p := 100 * done / d.Size; a.json && p > percent {
			percent = p
			a.emit(map[string]any{"event": "fetching", "bytes": done, "total": d.Size})
		}
	})
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "fetched", "path": path, "bytes": d.Size, "sha256": d.SHA256, "new": fetched})
		return nil
	}
	if !fetched {
		a.say("%s is already complete and correct", path)
		return nil
	}
	a.say("%s: size and SHA-256 are correct", path)
	return nil
}

// weightsFlags are the options that name weights.
type weightsFlags struct {
	path string
	kind vgg.Kind
}

func (w *weightsFlags) declared() option.List {
	return option.Group("Weights",
		option.Text(&w.path, "weights", "file with the weights of VGG-19 (default: those that easel weights fetch has downloaded)").As("FILE"),
		option.Choice(&w.kind, "weights-kind", "input of the network, if the file does not tell, RGB from 0 to 1 or BGR from 0 to 255", vgg.Torchvision, vgg.Caffe).Optional(),
	)
}

// open reads the weights; if path is "", those that were downloaded.
func (w *weightsFlags) open() (*vgg.Weights, weights.About, error) {
	path := w.path
	if path == "" {
		var err error
		if path, err = weights.Cached(); err != nil {
			return nil, weights.About{}, err
		}
		if path == "" {
			return nil, weights.About{}, usage(errors.New("there are no weights"), "name a file with --weights, or download them: easel weights fetch vgg19")
		}
	}
	return weights.Open(path, w.kind)
}

func (a *app) weightsInspectCommand() *cobra.Command {
	var w weightsFlags
	declared := w.declared().Without(&w.path)
	cmd := &cobra.Command{
		Use:     "inspect [FILE]",
		Short:   "Describe a file of weights",
		Long:    "Describe a file of weights: kind, layers, normalisation. Without a file, the downloaded ones.",
		Example: "  easel weights inspect vgg19.safetensors",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(fmt.Errorf("easel weights inspect takes one file, not %d", len(args)), "")
			}
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if len(args) == 1 {
				w.path = args[0]
			}
			values, about, err := w.open()
			if err != nil {
				return err
			}
			a.showWeights(values, about)
			return nil
		},
	}
	addOptions(cmd, declared)
	return cmd
}

func (a *app) showWeights(w *vgg.Weights, about weights.About) {
	if a.json {
		a.emit(about)
		return
	}
	a.say("%s: VGG-19, %d of its 16 convolutions, width %d (%s)", about.Path, len(about.Layers), about.Width, about.Format)
	if about.Rank > 0 {
		a.say("rank           %d: %s", about.Rank, about.Origin)
	}
	a.say("kind           %s, by %s", about.Kind, about.Evidence)
	if n := about.Normalisation; n != nil {
		a.say("normalised     over %d pictures (%d pixels), %s pooling, %s border", n.Pictures, n.Positions, n.Pooling, n.Border)
	} else {
		a.say("normalised     no")
	}
	a.say("%-10s %9s %12s %12s", "layer", "channels", "kernel rms", "bias rms")
	for _, f := range w.Filters {
		a.say("%-10s %9d %12.4g %12.4g", f.Layer, f.Channels(), rms(f.Kernel), rms(f.Bias))
	}
}

func (a *app) weightsNormalizeCommand() *cobra.Command {
	var (
		w   weightsFlags
		out string
	)
	o := weights.DefaultNormaliseOptions()
	declared := slices.Concat(w.declared(), option.Group("Weights",
		option.Text(&out, "out", "file for the new weights (.safetensors)").As("FILE"),
	), o.Declared())
	cmd := &cobra.Command{
		Use:   "normalize --out FILE PICTURE|DIR…",
		Short: "Rescale filters to a mean activation of 1 over photographs",
		Long: `Rescale the filters of VGG-19 so that each has a mean activation of 1 over photographs
and their positions, as in the paper (Gatys et al. 2016, §2). The network still
distinguishes the same things, but its layers have one scale. Any hundred photographs
will do. The result is a safetensors file that is marked as normalised; losses need
other weights with it than with the original.`,
		Example: "  easel weights normalize --weights vgg19.safetensors --out normalised.safetensors photos",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "out"); err != nil {
				return err
			}
			if len(args) == 0 {
				return usage(errors.New("there is no photograph"), "name photographs, or folders of them")
			}
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.Validate(); err != nil {
				return usage(err, see(cmd))
			}
			return a.normalizeWeights(cmd.Context(), w, args, out, o)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

func (a *app) normalizeWeights(ctx context.Context, w weightsFlags, inputs []string, out string, o weights.NormaliseOptions) error {
	if _, err := os.Lstat(out); err == nil {
		return hint.New(fmt.Errorf("%s already exists", out), "name another file with --out")
	}
	pictures, err := imgio.Find(inputs...)
	if err != nil {
		return err
	}
	values, about, err := w.open()
	if err != nil {
		return err
	}
	d, err := backend.Open(a.backend, backend.Options{Threads: a.threads})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	bar := a.progress("measuring", len(pictures))
	scaled, about, err := weights.Normalise(ctx, d, values, about, pictures, o, func(p weights.Progress) {
		for _, w := range p.Warnings {
			bar.clear()
			a.warn(w.String())
		}
		bar.step(1)
		if a.json {
			a.emit(map[string]any{"event": "measured", "picture": p.Picture, "width": p.Width, "height": p.Height, "done": p.Done, "total": p.Total})
		}
	})
	bar.finish()
	if err != nil {
		return err
	}
	if err := weights.Write(out, scaled, about); err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "written", "path": out, "normalisation": about.Normalisation})
	}
	a.say("%s: normalised over %d pictures, %d pixels", out, about.Normalisation.Pictures, about.Normalisation.Positions)
	return nil
}

// rms is the root of the mean square.
func rms(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(values)))
}
