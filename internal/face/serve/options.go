package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/work/jobs"
)

// Options are everything about a server. Begin with Default.
type Options struct {
	// Listen is the address, HOST:PORT. One that others reach wants a Token, or
	// Insecure.
	Listen string
	// Models are run folders and model files. Their ids are their names.
	Models []string
	// Palette is a file with the colours of labels (package data/palette), for models that
	// do not tell which their inputs have.
	Palette string
	// Study is the folder of a perceptual study to let people into; empty for none.
	Study string
	// State is the folder for jobs and what they make, which one server has at a
	// time; "" is a server without jobs.
	State string
	// Lease is how long a job may not move before it is begun again.
	Lease time.Duration
	// MaxJobTime is how long a job may be at work in one go; 0 is no limit.
	MaxJobTime time.Duration
	// Data are the folders below which jobs may read pairs and pictures.
	Data []string
	// AllowTraining lets everybody train who reaches an address that is not only
	// this machine's.
	AllowTraining bool
	// MaxBlobs is the size of all files together that clients may send for jobs,
	// in bytes.
	MaxBlobs int64
	// Hosts are names besides localhost and plain addresses by which browsers may
	// call the server.
	Hosts []string
	// Token is what clients have to know; "" lets in everybody who reaches Listen.
	Token string
	// Insecure allows an address that others reach without a token.
	Insecure bool
	// Certificate and Key are PEM files for TLS; SelfSigned makes a pair instead.
	Certificate, Key string
	SelfSigned       bool
	// Backend is what computes; Threads work on a picture, 0 is one per core.
	Backend string
	Threads int
	// MaxBody is the largest body of a request, in bytes.
	MaxBody int64
	// MaxPixels is the largest picture, width × height.
	MaxPixels int64
	// MaxMemory is for the pictures of all requests together, in bytes, and as
	// much again for networks at work; 0 is a third of what the machine has free.
	MaxMemory int64
	// Waiting is how many pictures may wait to be translated; more are refused.
	Waiting int
	// Rate is how many requests a second one client may make that are work; 0 is
	// no limit.
	Rate float64
	// Connections is how many may be open.
	Connections int
	// Version is what /v1/version says.
	Version string
	// Log hears of every failure, and at level debug of every request; nil for
	// none.
	Log *slog.Logger
}

// Default is a server for the person at the machine.
func Default() Options {
	return Options{
		Listen:      "127.0.0.1:8420",
		Backend:     backend.Default,
		MaxBody:     64 << 20,
		MaxPixels:   50e6,
		MaxBlobs:    8 << 30,
		Lease:       jobs.DefaultLease,
		Waiting:     64,
		Rate:        200,
		Connections: 4096,
		Version:     "unknown",
	}
}

// ErrReached is an address that others reach, without anything that keeps them
// out.
var ErrReached = errors.New("other machines reach this address, and there is no token")

// Validate reports the first option that cannot be.
func (o Options) Validate() error {
	if o.Public() && o.Token == "" && !o.Insecure {
		return fmt.Errorf("server options: listen %s: %w", o.Listen, ErrReached)
	}
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		return fmt.Errorf("server options: listen: %w", err)
	}
	if err := backend.Check(o.Backend); err != nil {
		return fmt.Errorf("server options: %w", err)
	}
	if (o.Certificate == "") != (o.Key == "") || o.SelfSigned && o.Certificate != "" {
		return errors.New("server options: TLS wants a certificate and its key, or a self-signed pair, not both")
	}
	if o.Lease < time.Second || o.MaxJobTime < 0 {
		return fmt.Errorf("server options: a lease of %s and jobs of %s: a lease is a second at least, and times are not negative", o.Lease, o.MaxJobTime)
	}
	if o.MaxBody < 1 || o.MaxPixels < 1 || o.Waiting < 0 || o.Threads < 0 || o.MaxMemory < 0 || o.MaxBlobs < 0 || !(o.Rate >= 0) || o.Connections < 1 {
		return errors.New("server options: a limit is below its least value")
	}
	return nil
}

// Public reports whether other machines reach the address to listen on.
func (o Options) Public() bool {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil || host == "localhost" {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

// unknownMemory is what is assumed where the machine does not tell.
const unknownMemory = 4 << 30

// memory is MaxMemory, or what its 0 stands for.
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
