package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/data/prepare"
)

// labelFlags are the options of easel prepare labels.
type labelFlags struct {
	*prepareFlags
	labels prepare.LabelOptions
	find   string
}

func (a *app) labelsCommand() *cobra.Command {
	f := &labelFlags{prepareFlags: newPrepareFlags(), labels: prepare.LabelOptions{From: "auto"}}
	cmd := &cobra.Command{
		Use:   "labels --in DIR (--find FILE | --palette FILE --to index|color --out DIR)",
		Short: "Convert index maps to colours and back; find a palette",
		Long: `Convert label pictures: index maps to colours, or colours to index maps. Converting
colours to colours removes JPEG noise from label pictures.

A palette file has one class per line: index, red, green, blue and optionally a name.

  0    0   0 222  background
  1    0  48 255  wall
  255  0   0   0  unlabelled

--find writes a palette file: the colours of label pictures, JPEG or not, the most
frequent first. Change its names and indices as you like. --half says which half of
side-by-side pairs has the labels.`,
		Example: `  easel prepare labels --in labels --find palette.txt
  easel prepare labels --in labels --palette palette.txt --to index --out maps
  easel prepare labels --in maps --palette palette.txt --to color --out labels`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.labels(cmd, f) },
	}
	f.add(cmd, f.folders("label pictures", "results"), option.Group("Labels",
		option.Text(&f.find, "find", "palette file to write").As("FILE"),
	), f.labels.Declared(), f.options.Declared().Without(&f.options.Apart))
	return cmd
}

func (a *app) labels(cmd *cobra.Command, f *labelFlags) error {
	if err := f.apply(a, cmd); err != nil {
		return err
	}
	if f.find != "" {
		if f.labels.Palette != "" || f.out != "" || f.labels.To != "" || !f.options.Shard.Whole() {
			return usage(errors.New("--find only writes a palette: it excludes --palette, --to, --shard and --out"), "")
		}
		if err := required(cmd, "in"); err != nil {
			return err
		}
		return a.findPalette(cmd, f)
	}
	if err := required(cmd, "in", "palette", "to", "out"); err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	return a.prepare(cmd.Context(), f.out, "picture", f.options, func(ctx context.Context, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Labels(ctx, f.in, f.out, f.labels, o, notify)
	})
}

func (a *app) findPalette(cmd *cobra.Command, f *labelFlags) error {
	if err := f.options.Validate(); err != nil {
		return usage(err, see(cmd))
	}
	if err := prepare.MayWritePalette(f.find, f.options.Force); err != nil {
		return err
	}
	bar := a.progress("reading colours", 0)
	p, err := prepare.FindPalette(cmd.Context(), f.in, f.labels.Half, f.options, func(done, total int) {
		bar.total(total)
		bar.step(1)
	})
	bar.finish()
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if err := p.Save(f.find); err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "palette", "classes": p.Classes, "output": f.find})
	}
	for _, c := range p.Classes {
		a.say("%3d  %3d %3d %3d  #%02x%02x%02x", c.Index, c.Colour[0], c.Colour[1], c.Colour[2], c.Colour[0], c.Colour[1], c.Colour[2])
	}
	a.say("%d classes in %s; you can add their names after the colours", len(p.Classes), f.find)
	return nil
}
