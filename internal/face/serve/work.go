package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/work/jobs"
	"easel/internal/work/worker"
)

// Workers on other machines speak to the routes below workPrefix. They need the join token,
// which opens nothing else, and clients' token does not open these.
const workPrefix = "/v1/work/"

// The largest bodies of a worker's requests, in bytes; files have no limit but the queue's.
const (
	maxWorkBody = 16 << 20
	maxSaveBody = 64 << 20
)

// lendTime is how long a request for a job waits for one.
const lendTime = 20 * time.Second

// door lets workers in to a queue.
type door struct {
	queue   worker.Host // nil if there is none
	token   string      // "" lets none in
	memory  *budget
	log     *slog.Logger
	streams context.Context // ends waiting
}

// routes are the routes of workers.
func (d *door) routes() []route {
	job := workPrefix + "jobs/{id}/"
	return []route{
		{"POST " + workPrefix + "join", d.join},
		{"POST " + workPrefix + "lend", d.lend},
		{"POST " + workPrefix + "leave", d.leave},
		{"POST " + job + "beat", d.beat},
		{"GET " + job + "inputs/{hash}", d.input},
		{"PUT " + job + "files/{hash}", d.file},
		{"POST " + job + "save", d.save},
		{"POST " + job + "return", d.giveBack},
	}
}

// guard admits workers with the join token to their routes.
func (d *door) guard(workers, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, workPrefix) {
			others.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case d.token == "" || d.queue == nil:
			fail(w, failure(http.StatusNotFound, "no-workers", "start the server with --join-token-file FILE", "this server lets no workers in"))
		case !equal(bearer, d.token):
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, failure(http.StatusUnauthorized, "token", "give easel work the --token-file of the server's --join-token-file", "workers need the join token"))
		default:
			workers.ServeHTTP(w, r)
		}
	})
}

// problemOfWork words the errors of a queue for workers.
func problemOfWork(err error) error {
	var version *jobs.VersionError
	switch {
	case errors.Is(err, jobs.ErrGone):
		return failure(http.StatusConflict, "gone", "", "%v", err)
	case errors.Is(err, jobs.ErrStranger):
		return failure(http.StatusNotFound, "stranger", "join first", "%v", err)
	case errors.Is(err, jobs.ErrMachine):
		return failure(http.StatusUnprocessableEntity, "machine", "", "%v", err)
	case errors.Is(err, jobs.ErrFile):
		return failure(http.StatusUnprocessableEntity, "file", "", "%v", err)
	case errors.As(err, &version):
		return failure(http.StatusConflict, "version", hint.Of(err, hint.Keys{}), "%v", err)
	}
	return problemOfJobs(err)
}

// read decodes a worker's request and refuses unknown keys.
func (d *door) read(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	memory := d.memory.reserve()
	defer memory.release()
	text, err := readAll(readBody(w, r, limit, memory))
	if err != nil {
		return err
	}
	if err := strictjson.Decode(text, into); err != nil {
		return failure(http.StatusBadRequest, "json", "", "the request: %v", err)
	}
	return nil
}

// done answers a worker's request that has no result.
func done(w http.ResponseWriter, err error) {
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *door) join(w http.ResponseWriter, r *http.Request) {
	var m jobs.Machine
	err := d.read(w, r, maxWorkBody, &m)
	var terms jobs.Terms
	if err == nil {
		terms, err = d.queue.Join(r.Context(), m)
	}
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	d.log.Info("worker joined", "worker", m.Name, "bits", m.Bits, "kinds", m.Kinds)
	answer(w, http.StatusOK, terms)
}

// workerRequest is the body of a request that names only the worker.
type workerRequest struct {
	Worker string `json:"worker"`
}

func (d *door) leave(w http.ResponseWriter, r *http.Request) {
	var request workerRequest
	err := d.read(w, r, maxWorkBody, &request)
	if err == nil {
		err = d.queue.Leave(r.Context(), request.Worker)
	}
	done(w, err)
}

// lend answers with a job, or with 204 if there is none for a while.
func (d *door) lend(w http.ResponseWriter, r *http.Request) {
	var request workerRequest
	err := d.read(w, r, maxWorkBody, &request)
	var l *jobs.Loan
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), lendTime)
		defer cancel()
		defer context.AfterFunc(d.streams, cancel)()
		l, err = d.queue.Lend(ctx, request.Worker)
	}
	if err != nil || l == nil {
		done(w, err)
		return
	}
	answer(w, http.StatusOK, l)
}

