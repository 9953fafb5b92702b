package serve

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

// cookieName is where browsers keep the token.
const cookieName = "easel"

// NewToken returns a random token.
func NewToken() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenGuard admits clients with the token: as a bearer, for programs, or as a cookie,
// which a page gets from POST /v1/session. Pages have no secrets and need no token, so that
// they can ask for it; neither do health checks. The token is never in a query: those are
// logged and passed on.
func (s *Server) tokenGuard(next http.Handler) http.Handler {
	if s.options.Token == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, page := s.pages[r.URL.Path]
		free := page && (r.Method == http.MethodGet || r.Method == http.MethodHead) ||
			r.URL.Path == "/livez" || r.URL.Path == "/readyz" || r.URL.Path == "/v1/session" || strings.HasPrefix(r.URL.Path, studyPrefix)
		if !free && !s.hasToken(r) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, failure(http.StatusUnauthorized, "token", "open the address that the server printed when it started", "the server needs its token"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// studyPrefix is the path of the study, whose participants have their own sessions.
const studyPrefix = "/v1/study/"

func (s *Server) hasToken(r *http.Request) bool {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return equal(bearer, s.options.Token)
	}
	cookie, err := r.Cookie(cookieName)
	return err == nil && equal(cookie.Value, s.options.Token)
}

// equal takes the same time wherever the two words differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// session exchanges a bearer token for a cookie that scripts cannot read.
func (s *Server) session(w http.ResponseWriter, r *http.Request) {
	if s.options.Token != "" && !s.hasToken(r) {
		fail(w, failure(http.StatusUnauthorized, "token", "open the address that the server printed when it started", "this is not the token"))
		return
	}
	if s.options.Token != "" {
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: s.options.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
		})
	}
	w.WriteHeader(http.StatusNoContent)
}
