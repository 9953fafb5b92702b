package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"easel/internal/work/translate"
)

// problem is an error as a client sees it (RFC 9457), with advice.
type problem struct {
	// Type is a URN of the kind of error, for programs.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
	// Tile is the side of tiles with which a picture that is too large would fit.
	Tile int `json:"tile,omitempty"`

	retry time.Duration
	cause error // of an internal error: for the log, because it may name paths of the machine
}

func (p *problem) Error() string { return p.Detail }

// failure makes a problem.
func failure(status int, kind, advice, format string, args ...any) *problem {
	return &problem{
		Type: "urn:easel:" + kind, Title: http.StatusText(status), Status: status,
		Detail: fmt.Sprintf(format, args...), Hint: advice,
	}
}

// problemOf turns an error into a problem. Errors of easel's packages are worded for
// clients here; the command line has its own advice.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var memory *translate.MemoryError
	if errors.As(err, &memory) {
		advice := "not even the model's own size fits into the server's memory"
		if memory.FitWidth > 0 {
			advice = fmt.Sprintf("a picture of up to %d×%d fits: make it smaller", memory.FitWidth, memory.FitHeight)
		}
		if memory.Tile > 0 {
			advice += fmt.Sprintf(", or translate it in tiles with tile=%d", memory.Tile)
		}
		large := failure(http.StatusRequestEntityTooLarge, "too-large", advice, "%v", err)
		large.Tile = memory.Tile
		return large
	}
	var body *http.MaxBytesError
	if errors.As(err, &body) {
		return failure(http.StatusRequestEntityTooLarge, "body-too-large", "send a smaller file",
			"the request has more than %d bytes", body.Limit)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) { // nobody waits for this
		return failure(http.StatusServiceUnavailable, "ended", "try again", "the request ended before it was answered")
	}
	return &problem{Type: "urn:easel:internal", Title: http.StatusText(http.StatusInternalServerError), Status: http.StatusInternalServerError, cause: err}
}

// newReference returns a word by which an error is found in the log.
func newReference() string {
	var word [4]byte
	_, _ = rand.Read(word[:]) // never fails
	return hex.EncodeToString(word[:])
}

// fail answers with an error.
func fail(w http.ResponseWriter, err error) {
	p := problemOf(err)
	if p.cause != nil {
		reference := newReference()
		p.Detail, p.Hint = "the server could not do this, through no fault of the request", "the reason is in the server's log, under "+reference
		if log, ok := w.(interface {
			blame(reference string, err error)
		}); ok {
			log.blame(reference, p.cause)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// answer answers with a value as JSON.
func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
