package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"easel/internal/base/option"
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
depend on --threads.

Large sets can be made in parts, by several machines that see the same folders: --shard 3/7
makes the third of seven. All parts together are, byte for byte, what one call makes.`,
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

// prepareFlags are the options of a verb of prepare.
type prepareFlags struct {
	in, out string
	options prepare.Options
	// declared are all of them, with the verb's own.
	declared option.List
}

func newPrepareFlags() *prepareFlags { return &prepareFlags{options: prepare.Default()} }

// folders are the options of a verb that reads one folder and writes another.
func (f *prepareFlags) folders(in, out string) option.List {
	return option.Group("Folders", folderOption(&f.in, "in", "folder of "+in), folderOption(&f.out, "out", "folder for the "+out))
}

// folderOption is a folder that a verb reads or writes.
func folderOption(field *string, flag, help string) option.Option {
	return option.Text(field, flag, help).As("DIR")
}

// ofFiles are the shared options of verbs that do not change pictures, but for some.
func (f *prepareFlags) ofFiles(without ...any) option.List {
	o := &f.options
	return o.Declared().Without(append(without, &o.Size, &o.Fit, &o.Apart)...)
}

// add makes flags of options.
func (f *prepareFlags) add(cmd *cobra.Command, options ...option.List) {
	f.declared = slices.Concat(options...)
	addOptions(cmd, f.declared)
}

// apply sets the options that were given, and those that all commands share.
func (f *prepareFlags) apply(a *app, cmd *cobra.Command) error {
	if err := f.declared.Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
		return usage(err, see(cmd))
	}
	return nil
}

// check reports the first invalid option.
func (f *prepareFlags) check(cmd *cobra.Command) error {
	if err := f.declared.Check(); err != nil {
		return usage(err, see(cmd))
	}
	return nil
}

// preparation is one of package prepare's functions, with its folders.
type preparation func(context.Context, prepare.Options, func(prepare.Event)) (prepare.Result, error)

// makes is the RunE of a verb that makes pictures.
func (a *app) makes(f *prepareFlags, what string, do preparation, wants ...string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, wants...); err != nil {
			return err
		}
		if err := cmp.Or(f.apply(a, cmd), f.check(cmd)); err != nil {
			return err
		}
		return a.prepare(cmd.Context(), f.out, what, f.options, do)
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
