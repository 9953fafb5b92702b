// Package join reaches the jobs of an easel serve on another machine: a worker.Host over
// HTTPS, for easel work.
//
//	host, err := join.New(join.Options{URL: "https://host:8420", Token: token})
//	err = worker.Run(ctx, worker.Options{Host: host, …})
//
// Errors of the server are those of package jobs where it has them, and *Refused otherwise.
package join

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/work/jobs"
)

// Options say where the server is.
type Options struct {
	// URL is its address, such as https://host:8420.
	URL string
	// Token is its join token.
	Token string
	// Fingerprint is the SHA-256 of its certificate, which is then trusted without any
	// authority; CA is a file of authorities to trust. Without either, the system's count.
	Fingerprint, CA string
	// Plain allows http:// to other machines.
	Plain bool
}

// Host is a server. It implements worker.Host.
type Host struct {
	base, token string
	http        *http.Client
}

// answerTime is longer than a request for a job waits for one.
const answerTime = time.Minute

// New checks options; it makes no connection yet.
func New(o Options) (*Host, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, hint.New(fmt.Errorf("%q is not the address of a server", o.URL), "it looks like https://host:8420")
	}
	if u.Scheme == "http" && !o.Plain && !loopback(u.Hostname()) {
		return nil, hint.New(fmt.Errorf("the token would be sent to %s unencrypted", u.Host), "use https://, or {plain} in a network that is your own")
	}
	if o.Token == "" {
		return nil, hint.New(errors.New("no join token is given"), "give the file of the server's {join_token_file} with {token_file}")
	}
	config, err := o.tls()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	transport.ResponseHeaderTimeout = answerTime
	transport.MaxIdleConnsPerHost = 16
	return &Host{strings.TrimSuffix(o.URL, "/"), o.Token, &http.Client{Transport: transport}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o Options) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case o.Fingerprint != "":
		want, err := hex.DecodeString(strings.ReplaceAll(o.Fingerprint, ":", ""))
		if err != nil || len(want) != sha256.Size {
			return nil, fmt.Errorf("%q is not the SHA-256 of a certificate", o.Fingerprint)
		}
		c.InsecureSkipVerify = true // in favour of:
		c.VerifyConnection = func(s tls.ConnectionState) error {
			if got := sha256.Sum256(s.PeerCertificates[0].Raw); !bytes.Equal(got[:], want) {
				return &Refused{Detail: fmt.Sprintf("the server's certificate has the SHA-256 %X", got), Advice: "if the server printed this one, give it with {fingerprint}"}
			}
			return nil
		}
	case o.CA != "":
		text, err := os.ReadFile(o.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate", o.CA)
		}
	}
	return c, nil
}

// Refused is an answer of the server that repeating the request will not change.
type Refused struct {
	Type   string `json:"type"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Advice string `json:"hint"`
}

// Error implements error.
func (r *Refused) Error() string { return r.Detail }

// Hint returns advice.
func (r *Refused) Hint() string { return r.Advice }

// Final reports whether repeating the request is of no use.
func (r *Refused) Final() bool {
	return r.Status < http.StatusInternalServerError && r.Status != http.StatusTooManyRequests && r.Status != http.StatusRequestTimeout
}

// Unwrap is the error of package jobs, if it is one.
func (r *Refused) Unwrap() error {
	return map[string]error{
		"urn:easel:gone": jobs.ErrGone, "urn:easel:stranger": jobs.ErrStranger, "urn:easel:machine": jobs.ErrMachine, "urn:easel:file": jobs.ErrFile,
	}[r.Type]
}

// do makes a request. Status codes of 400 and more are errors.
func (h *Host) do(ctx context.Context, method, path string, size int64, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, h.base+"/v1/work/"+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.ContentLength = size
	answer, err := h.http.Do(r)
	if err != nil || answer.StatusCode < http.StatusBadRequest {
		return answer, err
	}
	defer func() { _ = answer.Body.Close() }()
	refused := &Refused{Status: answer.StatusCode, Detail: answer.Status}
	_ = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(refused)
	refused.Status = answer.StatusCode
	return nil, refused
}

// call sends a value and decodes the answer, if there is one.
func (h *Host) call(ctx context.Context, path string, value, into any) (answered bool, err error) {
	text, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	answer, err := h.do(ctx, http.MethodPost, path, int64(len(text)), bytes.NewReader(text))
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == http.StatusNoContent {
		return false, nil
	}
	return true, json.NewDecoder(answer.Body).Decode(into)
}

// Join implements worker.Host.
func (h *Host) Join(ctx context.Context, m jobs.Machine) (terms jobs.Terms, err error) {
	_, err = h.call(ctx, "join", m, &terms)
	return terms, err
}

// Leave implements worker.Host.
func (h *Host) Leave(ctx context.Context, worker string) error {
	_, err := h.call(ctx, "leave", map[string]string{"worker": worker}, nil)
	return err
}

// Lend implements worker.Host.
func (h *Host) Lend(ctx context.Context, worker string) (*jobs.Loan, error) {
	var l jobs.Loan
	if lent, err := h.call(ctx, "lend", map[string]string{"worker": worker}, &l); err != nil || !lent {
		return nil, err
	}
	return &l, nil
}

// Beat implements worker.Host.
func (h *Host) Beat(ctx context.Context, ref jobs.Ref, b jobs.Beat) (order jobs.Order, err error) {
	_, err = h.call(ctx, at(ref, "beat"), struct {
		jobs.Ref
		jobs.Beat
	}{ref, b}, &order)
	return order, err
}

// Save implements worker.Host.
func (h *Host) Save(ctx context.Context, ref jobs.Ref, w jobs.Written) error {
	_, err := h.call(ctx, at(ref, "save"), struct {
		jobs.Ref
		jobs.Written
	}{ref, w}, nil)
	return err
}

// Return implements worker.Host.
func (h *Host) Return(ctx context.Context, ref jobs.Ref, e jobs.End) error {
	_, err := h.call(ctx, at(ref, "return"), struct {
		jobs.Ref
		jobs.End
	}{ref, e}, nil)
	return err
}

// Fetch implements worker.Host.
func (h *Host) Fetch(ctx context.Context, ref jobs.Ref, hash string) (io.ReadCloser, error) {
	answer, err := h.do(ctx, http.MethodGet, at(ref, "inputs/"+url.PathEscape(hash))+"?"+query(ref), 0, nil)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// Send implements worker.Host.
func (h *Host) Send(ctx context.Context, ref jobs.Ref, f jobs.File, r io.Reader) error {
	if f.Size == 0 {
		r = http.NoBody
	}
	answer, err := h.do(ctx, http.MethodPut, at(ref, "files/"+f.SHA256)+"?"+query(ref), f.Size, r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

func at(ref jobs.Ref, what string) string { return "jobs/" + url.PathEscape(ref.Job) + "/" + what }

func query(ref jobs.Ref) string {
	return url.Values{"worker": {ref.Worker}, "epoch": {strconv.FormatUint(ref.Epoch, 10)}}.Encode()
}
