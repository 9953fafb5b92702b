package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/face/join"
	"easel/internal/file/lock"
	"easel/internal/work/cluster"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
	"easel/internal/work/worker"
)

// workOptions are those of easel work.
type workOptions struct {
	join.Options
	Cluster   cluster.Options
	TokenFile string
	Kinds     []string
	Folder    string
	Cache     int64
	Shared    []string
}

func (a *app) workCommand() *cobra.Command {
	o := workOptions{Cluster: newCluster(), Folder: "easel-work", Cache: 20 << 30}
	declared := append(option.Group("Server",
		option.Text(&o.URL, "join", "address of the server").As("URL"),
		option.Text(&o.TokenFile, "token-file", "file with the server's join token (default: EASEL_JOIN_TOKEN in the environment)").As("FILE"),
		option.Text(&o.Fingerprint, "fingerprint", "SHA-256 of the server's certificate, as it prints it").As("HEX"),
		option.Text(&o.CA, "tls-ca", "file of the authorities that the server's certificate may be from (default: the system's)").As("FILE"),
		option.Bool(&o.Plain, "plain", "allow http:// to another machine"),
	), append(option.Group("Cluster", clusterOptions(&o.Cluster)...), option.Group("Work",
		option.Texts(&o.Kinds, "kinds", "kinds of jobs to do, such as translate,stylize; again for each (default: all)").As("KIND"),
		option.Text(&o.Folder, "folder", "folder for jobs at work and fetched files").As("DIR"),
		option.Bytes(&o.Cache, "cache", "fetched files that are kept between jobs"),
		option.Texts(&o.Shared, "shared", "folder that the server has under the same path, as on a network disk: what is below it is read and written there; again for each").As("DIR"),
	)...)...)
	cmd := &cobra.Command{
		Use:   "work --join URL | --nats URLS",
		Short: "Do jobs of an easel serve on another machine",
		Long: `Do jobs of an easel serve on another machine, one at a time. What a job needs is fetched,
and what it makes is sent back; checkpoints are sent while it goes on, so that another
worker continues where this one was killed.

The server lets workers in with --join-token-file; give each worker a copy of that file.
Ctrl-C saves the job, hands it back and leaves. Both sides need the same version of easel.

With --nats, jobs are taken from a NATS cluster to which an easel serve --nats has sent
them, and go on while that server is away.`,
		Example: `  easel serve --listen :8420 --tls-self-signed --join-token-file token    # here
  easel work --join https://host:8420 --token-file token --fingerprint 3F…   # elsewhere`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := declared.Apply(given(cmd)); err != nil {
				return usage(err, see(cmd))
			}
			if err := declared.Check(); err != nil {
				return usage(err, see(cmd))
			}
			if (o.URL == "") == (o.Cluster.URLs == "") {
				return usage(errors.New("easel work needs --join or --nats, which say whose jobs to do: one of them"), see(cmd))
			}
			return a.work(cmd.Context(), o)
		},
	}
	addOptions(cmd, declared)
	return cmd
}

func (a *app) work(ctx context.Context, o workOptions) error {
	for i, folder := range o.Shared {
		var err error
		if o.Shared[i], err = filepath.Abs(folder); err != nil {
			return err
		}
	}
	kinds, err := kindsNamed(verbs.All(verbs.Env{Backend: a.backend, Threads: a.threads, Shared: o.Shared}), o.Kinds)
	if err != nil {
		return usage(err, "see easel work --help")
	}
	host, leave, err := a.host(ctx, o, kinds)
	if err != nil || host == nil {
		return err
	}
	defer leave()
	device, err := a.ownDevice()
	if err != nil {
		return err
	}
	if device != nil {
		defer device.Release()
	}
	bits, err := backend.Bits(a.backend)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	return worker.Run(ctx, worker.Options{
		Host: host, Kinds: kinds, Folder: o.Folder, Cache: o.Cache,
		Machine: jobs.Machine{Name: machineName(), Version: version(), Bits: bits, Threads: a.threads, Shared: o.Shared},
		Notify: func(e worker.Event) {
			mu.Lock()
			defer mu.Unlock()
			a.heardWorker(cmp.Or(o.URL, o.Cluster.URLs), e)
		},
	})
}

