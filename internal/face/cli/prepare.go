package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/data/prepare"
)

func (a *app) prepareCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prepare",
		Short: "Make pairs out of pictures, split them, look them over",
		Long: `Make the pairs that easel train reads, and look them over.

Pictures are taken from a folder and its subfolders, and outputs keep their names and
folders. Sources are never changed, and existing files are not overwritten without
--force. If a command was interrupted, give it again to continue. The result does not
depend on --threads.`,
		Example: `  easel prepare edges --in photos --out pairs --size 256
  easel prepare combine --a labels --b photos --out pairs
  easel prepare split --in pairs --out data
  easel prepare inspect --data data --out look`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.combineCommand(), a.splitCommand(), a.edgesCommand(), a.grayCommand(), a.holesCommand(),
		a.lowresCommand(), a.noiseCommand(), a.labelsCommand(), a.inspectCommand())
	return cmd
}

// prepareFlags are the flags that verbs of prepare share.
type prepareFlags struct {
	in, out string
	fit     string
	options prepare.Options
}

// add adds the flags of all verbs that write pictures.
func (f *prepareFlags) add(cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "", "folder for the "+what)
	flags.BoolVar(&f.options.Force, "force", false, "replace outputs of an earlier call")
}

// addIn adds the flag of verbs that have one source.
func (f *prepareFlags) addIn(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&f.in, "in", "", "folder of "+what)
}

// addShape adds the flags of verbs that make pairs.
func (f *prepareFlags) addShape(cmd *cobra.Command) {
	f.addSize(cmd)
	cmd.Flags().BoolVar(&f.options.Apart, "apart", false, "write A/ and B/ instead of side-by-side pictures")
}

func (f *prepareFlags) addSize(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.options.Size, "size", 0, "first bring pictures to this width and height (0: keep their size)")
	cmd.Flags().StringVar(&f.fit, "fit", f.options.Fit.String(), "how to do that: crop, pad (with white) or stretch")
}

// checked returns the options, with those that all commands share. Its errors, and own,
// which are those of the verb's own options, are mistakes in the arguments.
func (a *app) checked(cmd *cobra.Command, f prepareFlags, own ...error) (prepare.Options, error) {
	o := f.options
	o.Seed, o.Workers = a.seed, a.threads
	if f.fit != "" {
		fit, err := prepare.ParseFit(f.fit)
		if err != nil {
			return o, usage(err, see(cmd))
		}
		o.Fit = fit
	}
	for _, err := range append(own, o.Validate()) {
		if err != nil {
			return o, usage(err, see(cmd))
		}
	}
	return o, nil
}

// preparation is one of package prepare's functions, with its folders.
type preparation func(context.Context, prepare.Options, func(prepare.Event)) (prepare.Result, error)

// makes is the RunE of a verb that makes pictures; own validates its options.
func (a *app) makes(f *prepareFlags, what string, own func() error, do preparation, wants ...string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, wants...); err != nil {
			return err
		}
		o, err := a.checked(cmd, *f, own())
		if err != nil {
			return err
		}
		return a.prepare(cmd.Context(), f.out, what, o, do)
	}
}

func (a *app) prepare(ctx context.Context, out, what string, o prepare.Options, do preparation) error {
	bar, heard := a.progress("preparing", 0), warnings{}
	result, err := do(ctx, o, func(p prepare.Event) {
		bar.total(p.Total)
		for _, w := range p.Warnings {
			heard.add(w.File, w.Text)
		}
		event := "prepared"
		if p.Kept {
			event = "kept"
		}
		a.fileDone(bar, fileDone{event, p.Input, p.Output, p.Done, p.Total, p.Err})
	})
	bar.finish()
	heard.tell(a)
	if result.LeftOut != "" {
		a.warn(result.LeftOut)
	}
	if err != nil {
		if result.Made+result.Kept > 0 {
			a.say("%s of %s are done; the same command continues from here", english.Plural(result.Made+result.Kept, what, ""), out)
		}
		return fmt.Errorf("prepare: %w", err)
	}
	if a.json {
		a.emit(map[string]any{"event": "done", "made": result.Made, "kept": result.Kept, "failed": result.Failed, "output": out})
	}
	text := english.Plural(result.Made, what, "") + " made"
	if result.Kept > 0 {
		text += fmt.Sprintf(", %d kept from before,", result.Kept)
	}
	if result.Failed > 0 {
		a.say("%s in %s; %d failed", strings.TrimSuffix(text, ","), out, result.Failed)
		return errFailedQuietly
	}
	a.say("%s in %s", text, out)
	return nil
}

// warnings prints each text once, however many files it is about.
type warnings struct {
	texts []string
	files map[string][]string
}

func (w *warnings) add(file, text string) {
	if w.files == nil {
		w.files = map[string][]string{}
	}
	if !slices.Contains(w.texts, text) {
		w.texts = append(w.texts, text)
	}
	w.files[text] = append(w.files[text], file)
}

func (w *warnings) tell(a *app) {
	for _, text := range w.texts {
		files := w.files[text]
		line := files[0] + ": " + text
		if len(files) > 1 {
			line += fmt.Sprintf(" (and the same for %s)", english.Plural(len(files)-1, "more file", ""))
		}
		a.warn(line)
	}
}
