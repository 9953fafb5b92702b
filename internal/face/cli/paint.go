package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/data/sheet"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/stylize"
	"easel/internal/work/translate"
)

// paintFlags are the flags of easel stylize that apply with --model.
var paintFlags = []string{"model", "out", "force", "max-memory", "style", "blend", "mask", "colors", "original-colors", "strip", "strength", "tile", "overlap"}

// paint is easel stylize --model: it paints pictures with a feed-forward style network.
func (a *app) paint(cmd *cobra.Command, f stylizeFlags, args []string) error {
	var other error
	cmd.Flags().Visit(func(one *pflag.Flag) {
		if cmd.InheritedFlags().Lookup(one.Name) == nil && !slices.Contains(paintFlags, one.Name) && other == nil {
			other = usage(fmt.Errorf("--%s has no effect with --model", one.Name), "a feed-forward network takes only --style, --blend, --mask, --colors and --strength")
		}
	})
	var asked stylize.Options
	if err := asked.Declared().Apply(given(cmd)); err != nil && other == nil {
		other = usage(err, see(cmd))
	}
	switch {
	case other != nil:
		return other
	case len(args) == 0:
		return usage(errors.New("no picture is given"), "name pictures or folders")
	case asked.Out == "":
		return usage(errors.New("easel stylize needs --out"), "with --model it is a folder for the painted pictures")
	}
	variants, err := variantsFor(f, asked.Styles)
	if err != nil {
		return err
	}
	if len(variants) > 1 {
		return a.paintEvery(cmd.Context(), f, asked, variants, args)
	}
	return a.paintIn(cmd.Context(), f, asked, args, nil)
}

// paintIn paints pictures in one style, or one mixture.
func (a *app) paintIn(ctx context.Context, f stylizeFlags, asked stylize.Options, args []string, made func(input, output string)) error {
	m, err := a.openStyle(f, asked)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.translateFiles(ctx, m, "painted", args, asked.Out, translate.FileOptions{Force: asked.Force}, made)
}

// variantsFor are the variants in which the network of --model paints. Only a network of
// any style takes folders of them: those that others have learned are names.
func variantsFor(f stylizeFlags, styles []stylize.Style) ([]stylize.Variant, error) {
	m, err := stored.OpenStyle(f.model)
	if err != nil {
		return nil, err
	}
	if err := m.Close(); err != nil {
		return nil, err
	}
	if !m.Network.Any() && f.strip == 0 {
		return []stylize.Variant{{Styles: styles}}, nil
	}
	return variantsOf(styles, f.strip)
}

// variantsOf are the variants of styles that are files and folders.
func variantsOf(styles []stylize.Style, strip int) ([]stylize.Variant, error) {
	variants, err := stylize.Variants(styles, strip)
	var wrong *option.Error
	if errors.As(err, &wrong) {
		return nil, usage(err, "")
	}
	return variants, err
}

// paintEvery paints pictures in every variant, into a folder for each, and a sheet of all.
func (a *app) paintEvery(ctx context.Context, f stylizeFlags, asked stylize.Options, variants []stylize.Variant, args []string) error {
	out, path := asked.Out, filepath.Join(asked.Out, stylize.SheetFile)
	if _, err := os.Lstat(path); err == nil && !asked.Force && !isFolder(filepath.Join(out, variants[0].Name)) {
		return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "overwrite with --force, or choose another folder with --out")
	}
	var inputs, columns []string
	at := map[string][]*imgio.Picture{} // by input
	for k, v := range variants {
		columns = append(columns, v.Name)
		asked.Styles, asked.Out = v.Styles, filepath.Join(out, v.Name)
		var failed error
		err := a.paintIn(ctx, f, asked, args, func(input, output string) {
			if at[input] == nil {
				inputs, at[input] = append(inputs, input), make([]*imgio.Picture, len(variants))
			}
			p, _, err := imgio.Read(output, imgio.ReadOptions{})
			if err == nil {
				at[input][k], err = sheet.Thumbnail(p)
			}
			failed = errors.Join(failed, err)
		})
		if err = errors.Join(err, failed); err != nil {
			return err
		}
	}
	var rows [][]*imgio.Picture
	var names []string
	for _, input := range inputs {
		name := filepath.Base(input)
		rows, names = append(rows, at[input]), append(names, strings.TrimSuffix(name, filepath.Ext(name)))
	}
	if err := imgio.Write(path, sheet.Labelled(rows, names, columns)); err != nil {
		return err
	}
	a.say("wrote %s", path)
	return nil
}

// paintVideo is easel stylize --model --video.
func (a *app) paintVideo(cmd *cobra.Command, f stylizeFlags, args []string) error {
	o, err := parseVideo(cmd, args, "--model and --video", func(flag string) bool { return slices.Contains(paintFlags, flag) })
	if err != nil {
		return err
	}
	var asked stylize.Options
	texts := given(cmd)
	delete(texts, "size") // that of the frames
	if err := asked.Declared().Apply(texts); err != nil {
		return usage(err, see(cmd))
	}
	m, err := a.openStyle(f, asked)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.modelVideo(cmd.Context(), m, o)
}

// openStyle opens the network of --model with the style that is asked for.
func (a *app) openStyle(f stylizeFlags, asked stylize.Options) (*translate.Model, error) {
	if !(f.strength >= 0 && f.strength <= 1) {
		return nil, usage(fmt.Errorf("--strength %g: it must be from 0 to 1", f.strength), "")
	}
	o := translate.ModelOptions{Backend: a.backend, Precision: asked.Precision, Threads: a.threads}
	o.Translation.MaxMemory, o.Translation.Tile, o.Translation.Overlap = asked.MaxMemory, f.tile, f.overlap
	style, err := chosenStyle(f.model, asked.Styles)
	if err != nil {
		return nil, err
	}
	style.Strength, style.Colours = f.strength, asked.Colours
	return translate.OpenStyle(f.model, style, o)
}

// chosenStyle is what --style, --blend and --mask say: pictures for a network of any style,
// and names for one that has learned several.
func chosenStyle(model string, styles []stylize.Style) (o translate.StyleOptions, err error) {
	if len(styles) == 0 {
		return o, nil
	}
	m, err := stored.OpenStyle(model)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	n := m.Network.Learned()
	if n > 1 {
		o.Weights, o.Masks = make([]float64, n), make([]*imgio.Picture, n)
	}
	for _, s := range styles {
		mask, err := readMask(s.Mask)
		if err != nil {
			return o, err
		}
		if n > 1 {
			i := slices.IndexFunc(m.Styles, func(p stored.StylePicture) bool { return p.Name == s.Path })
			if i < 0 {
				return o, usage(fmt.Errorf("%s has not learned the style %q", model, s.Path), "it has learned "+namesOfStyles(m.Styles))
			}
			o.Weights[i] += s.Weight
			o.Masks[i] = mask
			continue
		}
		picture, _, err := imgio.Read(s.Path, imgio.ReadOptions{})
		if err != nil {
			return o, err
		}
		o.Pictures, o.Weights, o.Masks = append(o.Pictures, picture), append(o.Weights, s.Weight), append(o.Masks, mask)
	}
	return o, nil
}

// readMask reads a mask, nil for none.
func readMask(path string) (*imgio.Picture, error) {
	if path == "" {
		return nil, nil
	}
	p, _, err := imgio.Read(path, imgio.ReadOptions{})
	if err == nil {
		p, err = p.Mask()
	}
	if err != nil {
		return nil, fmt.Errorf("mask: %w", err)
	}
	return p, nil
}

func namesOfStyles(list []stored.StylePicture) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}