// host is the queue to work for, over HTTPS or on a cluster; nil if ctx ends before.
func (a *app) host(ctx context.Context, o workOptions, kinds []jobs.Kind) (_ worker.Host, leave func(), err error) {
	if o.URL == "" {
		return a.assist(ctx, o, kinds)
	}
	if o.Token = strings.TrimSpace(os.Getenv("EASEL_JOIN_TOKEN")); o.TokenFile != "" {
		if o.Token, err = readToken(o.TokenFile); err != nil {
			return nil, nil, err
		}
	}
	h, err := join.New(o.Options)
	if err != nil {
		return nil, nil, usage(err, adviceOf(err, ""))
	}
	return h, func() {}, nil
}

// assist opens the queue on a cluster.
func (a *app) assist(ctx context.Context, o workOptions, kinds []jobs.Kind) (_ worker.Host, leave func(), err error) {
	if err := o.Cluster.Check(); err != nil {
		return nil, nil, usage(err, adviceOf(err, ""))
	}
	c, err := cluster.Connect(*a.named(o.Cluster))
	if err != nil {
		return nil, nil, err
	}
	q, err := jobs.Assist(ctx, jobs.Options{Cluster: c, Kinds: kinds, Complain: func(err error) { a.warn(err.Error()) }})
	if err != nil {
		c.Close()
		if ctx.Err() != nil {
			err = nil
		}
		return nil, nil, err
	}
	return q, func() { q.Close(); c.Close() }, nil
}

// kindsNamed are the kinds with the given names, or all.
func kindsNamed(all []jobs.Kind, names []string) ([]jobs.Kind, error) {
	var list []string
	for _, name := range names {
		list = append(list, strings.Split(name, ",")...)
	}
	if len(list) == 0 {
		return all, nil
	}
	var found []jobs.Kind
	for _, name := range list {
		i := slices.IndexFunc(all, func(k jobs.Kind) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("--kinds %s: there is no such kind of job", name)
		}
		found = append(found, all[i])
	}
	return found, nil
}

// machineName is a name of this process that no other worker has.
func machineName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "worker"
	}
	host = regexp.MustCompile(`[^A-Za-z0-9._-]`).ReplaceAllString(host, "-")
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s/%d-%s", strings.TrimLeft(host, "-._"), os.Getpid(), hex.EncodeToString(random[:]))
}

// ownDevice makes this process the only worker on an accelerator: two would not fit into
// its memory. The processor has room for several.
func (a *app) ownDevice() (*lock.Lock, error) {
	if cmp.Or(a.backend, backend.Default) == backend.Default {
		return nil, nil
	}
	name := regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(a.backend, "-")
	return lock.File(os.TempDir() + string(os.PathSeparator) + "easel-device-" + name)
}

// readToken reads a secret from a file.
func readToken(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("join token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("join token: %s has none: expected one word", path)
	}
	return token, nil
}

// madeToken reads a secret from a file, or writes a new one.
func madeToken(path, fresh string) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return readToken(path)
	}
	if err != nil {
		return "", fmt.Errorf("join token: %w", err)
	}
	_, err = f.WriteString(fresh + "\n")
	return fresh, errors.Join(err, f.Close())
}

// heardWorker reports what happened to a worker.
func (a *app) heardWorker(host string, e worker.Event) {
	if a.json {
		a.emit(e)
		return
	}
	switch e.Event {
	case "joined":
		a.say("working for %s; stop with Ctrl-C", host)
	case "taken":
		a.say("%s %s: begun", e.Kind, e.Job)
	case "returned":
		if e.Error != "" {
			a.say("%s %s: %s: %s", e.Kind, e.Job, e.Outcome, e.Error)
			return
		}
		a.say("%s %s: %s", e.Kind, e.Job, e.Outcome)
	case "dropped":
		a.warn(fmt.Sprintf("%s %s: given up: %s", e.Kind, e.Job, e.Error))
	case "warning":
		a.warn(e.Error)
	}
}
