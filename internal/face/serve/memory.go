package serve

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
)

// budget is memory that all requests share. A request reserves what it needs before it
// allocates it, so too many at once are refused instead of ending the process.
type budget struct {
	mu          sync.Mutex
	total, used int64
}

// reservation is one request's part of the budget. It grows as more becomes known.
type reservation struct {
	budget *budget
	n      int64
}

func (b *budget) reserve() *reservation { return &reservation{budget: b} }

// grow reserves n more bytes or fails at once. Waiting for other reservations while holding
// one could deadlock.
func (r *reservation) grow(n int64) error {
	b := r.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.n+n > b.total {
		return failure(http.StatusRequestEntityTooLarge, "too-large", "make the picture smaller",
			"it needs %s of memory, the server has %s for all pictures", amount(r.n+n), amount(b.total))
	}
	if b.used+n > b.total {
		p := failure(http.StatusTooManyRequests, "memory", "try again after the time in Retry-After",
			"other pictures use all of the server's memory of %s", amount(b.total))
		p.retry = time.Second
		return p
	}
	b.used += n
	r.n += n
	return nil
}

// release returns the whole reservation.
func (r *reservation) release() {
	r.budget.mu.Lock()
	defer r.budget.mu.Unlock()
	r.budget.used -= r.n
	r.n = 0
}

// reserved returns how much is reserved.
func (b *budget) reserved() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

func amount(n int64) string { return humanize.BytesN(uint64(max(n, 0)), 3) }

// The slowest rate at which a body may arrive: slower connections only occupy resources.
// The first bytes have time for a handshake.
const (
	slowest   = 16 << 10 // bytes per second
	firstTime = 10 * time.Second
)

// bodyReader reads a request's body with a deadline that grows with what arrives. If the
// body stays in memory, it reserves that, too.
type bodyReader struct {
	from     io.Reader
	memory   *reservation
	control  *http.ResponseController
	began    time.Time
	reserved int64
	read     int64
}

func (r *bodyReader) Read(p []byte) (int, error) {
	deadline := r.began.Add(firstTime + time.Duration(r.read)*time.Second/slowest)
	_ = r.control.SetReadDeadline(deadline) // not every writer supports it, as in tests
	n, err := r.from.Read(p)
	r.read += int64(n)
	if err == io.EOF { // no deadline while the answer is made
		_ = r.control.SetReadDeadline(time.Time{})
	}
	if more := 2*r.read - r.reserved; more > 0 && r.memory != nil { // slices double as they grow
		more = max(more, 64<<10)
		if err := r.memory.grow(more); err != nil {
			return n, err
		}
		r.reserved += more
	}
	return n, err
}

// hurry sets the deadline for the first bytes of a body. It also applies when net/http
// reads what a handler left unread, before it closes the connection.
func hurry(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(firstTime))
	}
}

// readBody reads all of a request's body.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, memory *reservation) io.Reader {
	return &bodyReader{from: http.MaxBytesReader(w, r.Body, limit), memory: memory, control: http.NewResponseController(w), began: time.Now()}
}

// readAll is io.ReadAll, with a problem for a client that is too slow or disconnects.
func readAll(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(from)
	var p *problem
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &p) && !errors.As(err, &large) {
		return nil, failure(http.StatusRequestTimeout, "body", "send it again at more than 16 kB/s", "the body of the request did not arrive: %v", err)
	}
	return data, err
}
