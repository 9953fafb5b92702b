package serve

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// csp limits what pages may load to this server and to pictures that a page made.
const csp = "default-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guarded wraps the routes: it refuses requests that are not meant for this server, and
// restricts what pages may do with the answers.
func (s *Server) guarded(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, failure(http.StatusForbidden, "cross-origin", "", "requests from other sites are refused"))
	}))
	next = origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if !s.knowsHost(r.Host) {
			fail(w, failure(http.StatusForbidden, "host", "to allow this name, start the server with --host NAME", "this server is not called %q", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knowsHost reports whether a request's Host is a name of this server. Another site can
// point its own name at this address (DNS rebinding). Browsers then send that name, so a
// list of names keeps the site out; checking Origin against Host would not.
func (s *Server) knowsHost(host string) bool {
	name, ok := hostName(host)
	if !ok {
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".local") ||
		slices.Contains(s.hosts, name)
}

// hostName returns the name in a Host header: in lower case, without port, brackets and
// trailing dot.
func hostName(host string) (string, bool) {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		name = host[1 : len(host)-1]
	} else if strings.Contains(host, ":") {
		return "", false
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	return name, name != ""
}
