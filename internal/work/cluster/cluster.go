package cluster

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/base/hint"
)

// Options say where a cluster is, and which part of it to use.
type Options struct {
	// URLs are addresses of its servers, separated by commas.
	URLs string
	// Credentials is a file of NATS credentials (.creds) or with the seed of an nkey.
	Credentials string
	// CA is a file of authorities that the servers' certificates may be from; Certificate and
	// Key are the client's own.
	CA, Certificate, Key string
	// Prefix begins the names of all streams and subjects; "" is DefaultPrefix.
	Prefix string
	// Replicas is how many servers have a copy of everything; 0 is DefaultReplicas.
	Replicas int
	// Name is the client's, in the server's lists.
	Name string
	// Log, if not nil, is called with lost and new connections, and waiting.
	Log func(error)
}

// The defaults. Of three copies one may be lost.
const (
	DefaultPrefix   = "easel"
	DefaultReplicas = 3
)

// Patience is how long a call waits for a cluster that does not answer.
const Patience = 30 * time.Second

// A call waits for an answer for firstTime, which without a leader never comes, and each time
// it is repeated for twice as long, up to tryTime; between tries for againTime.
const (
	firstTime = time.Second
	tryTime   = 4 * time.Second
	againTime = 200 * time.Millisecond
	openTime  = 20 * time.Second
)

// oldest is the first version of the server that may be used: older ones have lost streams
// when they were killed.
var oldest = [3]int{2, 10, 23}

var validPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Check reports the first option that is invalid; it opens nothing.
func (o Options) Check() error {
	if !validPrefix.MatchString(cmp.Or(o.Prefix, DefaultPrefix)) {
		return fmt.Errorf("%q begins no names: a prefix is up to 32 letters, digits, - and _", o.Prefix)
	}
	if o.Replicas < 0 || o.Replicas > 5 {
		return fmt.Errorf("%d copies: NATS keeps 1 to 5", o.Replicas)
	}
	if (o.Certificate == "") != (o.Key == "") {
		return errors.New("a client's certificate needs its key, and the reverse")
	}
	for _, each := range strings.Split(o.URLs, ",") {
		if !strings.Contains(each, "://") {
			each = "nats://" + each
		}
		u, err := url.Parse(strings.TrimSpace(each))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return hint.New(fmt.Errorf("%q is not the address of a NATS server", hidden(u, each)), "it looks like nats://host:4222, or tls://host:4222")
		}
		if u.User != nil {
			return hint.New(fmt.Errorf("the address of %s has a password, which others on this machine can read", u.Host), "use {nats_credentials}")
		}
	}
	return nil
}

// hidden is an address without a password in it.
func hidden(u *url.URL, text string) string {
	if u == nil {
		return "…"
	}
	if u.User != nil { // a name without a password is a token
		u.User = url.User("xxxxx")
		return u.String()
	}
	return text
}

// Cluster is a connection to a cluster.
type Cluster struct {
	options Options
	conn    *nats.Conn
	js      jetstream.JetStream
	waiting atomic.Bool // it was logged that a call waits

	table, files, events jetstream.Stream
}

// Connect connects to the first server that answers.
func Connect(o Options) (*Cluster, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	o.Prefix, o.Replicas = cmp.Or(o.Prefix, DefaultPrefix), cmp.Or(o.Replicas, DefaultReplicas)
	if o.Log == nil {
		o.Log = func(error) {}
	}
	c := &Cluster{options: o}
	secure, err := o.secure()
	if err != nil {
		return nil, err
	}
	said := "" // the last error; handlers are called one after the other
	c.conn, err = nats.Connect(o.URLs, append(secure,
		nats.Name(o.Name), nats.Timeout(tryTime), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second),
		nats.PingInterval(5*time.Second), nats.MaxPingsOutstanding(2),
		nats.ReconnectBufSize(-1),   // what was given up must not be written when the connection is back
		nats.IgnoreAuthErrorAbort(), // while credentials are replaced, servers may refuse them for a while
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				o.Log(fmt.Errorf("NATS: the connection is lost: %w", err))
			}
		}),
		nats.ReconnectHandler(func(n *nats.Conn) {
			said = ""
			o.Log(fmt.Errorf("NATS: connected again, to %s", n.ConnectedUrlRedacted()))
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if err.Error() != said { // such as that of each try to connect again
				said = err.Error()
				o.Log(fmt.Errorf("NATS: %w", err))
			}
		}),
	)...)
	if err != nil {
		return nil, connecting(err)
	}
	if err := c.check(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// secure are the options of nats.go for credentials and TLS.
func (o Options) secure() (list []nats.Option, err error) {
	if o.Credentials != "" {
		text, err := os.ReadFile(o.Credentials)
		if err != nil {
			return nil, fmt.Errorf("NATS credentials: %w", err)
		}
		use := nats.UserCredentials(o.Credentials)
		if !bytes.Contains(text, []byte("BEGIN NATS USER JWT")) {
			if use, err = nats.NkeyOptionFromSeed(o.Credentials); err != nil {
				return nil, hint.New(fmt.Errorf("%s has neither NATS credentials nor the seed of an nkey", o.Credentials), "nsc and nk write such files")
			}
		}
		list = append(list, use)
	}
	if o.CA != "" {
		list = append(list, nats.RootCAs(o.CA))
	}
	if o.Certificate != "" {
		list = append(list, nats.ClientCert(o.Certificate, o.Key))
	}
	return list, nil
}

// connecting words why a connection failed.
func connecting(err error) error {
	wrapped := fmt.Errorf("NATS: %w", err)
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return hint.New(wrapped, "give the file of the authorities that the servers' certificates are from with {nats_ca}")
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		return hint.New(wrapped, "give a file of credentials that the servers accept with {nats_credentials}")
	case errors.Is(err, nats.ErrNoServers):
		return hint.New(wrapped, "see whether the servers run, and whether this machine reaches their port")
	case errors.Is(err, nats.ErrSecureConnWanted):
		return hint.New(wrapped, "the servers have no TLS: use nats://")
	case errors.Is(err, nats.ErrSecureConnRequired):
		return hint.New(wrapped, "the servers want TLS: use tls://, and {nats_ca} for authorities of your own")
	}
	return wrapped
}

