package serve

import (
	"errors"
	"io"
	"net/http"

	"easel/internal/base/strictjson"
	"easel/internal/work/study"
)

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

// beginSession admits a participant to the perceptual study. Participants do not need the
// server's token: a session is identified by a random word that only its participant knows.
func (s *Server) beginSession(w http.ResponseWriter, _ *http.Request) {
	session, err := s.study.Begin()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusCreated, session)
}

func (s *Server) nextTrial(w http.ResponseWriter, r *http.Request) {
	trial, err := s.study.Trial(r.PathValue("id"))
	if err != nil {
		fail(w, studyProblem(err))
		return
	}
	answer(w, http.StatusOK, trial)
}

// maxAnswer is the largest body of an answer, in bytes.
const maxAnswer = 4096

func (s *Server) takeAnswer(w http.ResponseWriter, r *http.Request) {
	var a study.Answer
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err == nil {
		err = strictjson.Decode(text, &a)
	}
	if err != nil {
		fail(w, failure(http.StatusBadRequest, "answer", "", "the body is not an answer: %v", err))
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
	case errors.Is(err, study.ErrOrder):
		return failure(http.StatusConflict, "order", "", "%v", err)
	}
	return err
}
