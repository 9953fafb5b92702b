package serve

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limit how often a client may request work.
type rates struct {
	limit rate.Limit
	burst int
	mu    sync.Mutex
	by    map[string]*rate.Limiter
}

// manyClients is how many clients are remembered before those with a full burst, which are
// as good as new, are forgotten.
const manyClients = 1024

func newRates(perSecond float64) *rates {
	return &rates{limit: rate.Limit(perSecond), burst: max(1, int(2*perSecond)), by: map[string]*rate.Limiter{}}
}

// take fails if a client makes requests too often.
func (r *rates) take(client string) error {
	if r.limit <= 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.by[client]
	if l == nil {
		if len(r.by) >= manyClients {
			r.forget()
		}
		l = rate.NewLimiter(r.limit, r.burst)
		r.by[client] = l
	}
	if l.Allow() {
		return nil
	}
	p := failure(http.StatusTooManyRequests, "rate", "send requests less often", "more than %g requests per second", float64(r.limit))
	p.retry = time.Duration(float64(time.Second) / float64(r.limit))
	return p
}

func (r *rates) forget() {
	for client, l := range r.by {
		if l.Tokens() >= float64(r.burst) {
			delete(r.by, client)
		}
	}
}

// clientOf identifies a client by its address, or for IPv6 by the /64 network that one
// subscriber has.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Is4() || ip.Is4In6() {
		return host
	}
	network, _ := ip.WithZone("").Prefix(64)
	return network.String()
}
