package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"easel/internal/face/serve/page"
	"easel/internal/file/lock"
	"easel/internal/work/cluster"
	"easel/internal/work/jobs"
	look "easel/internal/work/page"
	"easel/internal/work/study"
)

// Server serves the pages and the API. Begin with New.
type Server struct {
	options  Options
	hosts    []string
	models   *models
	line     *line
	memory   *budget
	rates    *rates
	pages    map[string]pageFile
	study    *study.Study // nil without a study
	owned    *lock.Lock   // of the study's folder
	log      *slog.Logger
	metrics  *meters
	data     *dataRoots
	uploads  string           // name of the sent data; "" without a state folder
	queue    queue            // nil without a state folder
	cluster  *cluster.Cluster // nil if this machine has the jobs
	blobs    *blobs           // likewise
	veil     *veil
	health   health
	draining atomic.Bool
	streams  context.Context // ends all streams of events
	hangUp   context.CancelFunc
}

// New makes a server. It fails for invalid options and for models that cannot be opened.
func New(o Options) (*Server, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.MaxMemory = o.memory()
	o, err := o.absolute()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, line: newLine(o.Waiting), memory: &budget{total: o.MaxMemory}, rates: newRates(o.Rate), log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, host := range o.Hosts {
		name, ok := hostName(host)
		if !ok {
			return nil, fmt.Errorf("server options: %q is not the name of a host", host)
		}
		s.hosts = append(s.hosts, name)
	}
	if s.pages, err = readPages(page.Files(), look.App(), look.Files()); err != nil {
		return nil, err
	}
	if s.models, err = newModels(o); err != nil {
		return nil, err
	}
	if s.data, err = newDataRoots(o.Data); err != nil {
		return nil, err
	}
	if err := s.openStudy(); err != nil {
		return nil, err
	}
	s.streams, s.hangUp = context.WithCancel(context.Background())
	s.metrics = newMeters(s)
	if err := s.openState(); err != nil {
		if s.cluster != nil {
			s.cluster.Close()
		}
		return s, err
	}
	s.veil = newVeil(s)
	return s, nil
}

// absolute has the paths of folders and models from the root, so that the veil finds
// them in what clients are told, and nothing that merely looks like them.
func (o Options) absolute() (Options, error) {
	o.Models, o.Data = slices.Clone(o.Models), slices.Clone(o.Data)
	var paths []*string
	if o.State != "" {
		paths = append(paths, &o.State)
	}
	for _, list := range [][]string{o.Models, o.Data} {
		for i := range list {
			paths = append(paths, &list[i])
		}
	}
	for _, path := range paths {
		full, err := filepath.Abs(*path)
		if err != nil {
			return o, fmt.Errorf("server options: %w", err)
		}
		*path = full
	}
	return o, nil
}

// route is a method and path with its handler.
type route struct {
	pattern string // in the syntax of http.ServeMux
	handle  http.HandlerFunc
}

// routes are all routes; openapi.json describes each except the pages.
func (s *Server) routes() []route {
	return append(s.door().routes(), []route{
		{"GET /", s.page},
		{"POST /{model}", s.translate},
		{"POST /v1/translate", s.translate},
		{"PUT /v1/translate", s.translate},
		{"GET /v1/models", s.listModels},
		{"GET /v1/models/{id}", s.showModel},
		{"GET /v1/models/{id}/example", s.showExample},
		{"GET /v1/models/{id}/report", s.showReport},
		{"POST /v1/jobs", s.submitJob},
		{"GET /v1/jobs", s.listJobs},
		{"GET /v1/jobs/{id}", s.showJob},
		{"DELETE /v1/jobs/{id}", s.deleteJob},
		{"POST /v1/jobs/{id}/pause", s.pauseJob},
		{"POST /v1/jobs/{id}/resume", s.resumeJob},
		{"GET /v1/jobs/{id}/events", s.stream},
		{"GET /v1/jobs/{id}/preview", s.preview},
		{"GET /v1/jobs/{id}/result", s.result},
		{"GET /v1/jobs/{id}/files/{path...}", s.jobFile},
		{"GET /v1/events", s.stream},
		{"HEAD /v1/blobs/{hash}", s.headBlob},
		{"GET /v1/blobs/{hash}", s.getBlob},
		{"PUT /v1/blobs/{hash}", s.putBlob},
		{"GET /v1/data", s.listData},
		{"GET /v1/experiments", s.listExperiments},
		{"POST /v1/data", s.makeData},
		{"DELETE /v1/data/{name}", s.removeData},
		{"POST " + studyPrefix + "sessions", s.ofStudy(s.beginSession)},
		{"GET " + studyPrefix + "sessions/{id}/trial", s.ofStudy(s.nextTrial)},
		{"POST " + studyPrefix + "sessions/{id}/answers", s.ofStudy(s.takeAnswer)},
		{"GET " + studyPrefix + "pictures/{name}", s.ofStudy(s.studyPicture)},
		{"GET /v1/version", s.version},
		{"POST /v1/session", s.session},
		{"GET /livez", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }},
		{"GET /readyz", s.ready},
		{"GET /metrics", s.showMetrics},
		{"GET /openapi.json", s.openAPI},
		{"GET /v1/workers", s.listWorkers},
	}...)
}

