// Package cli is the command line: one file a command, flags parsed straight
// into the options of package easel, events turned into lines, bars or JSON.
//
// Run is the whole program as a function: arguments and streams in, exit code
// out. Nothing here is global, so tests call it many times.
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
	"easel/internal/engine/device"
)

// The exit codes.
const (
	codeDone        = 0
	codeFailed      = 1
	codeUsage       = 2
	codeInterrupted = 130
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// app is one run of the program: its streams and the flags that all commands
// share.
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
		if r := recover(); r != nil { // a mistake of ours: say so, and where
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
		Short: "Learn picture-to-picture translation from pairs, and use it; style transfer",
		Long: `easel learns picture-to-picture translation from pairs of pictures (pix2pix,
Isola et al. 2017), and paints one picture in the style of another (Gatys et al.
2016), on the machine that you have.`,
		Example: `  easel demo                                          see it work, in about two minutes
  easel prepare edges --in photos --out pairs         make pairs
  easel train --data pairs --out run                  learn
  easel translate --model run --out out *.jpg         use
  easel stylize --content a.jpg --style b.jpg --out c.png`,
		Args:              noArguments,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.checkShared() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.backend, "backend", backend.Default, "what computes: cpu, or xla:NAME or xla:PATH for a plugin of XLA")
	flags.IntVar(&a.threads, "threads", 0, "threads to work with (0: one per core)")
	flags.Uint64Var(&a.seed, "seed", 0, "seed of everything random")
	flags.BoolVar(&a.quiet, "quiet", false, "say nothing but errors")
	flags.BoolVar(&a.json, "json", false, "one event a line, as JSON, on standard output")
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

// checkPrecision fails for what is no precision, or none of the backend's.
func (a *app) checkPrecision(name string) error {
	precision, err := device.ParsePrecision(name)
	if err == nil {
		err = backend.CheckPrecision(a.backend, precision)
	}
	if err != nil {
		return usage(err, adviceOf(err, ""))
	}
	return nil
}

// usageError is a mistake in the arguments: no data could make them right.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// see is the advice to look at a command's help.
func see(cmd *cobra.Command) string { return "see " + cmd.CommandPath() + " --help" }

func usage(err error, advice string) error { return &usageError{hint.New(err, advice)} }

// adviceOf is the hint that an error brings, or else another one.
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

// required makes flags that have to be given.
func required(cmd *cobra.Command, names ...string) error {
	missing := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return cmd.Flags().Changed(n) })
	if len(missing) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s wants --%s", cmd.CommandPath(), strings.Join(missing, " and --")),
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
	if interrupted(err) { // which is what somebody wanted
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

// inFlags is an error with options named as flags. A mistake in them speaks for
// itself: where it was found is left out.
func inFlags(err error) string {
	var bad *usageError
	var wrong *option.Error
	if errors.As(err, &bad) && errors.As(err, &wrong) {
		return option.Word(wrong, option.AsFlag)
	}
	return option.Word(err, option.AsFlag)
}

// errFailedQuietly ends with code 1 where everything has been said already.
var errFailedQuietly = errors.New("failed")
