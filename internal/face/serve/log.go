package serve

import (
	"cmp"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"
)

// logged logs every request and turns a panic into an answer: a bug of ours must not end
// other people's requests.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, status := time.Now(), &statusWriter{ResponseWriter: w, log: s.log}
		s.metrics.flying.Inc()
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.log.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if status.code == 0 {
					fail(status, failure(http.StatusInternalServerError, "internal", "", "internal error"))
				}
			}
			s.metrics.flying.Dec()
			s.metrics.request(r.Method, cmp.Or(r.Pattern, "none"), status.code, time.Since(began))
			level := slog.LevelDebug
			if status.code >= http.StatusInternalServerError {
				level = slog.LevelWarn
			}
			s.log.Log(r.Context(), level, "request", "method", r.Method, "path", r.URL.Path, "status", status.code, "seconds", time.Since(began).Seconds())
		}()
		hurry(status, r)
		next.ServeHTTP(status, r)
	})
}

// statusWriter remembers the status of an answer, and limits the time that a client may
// take to read it: a server's WriteTimeout would count from the request's header, and cut
// off streams.
type statusWriter struct {
	http.ResponseWriter
	code int
	log  *slog.Logger
}

// blame logs the cause of an internal error, of which the client is told the reference.
func (w *statusWriter) blame(reference string, err error) {
	w.log.Error("internal error", "reference", reference, "error", err)
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
		length, _ := strconv.Atoi(w.Header().Get("Content-Length"))
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(writeDeadline(length))
	}
	w.ResponseWriter.WriteHeader(code)
}

// writeDeadline returns when a client must have read n bytes.
func writeDeadline(bytes int) time.Time {
	return time.Now().Add(firstTime + time.Duration(bytes)*time.Second/slowest)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