// door lets workers in to the server's queue.
func (s *Server) door() *door {
	d := &door{token: s.options.JoinToken, memory: s.memory, log: s.log, streams: s.streams}
	if s.queue != nil {
		d.queue = s.queue
	}
	return d
}

// Handler answers requests without a listener.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.pattern, r.handle)
	}
	return s.logged(s.door().guard(mux, s.guarded(s.tokenGuard(mux))))
}

func (s *Server) version(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"version": s.options.Version, "go": runtime.Version(), "max_body": s.options.MaxBody, "max_pixels": s.options.MaxPixels})
}

func (s *Server) listModels(w http.ResponseWriter, _ *http.Request) {
	list := []Model{}
	for _, m := range s.models.all() {
		list = append(list, s.about(m))
	}
	answer(w, http.StatusOK, map[string]any{"models": list})
}

func (s *Server) showModel(w http.ResponseWriter, r *http.Request) {
	m, err := s.models.get(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, s.about(m))
}

// about describes a model, without paths of this machine.
func (s *Server) about(m *model) Model {
	about := s.models.about(m)
	about.Error = s.veil.text(about.Error)
	return about
}

// ready reports whether the server takes new work: not while it stops, or if it cannot
// write its state folder.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.draining.Load() || s.streams.Err() != nil {
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	if err := s.healthy(); err != nil {
		s.log.Warn("not ready", "error", err)
		plain(w, http.StatusServiceUnavailable, jobs.ErrStore.Error())
		return
	}
	plain(w, http.StatusOK, "ok")
}

// health caches the last check of the queue, because each check writes to the disk and
// anybody may ask for it.
type health struct {
	mu   sync.Mutex
	when time.Time
	err  error
}

// healthTime is how long a check counts.
const healthTime = time.Second

func (s *Server) healthy() error {
	if s.queue == nil {
		return nil
	}
	h := &s.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.when) > healthTime {
		h.err, h.when = s.queue.Health(), time.Now()
	}
	return h.err
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// Close stops the jobs, which continue at the next start, and frees the models. All
// requests must have ended.
func (s *Server) Close() error {
	s.hangUp()
	if s.queue != nil {
		s.queue.Close()
	}
	if s.cluster != nil {
		s.cluster.Close()
	}
	s.owned.Release()
	return s.models.close()
}

// stopTime is how long running requests have to end; after that, jobs have as long as their
// queue gives them. Together this is less than the 30 seconds after which Kubernetes kills.
const stopTime = 4 * time.Second

// Listening says where a server can be reached.
type Listening struct {
	// URL is the address. Its fragment is the token, if there is one; browsers do not send
	// fragments.
	URL string
	// Fingerprint is the SHA-256 of a self-signed certificate.
	Fingerprint string
}

// Run serves until ctx ends, then waits for running requests and frees the models. It calls
// ready, which may be nil, with the address.
func (s *Server) Run(ctx context.Context, ready func(Listening)) error {
	listener, at, err := s.options.listen()
	if err != nil {
		return err
	}
	if s.options.Token != "" {
		at.URL += "#token=" + s.options.Token
	}
	if ready != nil {
		ready(at)
	}
	return s.Serve(ctx, listener)
}

// listen opens the address, with TLS if there is a certificate.
func (o Options) listen() (net.Listener, Listening, error) {
	config, fingerprint, err := o.certificate()
	if err != nil {
		return nil, Listening{}, err
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, Listening{}, fmt.Errorf("listen: %w", err)
	}
	at := Listening{URL: "http://" + listener.Addr().String() + "/", Fingerprint: fingerprint}
	if config != nil {
		listener = tls.NewListener(listener, config)
		at.URL = "https" + strings.TrimPrefix(at.URL, "http")
	}
	return limit(listener, o.Connections), at, nil
}

// httpServer answers with a handler, to clients that are neither slow nor verbose.
func httpServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Serve is Run on a listener, which it closes.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	h := httpServer(s.Handler(), s.log)
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(listener) }()
	var lost <-chan error
	if s.queue != nil {
		lost = s.queue.Lost()
	}
	select {
	case err := <-ended:
		return errors.Join(err, s.Close())
	case err := <-lost:
		return errors.Join(err, h.Close(), s.Close())
	case <-ctx.Done():
	}
	s.draining.Store(true)
	s.hangUp()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := h.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = h.Close()
	}
	return errors.Join(err, s.Close())
}
