package cli

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/face/serve"
)

func (a *app) serveCommand() *cobra.Command {
	o := serve.Default()
	var show, verbose bool
	var joinTokenFile string
	nats := newCluster()
	o.State = "easel-state"
	declared := append(append(option.Group("Models",
		option.Texts(&o.Models, "model", "run folder or model file; again for each").As("RUN|FILE"),
		backend.PrecisionOption(&o.Precision, &a.backend),
		option.Text(&o.Palette, "palette", "file of the labels' colours, for models that do not tell those of their inputs").As("FILE"),
		option.Text(&o.Study, "study", "folder of a perceptual study (easel study create) to let people take part in").As("DIR"),
		option.Text(&o.State, "state", "folder for jobs, runs and uploaded files; empty for a server without jobs").As("DIR"),
		option.Texts(&o.Data, "data", "folder with pairs and pictures that jobs may read; again for each").As("DIR"),
	), option.Group("Address",
		option.Text(&o.Listen, "listen", "address to listen on").As("ADDRESS"),
		option.Bool(&show, "open", "open a browser"),
		option.Texts(&o.Hosts, "host", "name besides localhost under which browsers may call the server; again for each").As("NAME"),
		option.Text(&o.Token, "token", "token that clients must send (default: EASEL_TOKEN in the environment, or a random one if others can reach the address)"),
		option.Bool(&o.AllowTraining, "allow-training", "let others train too, if they can reach the server"),
		option.Bool(&o.Insecure, "insecure", "let in everybody who can reach the address"),
		option.Text(&o.Certificate, "tls-cert", "file of a certificate for TLS").As("FILE"),
		option.Text(&o.Key, "tls-key", "file of its key").As("FILE"),
		option.Bool(&o.SelfSigned, "tls-self-signed", "make a certificate and print its fingerprint"),
	)...), append(option.Group("Workers",
		option.Text(&joinTokenFile, "join-token-file", "let workers on other machines in (easel work) that have this token; the file is made if it is not there").As("FILE"),
		option.Bool(&o.JoinPlain, "join-plain", "let them in without TLS, behind a proxy that has it or in a network that is your own"),
		option.Duration(&o.Contact, "contact", "how long a worker may be out of touch before its job is given to others"),
		option.Bool(&o.OnlyWorkers, "only-workers", "leave all jobs to them"),
	), append(option.Group("Cluster", append(clusterOptions(&nats), replicasOption(&nats))...), option.Group("Limits",
		option.Int(&o.MaxPixels, "max-pixels", "largest picture, width × height", 1, math.MaxInt64),
		option.Bytes(&o.MaxMemory, "max-memory", "memory for the pictures of all requests together, and as much again for networks, such as 4GB (default: a third of what is free)"),
		option.Number(&o.Rate, "rate", "requests a second that one client may make", option.AtLeast(0)).OrZero("no limit"),
		option.Duration(&o.MaxJobTime, "max-job-time", "how long a job may be at work without a pause; 0 is no limit"),
		option.Int(&o.MaxJobSteps, "max-job-steps", "steps of a training, and iterations of a style transfer", 1, math.MaxInt).OrZero("no limit"),
		option.Bytes(&o.MaxJobDisk, "max-job-disk", "size of a job's files, such as 20GB; 0 is no limit"),
		option.Duration(&o.Lease, "lease", "how long a job may not move before it is begun again"),
		option.Bool(&verbose, "verbose", "print every request"),
	)...)...)...)
	cmd := &cobra.Command{
		Use:   "serve [--model RUN|FILE]…",
		Short: "Draw and translate in a browser, and an HTTP API",
		Long: `Serve pages to draw, translate, paint and train in a browser, and an HTTP API that does
the same.

  curl -T label.png 'localhost:8420/v1/translate?model=facades' -o photo.png

Trainings, style transfers and other jobs are kept in the --state folder: they survive a
restart and continue where they were.

By default only this machine can connect. For an address that others can reach there is
a token, which is part of the printed address; programs send it in a header,
Authorization: Bearer TOKEN. Protect such an address with --tls-self-signed, a
certificate or a proxy that has one.`,
		Example: `  easel serve --model runs/facades --open
  easel serve --model runs/facades --model edges2cats.safetensors
  easel serve --model runs/facades --listen :8420 --tls-self-signed
  easel serve --study study`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if err := declared.Check(); err != nil {
				return usage(err, see(cmd))
			}
			o.Backend, o.Threads, o.Version = a.backend, a.threads, version()
			if o.Token = strings.TrimSpace(cmp.Or(o.Token, os.Getenv("EASEL_TOKEN"))); o.Token == "" && o.Public() && !o.Insecure {
				o.Token = serve.NewToken()
			}
			if joinTokenFile != "" {
				var err error
				if o.JoinToken, err = madeToken(joinTokenFile, serve.NewToken()); err != nil {
					return err
				}
			}
			if !a.quiet {
				level := slog.LevelWarn
				if verbose {
					level = slog.LevelDebug
				}
				o.Log = slog.New(slog.NewTextHandler(a.Err, &slog.HandlerOptions{Level: level}))
			}
			if nats.URLs != "" {
				o.Cluster = a.named(nats)
			}
			if err := o.Validate(); err != nil {
				return usage(err, adviceOf(err, see(cmd)))
			}
			return a.serve(cmd.Context(), o, show)
		},
	}
	addOptions(cmd, declared)
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
		if o.JoinToken != "" {
			a.say("workers join with %s", joinCommand(at))
		}
		if o.Cluster != nil {
			a.say("workers join with %s", joinCluster(*o.Cluster))
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

// joinCommand is how to join a server from another machine.
func joinCommand(at serve.Listening) string {
	base, _, _ := strings.Cut(at.URL, "#")
	words := "easel work --join " + strings.TrimSuffix(base, "/") + " --token-file FILE"
	if at.Fingerprint != "" {
		words += " --fingerprint " + at.Fingerprint
	}
	return words
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
