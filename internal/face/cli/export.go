package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"easel"
	"easel/internal/base/option"
	"easel/internal/model/stored"
	"easel/internal/model/zoo"
	"easel/internal/work/site"
)

func (a *app) exportCommand() *cobra.Command {
	var (
		o     zoo.ExportOptions
		s     site.Options
		web   string
		files = map[easel.ExportFormat]*string{easel.ONNX: new(string), easel.PyTorch: new(string), easel.Safetensors: new(string)}
	)
	declared := slices.Concat(option.Group("Formats",
		option.Text(files[easel.ONNX], "onnx", "file for the network as ONNX").As("FILE"),
		option.Text(files[easel.PyTorch], "pytorch", "file for the weights as the authors' PyTorch port has them (.pth)").As("FILE"),
		option.Text(files[easel.Safetensors], "safetensors", "file for a model of easel's").As("FILE"),
		option.Text(&web, "web", "folder for a web site that runs the model").As("DIR"),
	), o.Declared(), s.Declared().Without(&s.Int8).Edit(&s.Force, func(o option.Option) option.Option {
		o.Help = "overwrite files, or a site, that exist"
		return o
	}))
	cmd := &cobra.Command{
		Use:   "export RUN|FILE --onnx FILE | --pytorch FILE | --safetensors FILE | --web DIR",
		Short: "Write a model for other programs, or as a web site",
		Long: `Write a model for other programs. Norms run on the statistics of the picture there
too, and there is no noise, unless --noise makes its masks inputs.

--onnx writes the network as a graph (opset 17) that ONNX Runtime and browsers run:
input and output [batch, channels, height, width] from −1 to 1, for pictures of any
size that the metadata's easel.multiple divides. --pytorch writes a state dict that
the authors' PyTorch port loads, with its names. --safetensors writes a model of
easel's without what only training needs.

--web writes a static site: the pages of easel serve to draw and translate on, and the
model, which runs in the visitor's browser, by WebGPU where there is a graphics
processor. Any server of files will do. Weights are float16 there, and noise is on.
It needs ONNX Runtime Web (MIT), 33 MB, which is fetched to the cache folder the first
time; --runtime names a copy instead.

--half writes weights as float16: half the size, a little less exact. --int8 writes
the kernels of an ONNX file or a site in 8 bits: a quarter of the size, less exact.`,
		Example: `  easel export runs/facades --onnx facades.onnx
  easel export runs/facades --pytorch checkpoints/facades/latest_net_G.pth
  easel export runs/facades --safetensors facades.safetensors --half
  easel export runs/facades --web site && python3 -m http.server --directory site`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("easel export takes one model, not %d", len(args)), "name a run folder or a model file")
			}
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			s.Int8 = o.Int8
			var wanted []easel.ExportFormat
			for _, f := range []easel.ExportFormat{easel.ONNX, easel.PyTorch, easel.Safetensors} {
				if *files[f] != "" {
					wanted = append(wanted, f)
				}
			}
			if len(wanted) == 0 && web == "" {
				return usage(errors.New("easel export needs --onnx, --pytorch, --safetensors or --web"), see(cmd))
			}
			for _, f := range wanted {
				if err := a.exportModel(args[0], f, *files[f], s.Force, easel.ExportOptions(o)); err != nil {
					return err
				}
			}
			if web == "" {
				return nil
			}
			return a.exportSite(cmd.Context(), args[0], web, easel.SiteOptions(s))
		},
	}
	addOptions(cmd, declared)
	return cmd
}

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func (a *app) exportModel(path string, format easel.ExportFormat, out string, force bool, o easel.ExportOptions) error {
	if source, err := stored.Find(path); err == nil && sameFile(source, out) {
		return usage(fmt.Errorf("%s is the model that is exported", out), "choose another name")
	}
	if _, err := os.Lstat(out); err == nil && !force {
		return usage(fmt.Errorf("%s already exists", out), "overwrite it with --force, or choose another name")
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("export: %w", err)
	}
	notes, err := easel.Export(path, format, out, o)
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "exported", "path": out, "format": format, "half": o.Half, "int8": o.Int8, "noise": o.Noise, "notes": notes})
		return nil
	}
	for _, n := range notes {
		a.say("  %s", n)
	}
	a.say("%s", out)
	return nil
}

// exportSite writes a site, and says what it fetches for that.
func (a *app) exportSite(ctx context.Context, path, folder string, o easel.SiteOptions) error {
	p := site.Runtime()
	bar := a.progress("fetching", int(p.Size))
	said := false
	r, err := easel.ExportSite(ctx, http.DefaultClient, path, folder, o, func(progress easel.SiteProgress) {
		if !said {
			said = true
			a.say("%s %s (%s): %s from %s", p.Name, p.Version, p.Licence, humanize.Bytes(uint64(p.Size)), p.URL)
			if a.json {
				a.emit(map[string]any{"event": "fetching", "name": p.Name, "version": p.Version, "licence": p.Licence, "from": p.URL, "bytes": p.Size, "sha256": p.SHA256})
			}
		}
		bar.at(int(progress.Done), "fetching")
	})
	if said {
		bar.finish()
	}
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "exported", "path": r.Path, "format": "web", "bytes": r.Bytes, "network": r.Network, "int8": o.Int8})
		return nil
	}
	a.say("%s: %s, of which the model is %s; any server of files will do", r.Path, humanize.Bytes(uint64(r.Bytes)), humanize.Bytes(uint64(r.Network)))
	return nil
}
