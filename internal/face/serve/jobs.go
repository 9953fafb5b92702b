package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/work/jobs"
)

// The largest requests for a job and for a folder of data, in bytes.
const (
	maxJobBody  = 1 << 20
	maxDataBody = 32 << 20
)

// jobRequest is the body of POST /v1/jobs.
type jobRequest struct {
	Kind string `json:"kind"`
	// Options are those of the verb: see package verbs. A key "preset" names what
	// they are on top of.
	Options json.RawMessage `json:"options"`
}

func (s *Server) submitJob(w http.ResponseWriter, r *http.Request) {
	j, err := s.submit(w, r)
	if err != nil {
		fail(w, problemOfJobs(err))
		return
	}
	w.Header().Set("Location", "/v1/jobs/"+j.ID)
	s.answerJob(w, http.StatusAccepted, j)
}

func (s *Server) submit(w http.ResponseWriter, r *http.Request) (j jobs.View, err error) {
	if s.queue == nil {
		return j, errNoState
	}
	var request jobRequest
	if err := s.readJSON(w, r, maxJobBody, &request); err != nil {
		return j, err
	}
	if err := s.allowed(request.Kind); err != nil {
		return j, err
	}
	options, err := s.rename(request.Kind, request.Options)
	if err != nil {
		return j, err
	}
	j, err = s.queue.Submit(r.Context(), request.Kind, options, r.Header.Get("Idempotency-Key"))
	if err != nil && problemOfJobs(err) == err { // the kind's own check
		err = failure(http.StatusUnprocessableEntity, "options", hint.Of(err, spelling{}), "%s", s.veil.text(err.Error()))
	}
	return j, err
}

// readJSON reads a request for work, strictly.
func (s *Server) readJSON(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	if err := s.rates.take(clientOf(r)); err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return failure(http.StatusUnsupportedMediaType, "json", "send it with Content-Type: application/json", "work is asked for in JSON")
	}
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

// allowed refuses work that takes a machine for hours where others reach it.
func (s *Server) allowed(kind string) error {
	switch kind {
	case "train", "experiment", "demo":
		if s.options.Public() && !s.options.AllowTraining {
			return failure(http.StatusForbidden, "training", "start the server with --allow-training", "training is off where other machines reach the server")
		}
	}
	return nil
}

// listJobs lists the jobs, with ?kind= and ?state= only those.
func (s *Server) listJobs(w http.ResponseWriter, r *http.Request) {
	kind, state := r.URL.Query().Get("kind"), r.URL.Query().Get("state")
	list := []jobView{}
	if s.queue != nil {
		for _, j := range s.queue.List() {
			if (kind == "" || j.Kind == kind) && (state == "" || string(j.State) == state) {
				list = append(list, s.shown(j))
			}
		}
	}
	s.answerVeiled(w, http.StatusOK, map[string]any{"jobs": list})
}

// job is the job that a request names.
func (s *Server) job(r *http.Request) (jobs.View, error) {
	if s.queue == nil {
		return jobs.View{}, errNoState
	}
	return s.queue.Get(r.PathValue("id"))
}

func (s *Server) showJob(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r)
	if err != nil {
		fail(w, problemOfJobs(err))
		return
	}
	s.answerJob(w, http.StatusOK, j)
}

// deleteJob cancels, and with ?files=remove removes what has ended.
func (s *Server) deleteJob(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r)
	switch {
	case err != nil:
	case r.URL.Query().Get("files") == "remove":
		if err = s.queue.Remove(j.ID); err == nil {
			s.models.drop(j.ID)
			w.WriteHeader(http.StatusNoContent)
			return
		}
	default:
		j, err = s.queue.Cancel(r.Context(), j.ID)
	}
	if err != nil {
		fail(w, problemOfJobs(err))
		return
	}
	s.answerJob(w, http.StatusOK, j)
}

// pauseJob has a job wait, and resumeJob has it go on.
func (s *Server) pauseJob(w http.ResponseWriter, r *http.Request)  { s.move(w, r, queue.Pause) }
func (s *Server) resumeJob(w http.ResponseWriter, r *http.Request) { s.move(w, r, queue.Resume) }

// move answers with a job after it was asked to do something.
func (s *Server) move(w http.ResponseWriter, r *http.Request, to func(queue, context.Context, string) (jobs.View, error)) {
	j, err := s.job(r)
	if err == nil {
		j, err = to(s.queue, r.Context(), j.ID)
	}
	if err != nil {
		fail(w, problemOfJobs(err))
		return
	}
	s.answerJob(w, http.StatusOK, j)
}

// spelling is how advice names options and commands to clients of the API.
type spelling struct{}

// Option is a key of a job's options.
func (spelling) Option(name, value string) string {
	if value == "" {
		return name
	}
	return fmt.Sprintf("%s: %q", name, value)
}

// Command is a job of a kind.
func (spelling) Command(words string, options []string) string {
	if len(options) == 0 {
		return "a job of kind " + words
	}
	return "a job of kind " + words + " with " + strings.Join(options, ", ")
}
