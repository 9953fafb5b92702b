package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net"

	"easel/internal/engine/backend"
)

// Options are everything about a server. Begin with Default.
type Options struct {
	// Listen is the address, HOST:PORT.
	Listen string
	// Models are run folders and model files. Their ids are their names.
	Models []string
	// Hosts are names besides localhost and plain addresses by which browsers may
	// call the server.
	Hosts []string
	// Backend is what computes; Threads work on a picture, 0 is one per core.
	Backend string
	Threads int
	// MaxBody is the largest body of a request, in bytes.
	MaxBody int64
	// MaxPixels is the largest picture, width × height.
	MaxPixels int64
	// Waiting is how many pictures may wait to be translated; more are refused.
	Waiting int
	// Version is what /v1/version says.
	Version string
	// Log hears of every request and failure; nil for none.
	Log *slog.Logger
}

// Default is a server for the person at the machine.
func Default() Options {
	return Options{
		Listen:    "127.0.0.1:8420",
		Backend:   backend.Default,
		MaxBody:   64 << 20,
		MaxPixels: 50e6,
		Waiting:   64,
		Version:   "unknown",
	}
}

// Validate reports the first option that cannot be.
func (o Options) Validate() error {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fmt.Errorf("server options: listen: %w", err)
	}
	if !loopback(host) {
		return fmt.Errorf("server options: %s is reached by others: only addresses of this machine are served, such as 127.0.0.1:8420", o.Listen)
	}
	if err := backend.Check(o.Backend); err != nil {
		return fmt.Errorf("server options: %w", err)
	}
	if o.MaxBody < 1 || o.MaxPixels < 1 || o.Waiting < 0 || o.Threads < 0 {
		return errors.New("server options: a limit is below its least value")
	}
	return nil
}

// loopback reports whether only this machine reaches a host to listen on.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
