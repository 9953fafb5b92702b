package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"easel/internal/base/hint"
	"easel/internal/engine/backend"
	"easel/internal/engine/xla"
	"easel/internal/engine/xla/install"
)

func (a *app) backendsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backends",
		Short: "List what this binary can compute with, and install plugins",
		Long: `List what this binary can compute with on this machine: the processor, and
plugins of XLA for GPUs and other hardware, with their devices and memory. If
something is missing, it says what to do.

Plugins are searched for in the folders of ` + xla.FoldersVariable + `, where easel backends install
puts them, in the active Python environment (VIRTUAL_ENV, CONDA_PREFIX), and in
go-xla's folders. Any other is chosen by its path: --backend xla:/path/to/plugin.so.`,
		Example: `  easel backends
  easel backends install cuda
  easel train --data pairs --out run --backend xla:cuda`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.listBackends(cmd.Context())
			return nil
		},
	}
	cmd.AddCommand(a.describeCommand(), a.installCommand())
	return cmd
}

func (a *app) listBackends(ctx context.Context) {
	for _, r := range backend.List(func(p xla.Plugin) backend.Report { return a.describeApart(ctx, p) }) {
		r.Hint = hint.Spell(r.Hint, flags{})
		if a.json {
			a.emit(r)
			continue
		}
		a.say("%-12s %s", r.Backend, r.About)
		if r.Path != "" {
			a.say("%-12s %s", "", r.Path)
		}
		for _, h := range r.Devices {
			a.say("%-12s %s", "", hardware(h))
		}
		if r.Problem != "" {
			a.say("%-12s cannot be used: %s", "", r.Problem)
		}
		if r.Hint != "" {
			a.say("%-12s to do: %s", "", r.Hint)
		}
	}
}

func hardware(h backend.Hardware) string {
	text := h.Name
	if h.Kind != "" && h.Kind != h.Name {
		text += ", " + h.Kind
	}
	switch {
	case h.MemoryBytes > 0:
		text += fmt.Sprintf(", %.1f of %.1f GB free", float64(h.FreeBytes)/1e9, float64(h.MemoryBytes)/1e9)
	case h.FreeBytes > 0:
		text += fmt.Sprintf(", %.1f GB free", float64(h.FreeBytes)/1e9)
	}
	return text
}

// describeVariable is set in the process that opens a plugin, so that it does not
// start another one.
const describeVariable = "EASEL_DESCRIBES"

// describeCommand opens a plugin for describeApart.
func (a *app) describeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "describe NAME PATH", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return json.NewEncoder(a.Out).Encode(backend.Describe(xla.Plugin{Name: args[0], Path: args[1]}))
		},
	}
}

// describeApart opens a plugin in a separate process: it is other people's code, and
// may end the process.
func (a *app) describeApart(ctx context.Context, p xla.Plugin) backend.Report {
	r := backend.Report{Backend: "xla:" + p.Name, Path: p.Path}
	self, err := os.Executable()
	if err != nil || os.Getenv(describeVariable) != "" {
		return backend.Describe(p)
	}
	var out, said strings.Builder
	child := exec.CommandContext(ctx, self, "backends", "describe", p.Name, p.Path)
	child.Args[0] = os.Args[0]
	child.Env = append(os.Environ(), describeVariable+"=1")
	child.Stdout, child.Stderr = &out, &said
	if err := child.Run(); err != nil {
		r.Problem = fmt.Sprintf("the plugin ended the process that opened it (%v): %s", err, firstError(said.String()))
		r.Hint = "use another version of the plugin, and check that its driver and libraries fit it"
		return r
	}
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		r.Problem = fmt.Sprintf("the plugin printed something unexpected: %v", err)
	}
	return r
}

// fatal finds the message of a crash: F and the date by a plugin, SIG… by Go.
var fatal = regexp.MustCompile(`(?m)^(F\d{4} |SIG).*`)

// firstError is what a plugin printed before it ended.
func firstError(text string) string {
	if line := fatal.FindString(text); line != "" {
		return line
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}

func (a *app) installCommand() *cobra.Command {
	var o install.Options
	cmd := &cobra.Command{
		Use:   "install " + strings.Join(install.Names(), "|"),
		Short: "Download and install a plugin with the libraries that it needs",
		Long: `Download XLA's CUDA plugin and NVIDIA's libraries (2.5 GB, Python packages, but no
Python is needed to run them), check the size and SHA-256 of each, and unpack them
into easel's folder of plugins. An interrupted download continues where it stopped.
You need an NVIDIA GPU and its driver. By installing you accept NVIDIA's licences,
which are in the same folder.

The packages come from the index that pip is configured for, or from --index. To do
the same without easel, ` + "`pip install \"jax-cuda13-plugin[with-cuda]\"`" + ` in a virtual
		environment that is active when easel runs.

		This is the only part of easel's XLA that uses the network.`,
		Example: `  easel backends install cuda
  easel backends install cuda --index https://mirror.example/simple`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New("easel backends install needs one name"), "there is "+strings.Join(install.Names(), ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := install.Find(args[0])
			if err != nil {
				return usage(err, "")
			}
			if err := o.Declared().Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			return a.install(cmd.Context(), p, o)
		},
	}
	addOptions(cmd, o.Declared())
	return cmd
}

func (a *app) install(ctx context.Context, p install.Package, o install.Options) error {
	bar := a.progress("fetching", int(p.Size()>>20))
	folder, err := install.Run(ctx, p, o, func(s install.Progress) { bar.at(int(s.Done>>20), "fetching "+s.Project+", MB") })
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		a.emit(map[string]any{"event": "installed", "name": p.Name, "path": folder, "bytes": p.Size()})
	}
	a.say("%s is in %s", p.Name, folder)
	if !xla.Built {
		a.hint("this binary cannot load it: " + xla.BuildHint)
	}
	return nil
}
