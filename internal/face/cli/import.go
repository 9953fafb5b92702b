package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/model/stored"
	"easel/internal/model/zoo"
)

func (a *app) importCommand() *cobra.Command {
	var (
		o     zoo.ImportOptions
		out   string
		force bool
	)
	declared := append(option.Group("Files",
		option.Text(&out, "out", "file for the model (.safetensors)").As("FILE"),
		option.Bool(&force, "force", "overwrite the file if it exists"),
	), o.Declared()...)
	cmd := &cobra.Command{
		Use:   "import FILE|DIR --out MODEL.safetensors",
		Short: "Take over a model that another program trained",
		Long: `Take over a model that another program trained. What a file is, its tensors' names
and shapes tell; a file that is nothing known is listed and refused. docs/models.md
says what is known. No code in a file is ever run.

Norms run on the statistics of the picture, as those programs run them, and dropout
is off, so that a picture's translation is always the same; flags say it otherwise.
A folder stands for the model in it, and options that lie beside are read.`,
		Example: `  easel import checkpoints/facades_label2photo/latest_net_G.pth --out facades.safetensors
  easel translate --model facades.safetensors --out photos labels/*.png`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("easel import takes one model, not %d", len(args)), "name a model file, or a folder with one")
			}
			if err := required(cmd, "out"); err != nil {
				return err
			}
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if err := o.Validate(); err != nil {
				return usage(err, see(cmd))
			}
			return a.importModel(args[0], out, force, o)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

// isModel reports whether a file is a model that easel wrote: only that is
// overwritten.
func isModel(path string) bool {
	_, err := stored.ReadHeader(path)
	return err == nil
}

func (a *app) importModel(path, out string, force bool, o zoo.ImportOptions) error {
	switch _, err := os.Lstat(out); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("import: %w", err)
	case !isModel(out):
		return usage(fmt.Errorf("%s already exists and is not a model that easel wrote", out), "choose another name")
	case !force:
		return usage(fmt.Errorf("%s already exists", out), "overwrite it with --force, or choose another name")
	}
	m, err := zoo.Import(path, o)
	if err != nil {
		return err
	}
	if err := m.Write(out); err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "imported", "path": out, "from": m.Path, "format": m.Format, "network": m.Network, "notes": m.Notes})
		return nil
	}
	a.say("%s: %s (%s)", m.Path, m.Network, m.Format)
	for _, n := range m.Notes {
		a.say("  %s", n)
	}
	a.say("%s", out)
	if m.Style != nil {
		a.say("next: easel stylize --model %s --out DIR PICTURE…", out)
	} else {
		a.say("next: easel translate --model %s --out DIR PICTURE…", out)
	}
	return nil
}
