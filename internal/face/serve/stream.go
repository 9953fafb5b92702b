package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// heartbeat is how often a silent stream sends a sign of life.
const heartbeat = 15 * time.Second

// stream sends the events of one job (/v1/jobs/{id}/events) or of all (/v1/events) as
// server-sent events: first a snapshot, then those after the event that Last-Event-ID or
// ?after= names, or only new ones. Nothing is buffered for a slow reader: it gets the next
// event when it has taken the last.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if s.queue == nil {
		fail(w, errNoState)
		return
	}
	id := r.PathValue("id")
	after, err := s.queue.Last(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	if from := firstOf(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")); from != "" {
		n, err := strconv.ParseUint(from, 10, 63)
		if err != nil {
			fail(w, failure(http.StatusBadRequest, "query", "", "%q is not the id of an event", from))
			return
		}
		after = min(n, after) // an id beyond the last comes from a store that was lost
	}
	var snapshot any
	if id == "" {
		list := []jobView{}
		for _, j := range s.queue.List() {
			list = append(list, s.shown(j))
		}
		snapshot = map[string]any{"jobs": list}
	} else {
		j, err := s.queue.Get(id)
		if err != nil {
			fail(w, problemOfJobs(err))
			return
		}
		snapshot = s.shown(j)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.streams, cancel)()
	out := sender{w, http.NewResponseController(w), s.veil}
	if out.event("snapshot", 0, snapshot) != nil {
		return
	}
	for {
		beat, stop := context.WithTimeout(ctx, heartbeat)
		e, err := s.queue.Next(beat, id, after)
		stop()
		switch {
		case err == nil:
			after = e.Sequence
			err = out.event(e.Type, e.Sequence, e)
		case s.streams.Err() != nil: // the server stops: the client should reconnect soon
			_ = out.text("retry: 2000\n\n")
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			err = out.text(": \n\n")
		}
		if err != nil {
			return
		}
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// sender writes events and limits the time that the client may take to read each.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	veil    *veil
}

func (s sender) event(kind string, id uint64, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	line := ""
	if id > 0 {
		line = fmt.Sprintf("id: %d\n", id)
	}
	return s.text(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", line, kind, s.veil.cover(text)))
}

func (s sender) text(text string) error {
	_ = s.control.SetWriteDeadline(writeDeadline(len(text)))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