// The requests of a worker about the job that it has. Ref.Job is the job in the path.
type (
	beatRequest struct {
		jobs.Ref
		jobs.Beat
	}
	saveRequest struct {
		jobs.Ref
		jobs.Written
	}
	returnRequest struct {
		jobs.Ref
		jobs.End
	}
)

func (d *door) beat(w http.ResponseWriter, r *http.Request) {
	var request beatRequest
	err := d.read(w, r, maxWorkBody, &request)
	request.Job = r.PathValue("id")
	var order jobs.Order
	if err == nil {
		order, err = d.queue.Beat(r.Context(), request.Ref, request.Beat)
	}
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	answer(w, http.StatusOK, order)
}

func (d *door) save(w http.ResponseWriter, r *http.Request) {
	var request saveRequest
	err := d.read(w, r, maxSaveBody, &request)
	request.Job = r.PathValue("id")
	if err == nil {
		err = d.queue.Save(r.Context(), request.Ref, request.Written)
	}
	done(w, err)
}

func (d *door) giveBack(w http.ResponseWriter, r *http.Request) {
	var request returnRequest
	err := d.read(w, r, maxWorkBody, &request)
	request.Job = r.PathValue("id")
	if err == nil {
		err = d.queue.Return(r.Context(), request.Ref, request.End)
	}
	done(w, err)
}

// refOf reads which claim a request without a JSON body is about.
func refOf(r *http.Request) (jobs.Ref, error) {
	query := r.URL.Query()
	epoch, err := strconv.ParseUint(query.Get("epoch"), 10, 64)
	if err != nil {
		return jobs.Ref{}, failure(http.StatusBadRequest, "query", "", "%q is not an epoch", query.Get("epoch"))
	}
	return jobs.Ref{Worker: query.Get("worker"), Job: r.PathValue("id"), Epoch: epoch}, nil
}

// input sends a file that a worker's job needs.
func (d *door) input(w http.ResponseWriter, r *http.Request) {
	ref, err := refOf(r)
	var from io.ReadCloser
	if err == nil {
		from, err = d.queue.Fetch(r.Context(), ref, r.PathValue("hash"))
	}
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	defer func() { _ = from.Close() }()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(patient{w}, from)
}

// patient writes to a client that has time to read each part.
type patient struct{ w http.ResponseWriter }

func (p patient) Write(b []byte) (int, error) {
	_ = http.NewResponseController(p.w).SetWriteDeadline(writeDeadline(len(b)))
	return p.w.Write(b)
}

// file receives a file that a worker's job has written.
func (d *door) file(w http.ResponseWriter, r *http.Request) {
	ref, err := refOf(r)
	if err == nil && r.ContentLength < 0 {
		err = failure(http.StatusLengthRequired, "length", "", "the size of the file must be told")
	}
	if err == nil {
		f := jobs.File{Size: r.ContentLength, SHA256: r.PathValue("hash")}
		err = d.queue.Send(r.Context(), ref, f, readBody(w, r, f.Size+1, nil))
	}
	done(w, err)
}

// LetWorkersIn lets workers in to a queue until ctx ends, without pages and the rest of the
// API. Of the options, the address, TLS and the join token count.
func LetWorkersIn(ctx context.Context, q worker.Host, o Options, ready func(Listening)) error {
	if err := o.Validate(); err != nil {
		return err
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	d := &door{queue: q, token: o.JoinToken, memory: &budget{total: o.memory()}, log: log, streams: ctx}
	for _, r := range d.routes() {
		mux.HandleFunc(r.pattern, r.handle)
	}
	listener, at, err := o.listen()
	if err != nil {
		return err
	}
	ready(at)
	h := httpServer(d.guard(mux, http.NotFoundHandler()), log)
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := h.Shutdown(stop); err != nil {
		return h.Close()
	}
	return nil
}

// listWorkers lists the workers on other machines.
func (s *Server) listWorkers(w http.ResponseWriter, _ *http.Request) {
	list := []jobs.Member{}
	if s.queue != nil {
		list = append(list, s.queue.Crew()...)
	}
	s.answerVeiled(w, http.StatusOK, map[string]any{"workers": list})
}
