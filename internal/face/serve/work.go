package serve

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/work/jobs"
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

// workRoutes are the routes of workers.
func (s *Server) workRoutes() []route {
	job := workPrefix + "jobs/{id}/"
	return []route{
		{"POST " + workPrefix + "join", s.joinWorker},
		{"POST " + workPrefix + "lend", s.lendJob},
		{"POST " + workPrefix + "leave", s.leaveWorker},
		{"POST " + job + "beat", s.beatJob},
		{"GET " + job + "inputs/{hash}", s.sendInput},
		{"PUT " + job + "files/{hash}", s.takeFile},
		{"POST " + job + "save", s.saveJob},
		{"POST " + job + "return", s.returnJob},
	}
}

// workGuard admits workers with the join token to their routes.
func (s *Server) workGuard(workers, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, workPrefix) {
			others.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case s.options.JoinToken == "" || s.queue == nil:
			fail(w, failure(http.StatusNotFound, "no-workers", "start the server with --join-token-file FILE", "this server lets no workers in"))
		case !equal(bearer, s.options.JoinToken):
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

// readWork decodes a worker's request and refuses unknown keys.
func (s *Server) readWork(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	memory := s.memory.reserve()
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

func (s *Server) joinWorker(w http.ResponseWriter, r *http.Request) {
	var m jobs.Machine
	err := s.readWork(w, r, maxWorkBody, &m)
	var terms jobs.Terms
	if err == nil {
		terms, err = s.queue.Join(r.Context(), m)
	}
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	s.log.Info("worker joined", "worker", m.Name, "bits", m.Bits, "kinds", m.Kinds)
	answer(w, http.StatusOK, terms)
}

// workerRequest is the body of a request that names only the worker.
type workerRequest struct {
	Worker string `json:"worker"`
}

func (s *Server) leaveWorker(w http.ResponseWriter, r *http.Request) {
	var request workerRequest
	err := s.readWork(w, r, maxWorkBody, &request)
	if err == nil {
		err = s.queue.Leave(r.Context(), request.Worker)
	}
	done(w, err)
}

// lendJob answers with a job, or with 204 if there is none for a while.
func (s *Server) lendJob(w http.ResponseWriter, r *http.Request) {
	var request workerRequest
	err := s.readWork(w, r, maxWorkBody, &request)
	var l *jobs.Loan
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), lendTime)
		defer cancel()
		defer context.AfterFunc(s.streams, cancel)()
		l, err = s.queue.Lend(ctx, request.Worker)
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

func (s *Server) beatJob(w http.ResponseWriter, r *http.Request) {
	var request beatRequest
	err := s.readWork(w, r, maxWorkBody, &request)
	request.Job = r.PathValue("id")
	var order jobs.Order
	if err == nil {
		order, err = s.queue.Beat(r.Context(), request.Ref, request.Beat)
	}
	if err != nil {
		fail(w, problemOfWork(err))
		return
	}
	answer(w, http.StatusOK, order)
}

func (s *Server) saveJob(w http.ResponseWriter, r *http.Request) {
	var request saveRequest
	err := s.readWork(w, r, maxSaveBody, &request)
	request.Job = r.PathValue("id")
	if err == nil {
		err = s.queue.Save(r.Context(), request.Ref, request.Written)
	}
	done(w, err)
}

func (s *Server) returnJob(w http.ResponseWriter, r *http.Request) {
	var request returnRequest
	err := s.readWork(w, r, maxWorkBody, &request)
	request.Job = r.PathValue("id")
	if err == nil {
		err = s.queue.Return(r.Context(), request.Ref, request.End)
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

// sendInput sends a file that a worker's job needs.
func (s *Server) sendInput(w http.ResponseWriter, r *http.Request) {
	ref, err := refOf(r)
	var from io.ReadCloser
	if err == nil {
		from, err = s.queue.Fetch(r.Context(), ref, r.PathValue("hash"))
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

// takeFile receives a file that a worker's job has written.
func (s *Server) takeFile(w http.ResponseWriter, r *http.Request) {
	ref, err := refOf(r)
	if err == nil && r.ContentLength < 0 {
		err = failure(http.StatusLengthRequired, "length", "", "the size of the file must be told")
	}
	if err == nil {
		f := jobs.File{Size: r.ContentLength, SHA256: r.PathValue("hash")}
		err = s.queue.Send(r.Context(), ref, f, readBody(w, r, f.Size+1, nil))
	}
	done(w, err)
}

// listWorkers lists the workers on other machines.
func (s *Server) listWorkers(w http.ResponseWriter, _ *http.Request) {
	list := []jobs.Member{}
	if s.queue != nil {
		list = append(list, s.queue.Crew()...)
	}
	s.answerVeiled(w, http.StatusOK, map[string]any{"workers": list})
}