// check looks whether a server is new enough and has JetStream.
func (c *Cluster) check() (err error) {
	version := c.conn.ConnectedServerVersion()
	var v [3]int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); n == 3 && older(v, oldest) {
		return hint.New(fmt.Errorf("NATS: the servers are version %s, which may lose streams when it is killed", version), fmt.Sprintf("use %d.%d.%d or newer", oldest[0], oldest[1], oldest[2]))
	}
	if c.conn.MaxPayload() < chunk+headerSize {
		return hint.New(fmt.Errorf("NATS: messages are limited to %d bytes, and chunks of files have %d", c.conn.MaxPayload(), chunk), "set max_payload of the servers to 1MB, which is their default")
	}
	if c.js, err = jetstream.New(c.conn, jetstream.WithDefaultTimeout(tryTime)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTime)
	defer cancel()
	for { // a cluster that is just starting has no leader yet
		try, stop := context.WithTimeout(ctx, firstTime)
		_, err = c.js.AccountInfo(try)
		stop()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
			return hint.New(fmt.Errorf("NATS: %w", err), "set jetstream in the servers' configuration, and for the account")
		case ctx.Err() != nil:
			return hint.New(fmt.Errorf("NATS: JetStream does not answer: %w", err), "a majority of its servers must run, and the user may publish to $JS.API.> and subscribe to _INBOX.>")
		}
		time.Sleep(againTime)
	}
}

func older(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// Connected reports whether a server can be reached at the moment.
func (c *Cluster) Connected() bool { return c.conn.IsConnected() }

// Prefix begins the names of streams and subjects.
func (c *Cluster) Prefix() string { return c.options.Prefix }

// Close ends the connection, after what was published is sent.
func (c *Cluster) Close() {
	if c.conn.IsConnected() {
		_ = c.conn.FlushTimeout(tryTime)
	}
	c.conn.Close()
}

// ErrFull means that a stream has reached its limit, or the servers' disks are full.
var ErrFull = errors.New("the NATS cluster has no room")

// Codes of JetStream's errors that are not named by its client.
const (
	codeStoreFailed    jetstream.ErrorCode = 10077
	codeNoResources    jetstream.ErrorCode = 10023
	codeNoStorage      jetstream.ErrorCode = 10047
	codeNoPeers        jetstream.ErrorCode = 10005
	codeNotClustered   jetstream.ErrorCode = 10074
	codeSubjectOverlap jetstream.ErrorCode = 10065
)

func codeOf(err error) jetstream.ErrorCode {
	var api jetstream.JetStreamError
	if errors.As(err, &api) && api.APIError() != nil {
		return api.APIError().ErrorCode
	}
	return 0
}

// repeat makes a call until it succeeds or fails for good: not because of a server that is
// away or a leader that is being elected.
func (c *Cluster) repeat(ctx context.Context, what string, call func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for wait := firstTime; ; wait = min(2*wait, tryTime) {
		try, stop := context.WithTimeout(ctx, wait)
		err := call(try)
		stop()
		if err == nil {
			if c.waiting.CompareAndSwap(true, false) {
				c.options.Log(errors.New("NATS: the cluster answers again"))
			}
			return nil
		}
		switch code := codeOf(err); {
		case code == codeStoreFailed, code == codeNoStorage, code == codeNoResources:
			return fmt.Errorf("%w: %s: %w", ErrFull, what, err)
		case final(err):
			return err
		case ctx.Err() != nil:
			return fmt.Errorf("NATS: %s: %w", what, err)
		case errors.Is(err, nats.ErrConnectionClosed):
			return err
		}
		if c.waiting.CompareAndSwap(false, true) {
			c.options.Log(fmt.Errorf("NATS: %s: waiting for the cluster: %w", what, err))
		}
		select {
		case <-time.After(againTime):
		case <-ctx.Done():
		}
	}
}

// final reports whether an error will not pass.
func final(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) || errors.Is(err, ErrChanged) || errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) ||
		errors.Is(err, nats.ErrPermissionViolation) || errors.Is(err, nats.ErrMaxPayload)
}
