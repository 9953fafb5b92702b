package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"easel"
	"easel/internal/model/stored"
)

func (a *app) exportCommand() *cobra.Command {
	var (
		o     easel.ExportOptions
		force bool
		files = map[easel.ExportFormat]*string{easel.ONNX: new(string), easel.PyTorch: new(string), easel.Safetensors: new(string)}
	)
	cmd := &cobra.Command{
		Use:   "export RUN|FILE --onnx FILE | --pytorch FILE | --safetensors FILE",
		Short: "Write a model for other programs",
		Long: `Write a model for other programs. Norms run on the statistics of the picture there
too, and there is no noise, unless --noise makes its masks inputs.

--onnx writes the network as a graph (opset 17) that ONNX Runtime and browsers run:
input and output [batch, channels, height, width] from −1 to 1, for pictures of any
size that the metadata's easel.multiple divides. --pytorch writes a state dict that
the authors' PyTorch port loads, with its names. --safetensors writes a model of
easel's without what only training needs.

--half writes weights as float16: half the size, a little less exact. --int8 writes
the kernels of an ONNX file in 8 bits: a quarter of the size, less exact.`,
		Example: `  easel export runs/facades --onnx facades.onnx
  easel export runs/facades --pytorch checkpoints/facades/latest_net_G.pth
  easel export runs/facades --safetensors facades.safetensors --half`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("easel export takes one model, not %d", len(args)), "name a run folder or a model file")
			}
			var wanted []easel.ExportFormat
			for _, f := range []easel.ExportFormat{easel.ONNX, easel.PyTorch, easel.Safetensors} {
				if *files[f] != "" {
					wanted = append(wanted, f)
				}
			}
			if len(wanted) == 0 {
				return usage(errors.New("easel export wants --onnx, --pytorch or --safetensors"), see(cmd))
			}
			for _, f := range wanted {
				if err := a.exportModel(args[0], f, *files[f], force, o); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(files[easel.ONNX], "onnx", "", "file for the network as ONNX")
	flags.StringVar(files[easel.PyTorch], "pytorch", "", "file for the weights as the authors' PyTorch port has them (.pth)")
	flags.StringVar(files[easel.Safetensors], "safetensors", "", "file for a model of easel's")
	flags.BoolVar(&o.Half, "half", false, "weights as float16")
	flags.BoolVar(&o.Int8, "int8", false, "kernels in 8 bits, with a scale for each channel (ONNX)")
	flags.BoolVar(&o.Noise, "noise", false, "dropout masks and z as inputs; the metadata's easel.noise describes them (ONNX)")
	flags.BoolVar(&force, "force", false, "overwrite files that exist")
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
		return usage(fmt.Errorf("%s exists already", out), "overwrite it with --force, or choose another name")
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
