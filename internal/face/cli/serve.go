package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"easel/internal/face/serve"
)

func (a *app) serveCommand() *cobra.Command {
	o := serve.Default()
	var show, verbose bool
	var memory bytes
	var token string
	cmd := &cobra.Command{
		Use:   "serve [--model RUN|FILE]…",
		Short: "Draw and translate in a browser, and an HTTP API",
		Long: `Serve pages to draw and translate with your models in a browser, and the same as an
HTTP API.

  curl -T label.png 'localhost:8420/v1/translate?model=facades' -o photo.png

Trainings, style transfers and other jobs are kept in the folder of --state: they
survive a restart, and go on where they were.

Only this machine is listened to. An address that others reach has a token, which
is printed as part of the address to open; programs send it as a header,
Authorization: Bearer TOKEN. Use --tls-self-signed or a certificate there, or a
proxy that has one.`,
		Example: `  easel serve --model runs/facades --open
  easel serve --model runs/facades --model edges2cats.safetensors
  easel serve --model runs/facades --listen :8420 --tls-self-signed
  easel serve --study study`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Backend, o.Threads, o.Version = a.backend, a.threads, version()
			o.MaxMemory = int64(memory)
			if o.Token = strings.TrimSpace(token); o.Token == "" && o.Public() && !o.Insecure {
				o.Token = serve.NewToken()
			}
			if !a.quiet {
				level := slog.LevelWarn
				if verbose {
					level = slog.LevelDebug
				}
				o.Log = slog.New(slog.NewTextHandler(a.Err, &slog.HandlerOptions{Level: level}))
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
	flags.StringVar(&o.Study, "study", "", "folder of a perceptual study to let people into, of easel study create")
	flags.StringArrayVar(&o.Hosts, "host", nil, "name besides localhost by which browsers may call the server; again for each")
	flags.StringVar(&o.State, "state", "easel-state", "folder for jobs, runs and files that are sent; empty for a server without jobs")
	flags.StringArrayVar(&o.Data, "data", nil, "folder below which jobs may read pairs and pictures; again for each")
	flags.BoolVar(&o.AllowTraining, "allow-training", false, "let others train, too, where they reach the server")
	flags.StringVar(&token, "token", os.Getenv("EASEL_TOKEN"), "what clients have to know (default: the environment's EASEL_TOKEN, or a random one where others reach the address)")
	flags.Lookup("token").DefValue = ""
	flags.BoolVar(&o.Insecure, "insecure", false, "let everybody in who reaches the address")
	flags.StringVar(&o.Certificate, "tls-cert", "", "file of a certificate for TLS")
	flags.StringVar(&o.Key, "tls-key", "", "file of its key")
	flags.BoolVar(&o.SelfSigned, "tls-self-signed", false, "make a certificate; its fingerprint is printed")
	flags.Int64Var(&o.MaxPixels, "max-pixels", o.MaxPixels, "largest picture, width × height")
	flags.Var(&memory, "max-memory", "memory for the pictures of all requests together, and as much for networks, as 4GB (default: a third of what is free)")
	flags.Float64Var(&o.Rate, "rate", o.Rate, "requests a second that one client may make (0: no limit)")
	flags.BoolVar(&verbose, "verbose", false, "print every request")
	flags.BoolVar(&show, "open", false, "open a browser")
	return cmd
}

func (a *app) serve(ctx context.Context, o serve.Options, show bool) error {
	s, err := serve.New(o)
	if err != nil {
		return err
	}
	return s.Run(ctx, func(at serve.Listening) {
		a.say("easel is at %s; stop it with Ctrl-C", at.URL)
		if at.Fingerprint != "" {
			a.say("the certificate's SHA-256 is %s", at.Fingerprint)
		}
		if a.json {
			a.emit(map[string]string{"event": "listening", "url": at.URL, "fingerprint": at.Fingerprint})
		}
		if o.Study != "" {
			base, _, _ := strings.Cut(at.URL, "#")
			a.say("participants of the study begin at %sstudy", base)
		}
		if show {
			if err := browse(at.URL); err != nil {
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
