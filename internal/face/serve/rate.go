package serve

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limit how often a client may ask for work.
type rates struct {
	limit rate.Limit
	burst int
	mu    sync.Mutex
	by    map[string]*rate.Limiter
}

// manyClients is how many are remembered before those that have their full burst
// again, which is as good as new, are forgotten.
const manyClients = 1024

func newRates(perSecond float64) *rates {
	return &rates{limit: rate.Limit(perSecond), burst: max(1, int(2*perSecond)), by: map[string]*rate.Limiter{}}
}

// take fails if a client asks too often.
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
	p := failure(http.StatusTooManyRequests, "rate", "ask less often", "more than %g requests a second", float64(r.limit))
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

// clientOf is who sends a request: an address, of IPv6 the network of 64 bits that
// one subscriber has.
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
