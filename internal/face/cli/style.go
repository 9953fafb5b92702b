package cli

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/model/feedforward"
	"easel/internal/work/train"
)

func (a *app) styleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "style",
		Short: "Train a network that paints in a style in one pass",
		Long: `Train a network that paints in a style in one pass. easel stylize --model runs it,
and paints a picture in a moment where easel stylize alone takes minutes.`,
		Example: "  easel style train --style starry_night.jpg --data photos --out starry.safetensors --time 1h",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.styleTrainCommand())
	return cmd
}

func (a *app) styleTrainCommand() *cobra.Command {
	shown, _ := train.DefaultStyle(feedforward.Johnson, "") // what --help shows
	cmd := &cobra.Command{
		Use:   "train --style PICTURE --data PHOTOS --out MODEL",
		Short: "Train a network that paints in a style",
		Long: `Train a network on a folder of photographs to paint in the style of a picture
(--kind johnson, Johnson et al. 2016), or in the style of any picture that it is given
afterwards (--kind adain, Huang and Belongie 2017), for which --style names folders of
many paintings. Several pictures with --kind johnson are styles that one network learns
(Dumoulin et al. 2017): easel stylize --style NAME chooses one, and --blend mixes them.

The photographs may be any, of any shape; a hundred will do to begin with. Some are held
out, and MODEL is the network that had the lowest loss on them. What is compared is what
VGG-19 sees (easel weights fetch vgg19 downloads its weights); without its weights the
small network in easel stands in for it, and for adain a network of random weights, which
knows texture and palette only.

--out NAME.safetensors keeps the run in the folder NAME: config.json, log.jsonl,
checkpoints/, samples/ and report.html. Ctrl-C saves; --resume goes on with the same
numbers as if it had never stopped. --steps, --epochs and --time are totals, also when
resuming.`,
		Example: `  easel style train --style starry_night.jpg --data photos --out starry.safetensors --time 1h
  easel style train --style wave.png --data photos --out wave.safetensors --image-size 128 --width 16 --steps 2000
  easel style train --kind adain --style paintings --data photos --out any.safetensors --time 12h
  easel style train --resume starry --time 2h`,
	}
	addOptions(cmd, shown.Declared())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage(errors.New("easel style train takes no arguments: a folder of photographs is --data"), see(cmd))
		}
		o, err := a.styleOptions(cmd)
		if err != nil {
			return err
		}
		l := &trainListener{app: a, run: o.Folder()}
		err = train.Style(cmd.Context(), o, l.hear)
		l.finish()
		if err != nil {
			return err
		}
		style := ""
		if o.Network.Any() {
			style = " --style PICTURE"
		}
		a.say("see %s; use it: easel stylize --model %s%s --out DIR PICTURE…", filepath.Join(l.run, "report.html"), quoted(o.File()), style)
		return nil
	}
	return cmd
}

// styleOptions are the defaults of the kind, or the run that is resumed, and the given
// flags on top.
func (a *app) styleOptions(cmd *cobra.Command) (train.StyleOptions, error) {
	o, err := a.styleBase(cmd)
	if err != nil {
		return o, err
	}
	if err := o.Declared().Apply(given(cmd).With(a.shared(cmd, o.Resume != ""))); err != nil {
		return o, usage(err, see(cmd))
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, adviceOf(err, see(cmd)))
	}
	return o, nil
}

func (a *app) styleBase(cmd *cobra.Command) (train.StyleOptions, error) {
	if cmd.Flags().Changed("resume") {
		if cmd.Flags().Changed("out") {
			return train.StyleOptions{}, usage(errors.New("a resumed run has its folder and its model: --resume goes without --out"), "")
		}
		return train.ResumeStyleOptions(cmd.Flags().Lookup("resume").Value.String())
	}
	if err := required(cmd, "style", "data", "out"); err != nil {
		return train.StyleOptions{}, err
	}
	var asked train.StyleOptions // which defaults are wanted depends on these
	only := option.Given{}
	for _, name := range []string{"kind", "weights"} {
		if texts, ok := given(cmd)[name]; ok {
			only[name] = texts
		}
	}
	if err := asked.Declared().Apply(only); err != nil {
		return asked, usage(err, see(cmd))
	}
	return train.DefaultStyle(asked.Network.Kind, asked.Weights)
}
