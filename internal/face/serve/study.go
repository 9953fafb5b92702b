package serve

import (
	"errors"
	"io"
	"net/http"

	"easel/internal/base/strictjson"
	"easel/internal/file/lock"
	"easel/internal/work/study"
)

// openStudy opens the study, if there is one, for this server alone.
func (s *Server) openStudy() (err error) {
	if s.options.Study == "" {
		return nil
	}
	if s.owned, err = lock.Folder(s.options.Study); err != nil {
		return err
	}
	if s.study, err = study.Open(s.options.Study); err != nil {
		s.owned.Release()
	}
	return err
}

// ofStudy wraps a route of the perceptual study; without a study it is not found.
func (s *Server) ofStudy(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.study == nil {
			fail(w, failure(http.StatusNotFound, "no-study", "start the server with --study DIR, made by easel study create", "this server has no study"))
			return
		}
		next(w, r)
	}
}

// beginning is the body of a request to take part.
type beginning struct {
	// Participant identifies who comes back; "" is somebody new.
	Participant string `json:"participant"`
}

// beginSession admits a participant to the perceptual study, or lets them go on.
// Participants do not need the server's token: a session is identified by a random word
// that only its participant knows.
func (s *Server) beginSession(w http.ResponseWriter, r *http.Request) {
	var who beginning
	err := s.rates.take(clientOf(r))
	if err == nil {
		err = readStudyJSON(w, r, &who)
	}
	var session study.Session
	if err == nil {
		session, err = s.study.Begin(who.Participant)
	}
	if err != nil {
		fail(w, studyProblem(err))
		return
	}
	status := http.StatusCreated
	if session.Resumed {
		status = http.StatusOK
	}
	answer(w, status, session)
}

func (s *Server) nextTrial(w http.ResponseWriter, r *http.Request) {
	trial, err := s.study.Trial(r.PathValue("id"))
	if err != nil {
		fail(w, studyProblem(err))
		return
	}
	answer(w, http.StatusOK, trial)
}

// maxAnswer is the largest body that a participant sends, in bytes.
const maxAnswer = 4096

func readStudyJSON(w http.ResponseWriter, r *http.Request, into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err == nil {
		err = strictjson.Decode(text, into)
	}
	if err != nil {
		return failure(http.StatusBadRequest, "answer", "", "the body is not as described: %v", err)
	}
	return nil
}

func (s *Server) takeAnswer(w http.ResponseWriter, r *http.Request) {
	var a study.Answer
	if err := readStudyJSON(w, r, &a); err != nil {
		fail(w, err)
		return
	}
	feedback, err := s.study.Answer(r.PathValue("id"), a)
	if err != nil {
		fail(w, studyProblem(err))
		return
	}
	answer(w, http.StatusOK, feedback)
}

// studyPicture serves a picture under its random name, real and generated ones alike.
func (s *Server) studyPicture(w http.ResponseWriter, r *http.Request) {
	path, ok := s.study.Picture(r.PathValue("name"))
	if !ok {
		fail(w, failure(http.StatusNotFound, "not-found", "", "the study has no such picture"))
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store") // its loading time must not give anything away
	http.ServeFile(w, r, path)
}

func studyProblem(err error) error {
	switch {
	case errors.Is(err, study.ErrNoSession):
		return failure(http.StatusNotFound, "no-session", "begin again", "%v", err)
	case errors.Is(err, study.ErrFinished):
		return failure(http.StatusGone, "finished", "", "%v", err)
	case errors.Is(err, study.ErrWord):
		return failure(http.StatusBadRequest, "participant", "", "%v", err)
	case errors.Is(err, study.ErrOrder):
		return failure(http.StatusConflict, "order", "", "%v", err)
	}
	return err
}
