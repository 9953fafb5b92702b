package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/base/hint"
)

// How many events are kept, here and by a server that keeps its own: for how long, how many
// bytes in all, and how many about one thing.
const (
	EventAge    = 7 * 24 * time.Hour
	EventBytes  = 256 << 20
	EventsOfOne = 5000
)

// repeats is how long an event that is sent again is recognised.
const repeats = 2 * time.Minute

// configs are the streams: the table, files and events.
func (c *Cluster) configs() [3]jetstream.StreamConfig {
	p := c.options.Prefix
	base := jetstream.StreamConfig{
		Storage: jetstream.FileStorage, Replicas: c.options.Replicas, Retention: jetstream.LimitsPolicy,
		MaxMsgs: -1, MaxBytes: -1, MaxMsgSize: -1, MaxConsumers: -1, Duplicates: repeats,
	}
	table, files, events := base, base, base
	// The table is read from its leader alone, so that who has written sees it.
	table.Name, table.Subjects = "KV_"+p, []string{"$KV." + p + ".>"}
	table.MaxMsgsPerSubject, table.Discard, table.DenyDelete, table.AllowRollup = 1, jetstream.DiscardNew, true, true
	files.Name, files.Subjects = p+"-files", []string{p + ".files.>"}
	files.MaxMsgsPerSubject, files.Discard, files.AllowDirect = 1, jetstream.DiscardNew, true
	events.Name, events.Subjects = p+"-events", []string{p + ".events.>"}
	events.MaxMsgsPerSubject, events.Discard, events.MaxAge, events.MaxBytes = EventsOfOne, jetstream.DiscardOld, EventAge, EventBytes
	return [3]jetstream.StreamConfig{table, files, events}
}

// Wrong is a property of a stream that is not as required.
type Wrong struct {
	Stream, Property, Is, Want string
	// Set is the command that sets it.
	Set string
}

// WrongError means that streams are there which are not as required.
type WrongError struct{ Wrong []Wrong }

// Error implements error.
func (e *WrongError) Error() string {
	var list []string
	for _, w := range e.Wrong {
		list = append(list, fmt.Sprintf("stream %s has %s %s: it must be %s", w.Stream, w.Property, w.Is, w.Want))
	}
	return "NATS: " + strings.Join(list, "; ")
}

// Hint returns advice.
func (e *WrongError) Hint() string {
	var list []string
	for _, w := range e.Wrong {
		list = append(list, w.Set)
	}
	return strings.Join(list, "; ")
}

// compare lists what of a stream is not as required.
func compare(is, want jetstream.StreamConfig) (wrong []Wrong) {
	need := func(holds bool, property string, has, must any, how string) {
		if !holds {
			wrong = append(wrong, Wrong{want.Name, property, fmt.Sprint(has), fmt.Sprint(must), how})
		}
	}
	edit := func(flag string) string { return "nats stream edit " + want.Name + " --" + flag }
	set := func(flag string, value any) string { return edit(fmt.Sprintf("%s=%v", flag, value)) }
	again := "nats stream rm " + want.Name + " (what it has is lost; easel serve makes it again)"
	need(is.Storage == want.Storage, "storage", is.Storage, want.Storage, again)
	need(slices.Equal(is.Subjects, want.Subjects), "subjects", is.Subjects, want.Subjects, again)
	need(!is.NoAck, "no-ack", "on", "off", edit("ack"))
	need(is.Retention == want.Retention, "retention", is.Retention, want.Retention, again)
	need(is.Mirror == nil && !is.Sealed && !is.DenyPurge, "a mirror, a seal or deny-purge", "on", "off", again)
	need(is.Replicas >= want.Replicas, "replicas", is.Replicas, fmt.Sprintf("%d or more", want.Replicas), set("replicas", want.Replicas))
	need(is.Discard == want.Discard, "discard policy", policy(is.Discard), policy(want.Discard), set("discard", policy(want.Discard)))
	need(is.MaxMsgsPerSubject == want.MaxMsgsPerSubject, "messages per subject", is.MaxMsgsPerSubject, want.MaxMsgsPerSubject, set("max-msgs-per-subject", want.MaxMsgsPerSubject))
	need(is.MaxAge == want.MaxAge || want.MaxAge > 0 && is.MaxAge > want.MaxAge, "age", is.MaxAge, want.MaxAge, set("max-age", want.MaxAge))
	need(is.Duplicates >= want.Duplicates, "duplicates window", is.Duplicates, want.Duplicates, set("dupe-window", want.Duplicates))
	need(is.MaxMsgSize < 0 || is.MaxMsgSize >= chunk+headerSize, "message size", is.MaxMsgSize, "no limit", set("max-msg-size", -1))
	need(want.AllowDirect || !is.AllowDirect, "direct access", "on", "off", edit("no-allow-direct"))
	return wrong
}

