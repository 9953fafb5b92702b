package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/face/serve"
	"easel/internal/work/cluster"
	"easel/internal/work/experiment"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

// workersFolder has the jobs that workers have, in the folder of an experiment.
const workersFolder = ".workers"

// hiring are the options of a command that lets workers in.
type hiring struct {
	serve.Options
	tokenFile string
	nats      cluster.Options
}

func newHiring() *hiring { return &hiring{Options: serve.Default(), nats: newCluster()} }

// wanted reports whether workers may come.
func (h *hiring) wanted() bool { return h.tokenFile != "" || h.nats.URLs != "" }

// declared are the options; work is what workers do, as "runs".
func (h *hiring) declared(work string) option.List {
	return append(option.Group("Workers",
		option.Text(&h.tokenFile, "join-token-file", "let workers on other machines in (easel work) that have this token; the file is made if it is not there").As("FILE"),
		option.Text(&h.Listen, "listen", "address to let them in").As("ADDRESS"),
		option.Text(&h.Certificate, "tls-cert", "file of a certificate for TLS").As("FILE"),
		option.Text(&h.Key, "tls-key", "file of its key").As("FILE"),
		option.Bool(&h.SelfSigned, "tls-self-signed", "make a certificate and print its fingerprint"),
		option.Bool(&h.JoinPlain, "join-plain", "let them in without TLS, in a network that is your own"),
		option.Duration(&h.Contact, "contact", "how long a worker may be out of touch before what it does is given to others"),
		option.Bool(&h.OnlyWorkers, "only-workers", "leave all "+work+" to them"),
	), option.Group("Cluster", append(clusterOptions(&h.nats), replicasOption(&h.nats))...)...)
}

// check resolves the options.
func (h *hiring) check() (err error) {
	h.Version = version()
	if h.nats.URLs != "" {
		if h.tokenFile != "" {
			return errors.New("--nats: workers join the cluster, and not this command with --join-token-file")
		}
		return h.nats.Check()
	}
	if h.tokenFile == "" {
		if h.OnlyWorkers {
			return errors.New("--only-workers: no worker can join without --join-token-file")
		}
		return nil
	}
	if h.JoinToken, err = madeToken(h.tokenFile, serve.NewToken()); err != nil {
		return err
	}
	o := h.Options
	o.Insecure = true // there is no other door than the workers'
	o.State = workersFolder
	return o.Validate()
}

// withWorkers calls do with a queue in the state folder, whose jobs are done by this machine
// and those that join.
func (a *app) withWorkers(ctx context.Context, h *hiring, state string, e verbs.Env, do func(context.Context, *jobs.Queue) error) error {
	bits, err := backend.Bits(e.Backend)
	if err != nil {
		return err
	}
	c, err := a.openCluster(ctx, h)
	if err != nil {
		return err
	}
	if c != nil {
		defer c.Close()
	}
	q, err := jobs.Open(jobs.Options{
		State: state, Cluster: c, Kinds: verbs.All(e), Version: h.Version, Bits: bits,
		OnlyWorkers: h.OnlyWorkers, Contact: h.Contact, OneAtATime: e.Backend != backend.Default,
		Complain: func(err error) { a.warn(err.Error()) },
	})
	if err != nil {
		return err
	}
	defer q.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	closed := make(chan error, 1)
	go func() {
		err := a.letWorkersIn(ctx, q, h, state)
		if err != nil {
			stop()
		}
		closed <- err
	}()
	err = do(ctx, q)
	stop()
	if failed := <-closed; failed != nil {
		return fmt.Errorf("let workers in: %w", failed)
	}
	return err
}

// openCluster opens the cluster that has the jobs; nil if none is named.
func (a *app) openCluster(ctx context.Context, h *hiring) (*cluster.Cluster, error) {
	if h.nats.URLs == "" {
		return nil, nil
	}
	c, err := cluster.Connect(*a.named(h.nats))
	if err != nil {
		return nil, err
	}
	if err := c.Open(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// letWorkersIn lets workers get jobs of a queue until ctx ends.
func (a *app) letWorkersIn(ctx context.Context, q *jobs.Queue, h *hiring, state string) error {
	if h.nats.URLs == "" {
		door := h.Options
		door.State, door.Insecure = state, true
		return serve.LetWorkersIn(ctx, q, door, func(at serve.Listening) { a.say("workers join with %s", joinCommand(at)) })
	}
	a.say("workers join with %s", joinCluster(h.nats))
	select {
	case err := <-q.Lost():
		return err
	case <-ctx.Done():
		return nil
	}
}

// experimentWithWorkers runs experiments whose runs are jobs for this machine and others.
func (a *app) experimentWithWorkers(ctx context.Context, list []experiment.Experiment, o experiment.Options, h *hiring, hear func(experiment.Event)) (results []experiment.Result, err error) {
	err = a.withWorkers(ctx, h, filepath.Join(o.Out, workersFolder), verbs.Env{Backend: o.Backend, Threads: o.Threads}, func(ctx context.Context, q *jobs.Queue) (err error) {
		results, err = experiment.RunElsewhere(ctx, list, o, verbs.Elsewhere(q), hear)
		return err
	})
	return results, err
}
