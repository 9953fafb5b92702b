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

// NewToken is a random word that lets in who knows it.
func NewToken() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenGuard lets in who has the token: as a cookie, which a page gets by giving
// the token to POST /v1/session, or as a bearer, for programs. Pages themselves,
// which have no secrets, and health are free, so that a page can ask for it. The
// token is never in a query: those are logged and passed on.
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

// studyPrefix is where participants of a study are, who have sessions of their own.
const studyPrefix = "/v1/study/"

func (s *Server) hasToken(r *http.Request) bool {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return equal(bearer, s.options.Token)
	}
	cookie, err := r.Cookie(cookieName)
	return err == nil && equal(cookie.Value, s.options.Token)
}

// equal takes the same time wherever two words differ first.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// session turns a token, as a bearer, into a cookie that scripts cannot read.
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
