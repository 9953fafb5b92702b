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

// The largest bodies of requests for a job and for a folder of data, in bytes.
const (
	maxJobBody  = 1 << 20
	maxDataBody = 32 << 20
)

// jobRequest is the body of POST /v1/jobs.
type jobRequest struct {
	Kind string `json:"kind"`
	// Options are those of the verb: see package verbs. The key "preset" names the preset
	// that they are applied to.
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
	if _, known := named[request.Kind]; !known { // or not for clients: its options may be paths
		return j, fmt.Errorf("%w: %q", jobs.ErrKind, request.Kind)
	}
	if err := s.allowed(request.Kind); err != nil {
		return j, err
	}
	options, err := s.rename(request.Kind, request.Options)
	if err != nil {
		return j, err
	}
	j, err = s.queue.Submit(r.Context(), request.Kind, options, r.Header.Get("Idempotency-Key"))
	if err != nil && problemOfJobs(err) == err { // from the check of the job's kind
		err = failure(http.StatusUnprocessableEntity, "options", hint.Of(err, spelling{}), "%s", s.veil.text(err.Error()))
	}
	return j, err
}

// readJSON decodes a JSON request and refuses unknown keys.
func (s *Server) readJSON(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	if err := s.rates.take(clientOf(r)); err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return failure(http.StatusUnsupportedMediaType, "json", "send it with Content-Type: application/json", "the request must be JSON")
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

// allowed refuses training if other machines can reach the server, unless it is allowed.
func (s *Server) allowed(kind string) error {
	switch kind {
	case "train", "train-style", "experiment", "demo":
		if s.options.Public() && !s.options.AllowTraining {
			return failure(http.StatusForbidden, "training", "start the server with --allow-training", "training is disabled because other machines can reach the server")
		}
	}
	return nil
}

// listJobs lists the jobs, filtered by ?kind= and ?state=.
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

// job returns the job that a request names.
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

// deleteJob cancels a job, or with ?files=remove removes an ended one.
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

// pauseJob pauses a job, and resumeJob continues it.
func (s *Server) pauseJob(w http.ResponseWriter, r *http.Request)  { s.move(w, r, queue.Pause) }
func (s *Server) resumeJob(w http.ResponseWriter, r *http.Request) { s.move(w, r, queue.Resume) }

// move changes the state of a job and answers with it.
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

// spelling says how advice names options and commands to clients of the API.
type spelling struct{}

// Option names a key of a job's options.
func (spelling) Option(name, value string) string {
	if value == "" {
		return name
	}
	return fmt.Sprintf("%s: %q", name, value)
}

// Command names a job of a kind.
func (spelling) Command(words string, options []string) string {
	if len(options) == 0 {
		return "a job of kind " + words
	}
	return "a job of kind " + words + " with " + strings.Join(options, ", ")
}