func policy(p jetstream.DiscardPolicy) string {
	if p == jetstream.DiscardNew {
		return "new"
	}
	return "old"
}

// Open makes the streams that are not there, and checks those that are.
func (c *Cluster) Open(ctx context.Context) error { return c.bind(ctx, true) }

// ErrNone means that nobody has opened the streams yet.
var ErrNone = errors.New("the NATS cluster has no jobs of easel")

// Find checks the streams. Without them, the error is ErrNone.
func (c *Cluster) Find(ctx context.Context) error { return c.bind(ctx, false) }

// bind looks at all streams before it makes any.
func (c *Cluster) bind(ctx context.Context, create bool) error {
	var wrong WrongError
	streams := [3]jetstream.Stream{}
	for i, want := range c.configs() {
		if !create { // who made them has decided
			want.Replicas = 1
		}
		err := c.repeat(ctx, "stream "+want.Name, func(ctx context.Context) (err error) {
			streams[i], err = c.js.Stream(ctx, want.Name)
			return err
		})
		switch {
		case err == nil:
			wrong.Wrong = append(wrong.Wrong, compare(streams[i].CachedInfo().Config, want)...)
		case !errors.Is(err, jetstream.ErrStreamNotFound):
			return fmt.Errorf("NATS: stream %s: %w", want.Name, err)
		case !create:
			return fmt.Errorf("%w with the prefix %s", ErrNone, c.options.Prefix)
		}
	}
	if wrong.Wrong != nil {
		return &wrong
	}
	for i, want := range c.configs() {
		if streams[i] == nil {
			var err error
			if streams[i], err = c.create(ctx, want); err != nil {
				return err
			}
		}
	}
	c.table, c.files, c.events = streams[0], streams[1], streams[2]
	return nil
}

// create makes a stream. A server that is needed for it may just be away.
func (c *Cluster) create(ctx context.Context, want jetstream.StreamConfig) (s jetstream.Stream, err error) {
	ctx, stop := context.WithTimeout(ctx, openTime)
	defer stop()
	err = c.repeat(ctx, "make stream "+want.Name, func(ctx context.Context) (err error) {
		s, err = c.js.CreateStream(ctx, want)
		if codeOf(err) == codeNotClustered || codeOf(err) == codeSubjectOverlap {
			err = &refusal{err}
		}
		return err
	})
	if err != nil {
		return nil, creating(want, err)
	}
	return s, nil
}

// refusal is an error that will not pass.
type refusal struct{ error }

func (r *refusal) Unwrap() error { return r.error }

// creating words why a stream could not be made.
func creating(want jetstream.StreamConfig, err error) error {
	wrapped := fmt.Errorf("NATS: stream %s: %w", want.Name, err)
	switch codeOf(err) {
	case codeNoPeers, codeNotClustered:
		return hint.New(wrapped, fmt.Sprintf("%d copies need as many servers in one cluster; a single server, which may lose everything, is allowed with {nats_replicas=1}", want.Replicas))
	case codeSubjectOverlap:
		return hint.New(wrapped, "another stream takes these subjects: choose another {nats_prefix}")
	}
	if errors.Is(err, ErrFull) {
		return hint.New(wrapped, "give JetStream more room, or a disk of its own, on every server")
	}
	return wrapped
}
