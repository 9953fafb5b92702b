// Package cli is the command line: one file per command. Flags are parsed into the
// options of the verbs, and events become lines, bars or JSON.
//
// Run is the whole program as a function: arguments and streams in, exit code out. There
// is no global state, so tests call it many times.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/backend"
)

// The exit codes.
const (
	codeDone        = 0
	codeFailed      = 1
	codeUsage       = 2
	codeInterrupted = 130
)

// Streams are the input and the outputs of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// app is one run of the program: its streams, and the flags of all commands.
type app struct {
	Streams
	backend string
	threads int
	seed    uint64
	quiet   bool
	json    bool
	// complaint is the hint of the last file that failed.
	complaint string
}

// Run runs the command line and returns the exit code: 0 done, 1 failed, 2 bad
// usage, 130 interrupted.
func Run(ctx context.Context, args []string, streams Streams) (code int) {
	a := &app{Streams: streams}
	defer func() {
		if r := recover(); r != nil { // a bug of ours: report it, and where
			_, _ = fmt.Fprintf(a.Err, "easel: error: internal error: %v\n%s", r, debug.Stack())
			code = codeFailed
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	return a.report(root.ExecuteContext(ctx))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "easel",
		Short: "Train and use picture-to-picture translation; style transfer",
		Long: `easel trains models that translate pictures, from pairs of pictures (pix2pix, Isola et
al. 2017), and paints one picture in the style of another (Gatys et al. 2016). It runs
on the machine that you have.`,
		Example: `  easel demo                                          see it work, in about two minutes
  easel prepare edges --in photos --out pairs         make pairs
  easel train --data pairs --out run                  learn
  easel translate --model run --out out *.jpg         use
  easel stylize --content a.jpg --style b.jpg --out c.png`,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := notAStream(cmd); err != nil {
				return err
			}
			return a.checkShared()
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.backend, "backend", backend.Default, "what runs the networks: cpu, or xla:NAME or xla:PATH for an XLA plugin")
	flags.IntVar(&a.threads, "threads", 0, "threads to work with (0: one per core)")
	flags.Uint64Var(&a.seed, "seed", 0, "seed of all random numbers")
	flags.BoolVar(&a.quiet, "quiet", false, "print errors only")
	flags.BoolVar(&a.json, "json", false, "print events as JSON, one per line, on standard output")
	root.SetFlagErrorFunc(wrongFlag)
	root.Version = version()
	root.SetVersionTemplate("easel {{.Version}}\n")
	root.SetUsageFunc(usageOf)
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.commands()...)
	return root
}

func (a *app) checkShared() error {
	if err := backend.Check(a.backend); err != nil {
		return usage(err, adviceOf(err, ""))
	}
	if a.threads < 0 || a.threads > 1024 {
		return usage(fmt.Errorf("--threads %d: it must be from 0 to 1024", a.threads), "")
	}
	return nil
}

// notAStream refuses - for standard output where that is not offered: it would be a
// file or a folder of this name.
func notAStream(cmd *cobra.Command) error {
	out := cmd.Flags().Lookup("out")
	if out == nil || out.Value.String() != "-" || strings.HasSuffix(out.Value.Type(), "-") {
		return nil
	}
	return usage(fmt.Errorf("%s does not write to standard output", cmd.CommandPath()), "for a folder or a file of that name, say --out ./-")
}

// usageError is a mistake in the arguments, whatever the data.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// see is the advice to read a command's help.
func see(cmd *cobra.Command) string { return "see " + cmd.CommandPath() + " --help" }

func usage(err error, advice string) error { return &usageError{hint.New(err, advice)} }

// adviceOf is an error's own advice, or else other advice.
func adviceOf(err error, otherwise string) string {
	return cmp.Or(hint.On(err), otherwise)
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	return usage(fmt.Errorf("%s takes no argument %q", cmd.CommandPath(), args[0]), see(cmd))
}

// required reports flags that are missing.
func required(cmd *cobra.Command, names ...string) error {
	missing := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return cmd.Flags().Changed(n) })
	if len(missing) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s needs --%s", cmd.CommandPath(), strings.Join(missing, " and --")),
		see(cmd))
}

// report prints an error with its hint and returns the exit code.
func (a *app) report(err error) int {
	if err == nil {
		return codeDone
	}
	if errors.Is(err, errFailedQuietly) {
		return codeFailed
	}
	text := strings.ReplaceAll(inFlags(err), context.Canceled.Error(), "interrupted")
	begin := "easel: error: "
	if interrupted(err) { // as the user wanted
		begin = "easel: "
	}
	_, _ = fmt.Fprintf(a.Err, "%s%s\n", begin, text)
	a.hintOf(err)
	var bad *usageError
	switch {
	case errors.As(err, &bad):
		return codeUsage
	case interrupted(err):
		return codeInterrupted
	}
	return codeFailed
}

// inFlags is the text of an error with options named as flags. For a mistake in the
// options it leaves out where it was found.
func inFlags(err error) string {
	var bad *usageError
	var wrong *option.Error
	if errors.As(err, &bad) && errors.As(err, &wrong) {
		return option.Word(wrong, option.AsFlag)
	}
	return option.Word(err, option.AsFlag)
}

// errFailedQuietly ends with code 1 after everything has been reported.
var errFailedQuietly = errors.New("failed")
