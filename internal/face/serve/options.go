package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"easel/internal/base/hint"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/work/cluster"
	"easel/internal/work/jobs"
)

// Options configure a server. Begin with Default.
type Options struct {
	// Listen is the address, HOST:PORT. If other machines can reach it, Token or Insecure
	// is required.
	Listen string
	// Models are run folders and model files. Their ids are their names.
	Models []string
	// Palette is a file with the colours of labels (package data/palette), for models that
	// do not tell which their inputs have.
	Palette string
	// Study is the folder of a perceptual study to let people into; empty for none.
	Study string
	// State is the folder for jobs and their files, used by one server at a time; "" is a
	// server without jobs.
	State string
	// Lease is how long a job may be silent before it is restarted.
	Lease time.Duration
	// MaxJobTime limits how long a job may run in one go; 0 is no limit.
	MaxJobTime time.Duration
	// MaxJobSteps limits a job's training steps and iterations, and MaxJobDisk the size of its
	// files, in bytes; 0 is no limit.
	MaxJobSteps int
	MaxJobDisk  int64
	// Data are the folders from which jobs may read pairs and pictures.
	Data []string
	// AllowTraining lets every client train even if other machines can reach the server.
	AllowTraining bool
	// MaxBlobs limits the total size of the files that clients send for jobs, in bytes.
	MaxBlobs int64
	// Hosts are further names by which browsers may call the server, besides localhost and
	// plain addresses.
	Hosts []string
	// Token is the secret that clients must present; "" admits everyone who reaches Listen.
	Token string
	// Insecure allows an address that other machines can reach without a token.
	Insecure bool
	// JoinToken is the secret of workers on other machines; "" lets none in. They need TLS,
	// unless only this machine can reach the address or JoinPlain allows it without.
	JoinToken string
	JoinPlain bool
	// Contact is how long a worker may be out of touch before its job is given to others.
	Contact time.Duration
	// OnlyWorkers leaves all jobs to workers.
	OnlyWorkers bool
	// Cluster is a NATS cluster that has the jobs, which workers take from there; nil for this
	// machine's disk and processor.
	Cluster *cluster.Options
	// Certificate and Key are PEM files for TLS; SelfSigned creates a pair instead.
	Certificate, Key string
	SelfSigned       bool
	// Backend runs the networks, with Threads per picture; 0 is one per core.
	Backend string
	Threads int
	// Precision is that of the products of networks that answer at once: see
	// backend.PrecisionOption; "" is float32. A job has its own.
	Precision string
	// MaxBody is the largest body of a request, in bytes.
	MaxBody int64
	// MaxPixels is the largest picture, width × height.
	MaxPixels int64
	// MaxMemory limits the memory for the pictures of all requests together, in bytes, and
	// as much again for networks at work; 0 is a third of the machine's free memory.
	MaxMemory int64
	// Waiting is how many pictures may wait to be translated; more are refused.
	Waiting int
	// Rate is how many requests for work a client may make per second; 0 is no limit.
	Rate float64
	// Connections is how many connections may be open.
	Connections int
	// Version is the version that /v1/version reports.
	Version string
	// Log receives every failure and, at level debug, every request; nil for none.
	Log *slog.Logger
}

// Default is a server for the person at the machine.
func Default() Options {
	return Options{
		Listen:      "127.0.0.1:8420",
		Backend:     backend.Default,
		Precision:   device.Float32.String(),
		MaxBody:     64 << 20,
		MaxPixels:   50e6,
		MaxBlobs:    8 << 30,
		Lease:       jobs.DefaultLease,
		MaxJobTime:  30 * 24 * time.Hour,
		MaxJobSteps: 10_000_000,
		MaxJobDisk:  100e9,
		Contact:     jobs.DefaultContact,
		Waiting:     64,
		Rate:        200,
		Connections: 4096,
		Version:     "unknown",
	}
}

// ErrReached means that other machines can reach the address without a token.
var ErrReached = errors.New("other machines can reach this address without a token")

// Validate reports the first invalid option.
func (o Options) Validate() error {
	if o.Public() && o.Token == "" && !o.Insecure {
		return fmt.Errorf("server options: listen %s: %w", o.Listen, ErrReached)
	}
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		return fmt.Errorf("server options: listen: %w", err)
	}
	if err := o.validateWorkers(); err != nil {
		return fmt.Errorf("server options: %w", err)
	}
	if err := backend.Check(o.Backend); err != nil {
		return fmt.Errorf("server options: %w", err)
	}
	if err := backend.PrecisionOption(&o.Precision, &o.Backend).Optional().Check(); err != nil {
		return fmt.Errorf("server options: %w", err)
	}
	if (o.Certificate == "") != (o.Key == "") || o.SelfSigned && o.Certificate != "" {
		return errors.New("server options: TLS needs either a certificate with its key or a self-signed pair")
	}
	if o.Contact < time.Second {
		return fmt.Errorf("server options: workers cannot report within %s: it is at least a second", o.Contact)
	}
	if o.Lease < time.Second || o.MaxJobTime < 0 {
		return fmt.Errorf("server options: a lease of %s or a limit for jobs of %s is invalid: a lease is at least a second, a limit not negative", o.Lease, o.MaxJobTime)
	}
	if o.MaxBody < 1 || o.MaxPixels < 1 || o.Waiting < 0 || o.Threads < 0 || o.MaxMemory < 0 || o.MaxBlobs < 0 || o.MaxJobSteps < 0 || o.MaxJobDisk < 0 || !(o.Rate >= 0) || o.Connections < 1 {
		return errors.New("server options: a limit is below its minimum")
	}
	return nil
}

// shortestToken is the least length of a join token.
const shortestToken = 16

func (o Options) validateWorkers() error {
	switch {
	case o.Cluster != nil && o.JoinToken != "":
		return hint.New(errors.New("a cluster has the jobs: workers join that, not this server"), "start them with {nats}, and leave out {join_token_file}")
	case o.Cluster != nil && o.State == "":
		return hint.New(errors.New("a cluster has jobs, and there is no folder for their files here"), "give {state}")
	case o.Cluster != nil:
		return o.Cluster.Check()
	case o.JoinToken == "" && o.OnlyWorkers:
		return hint.New(errors.New("all jobs are left to workers, and none can join"), "give {join_token_file}")
	case o.JoinToken == "":
		return nil
	case len(o.JoinToken) < shortestToken:
		return fmt.Errorf("the join token has fewer than %d characters", shortestToken)
	case o.State == "":
		return hint.New(errors.New("workers do jobs, and there is no folder for jobs"), "give {state}")
	case o.Public() && o.Certificate == "" && !o.SelfSigned && !o.JoinPlain:
		return hint.New(fmt.Errorf("workers would send their token to %s unencrypted", o.Listen), "add {tls_self_signed}, a certificate, or, behind a proxy that has one, {join_plain}")
	}
	return nil
}

// Public reports whether other machines can reach the address.
func (o Options) Public() bool {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil || host == "localhost" {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

// unknownMemory is assumed if the machine does not report its memory.
const unknownMemory = 4 << 30

// memory returns MaxMemory, or its default.
func (o Options) memory() int64 {
	if o.MaxMemory > 0 {
		return o.MaxMemory
	}
	free, known := device.AvailableMemory()
	if !known {
		free = unknownMemory
	}
	return free / 3
}
