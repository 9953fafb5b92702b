package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/face/serve"
	"easel/internal/work/experiment"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

// workersFolder has the jobs that workers have, in the folder of experiments.
const workersFolder = ".workers"

// hiring are the options of experiments that let workers in.
type hiring struct {
	serve.Options
	tokenFile string
}

func newHiring() *hiring { return &hiring{Options: serve.Default()} }

func (h *hiring) declared() option.List {
	return option.Group("Workers",
		option.Text(&h.tokenFile, "join-token-file", "let workers on other machines in (easel work) that have this token; the file is made if it is not there").As("FILE"),
		option.Text(&h.Listen, "listen", "address to let them in").As("ADDRESS"),
		option.Text(&h.Certificate, "tls-cert", "file of a certificate for TLS").As("FILE"),
		option.Text(&h.Key, "tls-key", "file of its key").As("FILE"),
		option.Bool(&h.SelfSigned, "tls-self-signed", "make a certificate and print its fingerprint"),
		option.Bool(&h.JoinPlain, "join-plain", "let them in without TLS, in a network that is your own"),
		option.Bool(&h.OnlyWorkers, "only-workers", "leave all runs to them"),
	)
}

// check resolves the options for experiments in a folder.
func (h *hiring) check(out string) (err error) {
	if h.tokenFile == "" {
		if h.OnlyWorkers {
			return errors.New("--only-workers: no worker can join without --join-token-file")
		}
		return nil
	}
	if h.JoinToken, err = madeToken(h.tokenFile, serve.NewToken()); err != nil {
		return err
	}
	h.Version, h.State = version(), filepath.Join(out, workersFolder)
	o := h.Options
	o.Insecure = true // there is no other door than the workers'
	return o.Validate()
}

// experimentWithWorkers runs experiments whose runs are jobs for this machine and others.
func (a *app) experimentWithWorkers(ctx context.Context, list []experiment.Experiment, o experiment.Options, h *hiring, hear func(experiment.Event)) (results []experiment.Result, err error) {
	bits, err := backend.Bits(o.Backend)
	if err != nil {
		return nil, err
	}
	q, err := jobs.Open(jobs.Options{
		State: h.State, Kinds: verbs.All(verbs.Env{Backend: o.Backend, Threads: o.Threads}), Version: h.Version, Bits: bits,
		OnlyWorkers: h.OnlyWorkers, OneAtATime: o.Backend != backend.Default,
		Complain: func(err error) { a.warn(err.Error()) },
	})
	if err != nil {
		return nil, err
	}
	defer q.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	closed := make(chan error, 1)
	go func() {
		door := h.Options
		door.Insecure = true
		err := serve.LetWorkersIn(ctx, q, door, func(at serve.Listening) { a.say("workers join with %s", joinCommand(at)) })
		if err != nil {
			stop()
		}
		closed <- err
	}()
	results, err = experiment.RunElsewhere(ctx, list, o, verbs.Elsewhere(q), hear)
	stop()
	if failed := <-closed; failed != nil {
		return results, fmt.Errorf("let workers in: %w", failed)
	}
	return results, err
}
