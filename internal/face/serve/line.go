package serve

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// line lets one picture at a time be translated, in order of arrival, because each uses all
// threads. A bounded number may wait; of those that belong to one drawing, only the newest.
type line struct {
	turn  chan struct{} // full while a picture is being translated
	limit int

	mu      sync.Mutex
	waiting int
	live    map[string]context.CancelCauseFunc // cancels the waiting picture of a drawing
	pace    time.Duration                      // average time per picture
}

func newLine(limit int) *line {
	return &line{turn: make(chan struct{}, 1), limit: limit, live: map[string]context.CancelCauseFunc{}, pace: 50 * time.Millisecond}
}

// errSuperseded answers a picture when a newer one of the same drawing has arrived.
var errSuperseded = failure(http.StatusConflict, "superseded", "", "a newer picture of the same drawing came in")

// enter waits for the turn and returns a function that ends it. live identifies a drawing,
// or is "".
func (l *line) enter(ctx context.Context, live string) (leave func(), err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := l.join(live, cancel); err != nil {
		return nil, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	l.mu.Lock()
	l.waiting--
	superseded := context.Cause(ctx) == errSuperseded
	if live != "" && !superseded {
		delete(l.live, live)
	}
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	leave = func() {
		<-l.turn
		l.mu.Lock()
		l.pace += (time.Since(began) - l.pace) / 8
		l.mu.Unlock()
	}
	if superseded { // at the last moment
		<-l.turn
		return nil, errSuperseded
	}
	return leave, nil
}

// join counts one more waiting picture.
func (l *line) join(live string, cancel context.CancelCauseFunc) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if live != "" {
		if older := l.live[live]; older != nil {
			older(errSuperseded)
			delete(l.live, live)
		}
	}
	if l.waiting >= l.limit {
		p := failure(http.StatusTooManyRequests, "busy", "try again after the time in Retry-After", "%d pictures are waiting already", l.waiting)
		p.retry = l.pace * time.Duration(l.waiting+1)
		return p
	}
	l.waiting++
	if live != "" {
		l.live[live] = cancel
	}
	return nil
}

// length returns how many pictures wait.
func (l *line) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting
}
