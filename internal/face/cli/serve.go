package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"easel/internal/face/serve"
)

func (a *app) serveCommand() *cobra.Command {
	o := serve.Default()
	var show bool
	cmd := &cobra.Command{
		Use:   "serve [--model RUN|FILE]…",
		Short: "Draw and translate in a browser, and an HTTP API",
		Long: `Serve pages to draw and translate with your models in a browser, and the same as an
HTTP API. Only this machine is listened to.

  curl -T label.png 'localhost:8420/v1/translate?model=facades' -o photo.png`,
		Example: `  easel serve --model runs/facades --open
  easel serve --model runs/facades --model edges2cats.safetensors`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Backend, o.Threads, o.Version = a.backend, a.threads, version()
			if !a.quiet {
				o.Log = slog.New(slog.NewTextHandler(a.Err, nil))
			}
			if err := o.Validate(); err != nil {
				return usage(err, adviceOf(err, see(cmd)))
			}
			return a.serve(cmd.Context(), o, show)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Listen, "listen", o.Listen, "address to listen on")
	flags.StringArrayVar(&o.Models, "model", nil, "run folder or model file; again for each")
	flags.StringArrayVar(&o.Hosts, "host", nil, "name besides localhost by which browsers may call the server; again for each")
	flags.BoolVar(&show, "open", false, "open a browser")
	return cmd
}

func (a *app) serve(ctx context.Context, o serve.Options, show bool) error {
	s, err := serve.New(o)
	if err != nil {
		return err
	}
	return s.Run(ctx, func(address string) {
		url := "http://" + address
		a.say("easel is at %s; stop it with Ctrl-C", url)
		if a.json {
			a.emit(map[string]string{"event": "listening", "url": url})
		}
		if show {
			if err := browse(url); err != nil {
				a.warn(fmt.Sprintf("no browser could be opened: %v", err))
			}
		}
	})
}

// browse opens a URL in the user's browser.
func browse(url string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", url).Start()
	case "darwin":
		return exec.Command("open", url).Start()
	}
	return exec.Command("xdg-open", url).Start()
}
