package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/base/hint"
)

// Entry is a value of the table. The tombstone of a removed one (NATS: its delete marker)
// has a nil value.
type Entry struct {
	Key      string
	Value    []byte
	Revision uint64
}

// ErrChanged means that an entry has another revision than the caller knows.
var ErrChanged = errors.New("somebody else has changed it")

// Headers of key-value buckets, and of their tombstones.
const (
	operationHeader = "KV-Operation"
	removed         = "DEL"
)

func (c *Cluster) subject(key string) string { return "$KV." + c.options.Prefix + "." + key }

// Get returns an entry as its leader has it; one that never was has revision 0.
func (c *Cluster) Get(ctx context.Context, key string) (e Entry, err error) {
	err = c.repeat(ctx, "read "+key, func(ctx context.Context) error {
		e, err = c.get(ctx, key)
		return err
	})
	return e, err
}

func (c *Cluster) get(ctx context.Context, key string) (Entry, error) {
	m, err := c.table.GetLastMsgForSubject(ctx, c.subject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Entry{Key: key}, nil
	}
	if err != nil {
		return Entry{}, err
	}
	return entryOf(key, m.Data, m.Header, m.Sequence), nil
}

func entryOf(key string, data []byte, header nats.Header, revision uint64) Entry {
	e := Entry{Key: key, Value: data, Revision: revision}
	if header.Get(operationHeader) != "" {
		e.Value = nil
	}
	return e
}

// Put changes an entry that still has the revision was, 0 for one that never was, and
// returns its new revision. A nil value removes it, and leaves a tombstone. If the entry has
// another revision, the error is ErrChanged; after any other error nobody knows whether it
// was changed.
func (c *Cluster) Put(ctx context.Context, key string, value []byte, was uint64) (now uint64, err error) {
	if most := c.conn.MaxPayload() - headerSize; int64(len(value)) > most {
		return 0, hint.New(fmt.Errorf("NATS: %s has %d bytes, and messages are limited to %d", key, len(value), most), "set max_payload of the servers to 8MB")
	}
	m := nats.NewMsg(c.subject(key))
	if m.Data = value; value == nil {
		m.Header.Set(operationHeader, removed)
	}
	err = c.repeat(ctx, "write "+key, func(ctx context.Context) error {
		ack, err := c.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(was), jetstream.WithRetryAttempts(0))
		if err == nil {
			now = ack.Sequence
			return nil
		}
		if code := codeOf(err); code != jetstream.JSErrCodeStreamWrongLastSequence && code != jetstream.JSErrCodeStreamWrongLastSequenceConstant {
			return err // perhaps it was written: the next try finds out
		}
		e, read := c.get(ctx, key)
		switch {
		case read != nil:
			return read
		case e.Revision == was: // another write was on its way, and came to nothing
			return err
		case bytes.Equal(e.Value, value): // an earlier try whose answer was lost
			now = e.Revision
			return nil
		}
		return fmt.Errorf("%s: %w", key, ErrChanged)
	})
	return now, err
}

// PurgeTombstone removes the tombstone of an entry, as of a revision.
func (c *Cluster) PurgeTombstone(ctx context.Context, key string, revision uint64) error {
	return c.repeat(ctx, "drop "+key, func(ctx context.Context) error {
		return c.table.Purge(ctx, jetstream.WithPurgeSubject(c.subject(key)), jetstream.WithPurgeSequence(revision+1))
	})
}

// Watch calls see with all entries, and then with every change, in the order in which they
// were made, until ctx ends. It calls synced once all that were there at the beginning
// have been seen.
func (c *Cluster) Watch(ctx context.Context, see func(Entry), synced func()) {
	config := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy}
	prefix := c.subject("")
	all := false
	done := func() {
		if !all {
			all = true
			synced()
		}
	}
	c.follow(ctx, c.table, config, func(m jetstream.Msg, at *jetstream.MsgMetadata) {
		see(entryOf(strings.TrimPrefix(m.Subject(), prefix), m.Data(), m.Headers(), at.Sequence.Stream))
		if at.NumPending == 0 {
			done()
		}
	}, done)
}

// follow calls see with the messages of a stream until ctx ends, and begins again after the
// last one if the cluster loses the consumer. It calls empty if there are none at first.
func (c *Cluster) follow(ctx context.Context, s jetstream.Stream, config jetstream.OrderedConsumerConfig, see func(jetstream.Msg, *jetstream.MsgMetadata), empty func()) {
	for said := false; ctx.Err() == nil; {
		began, err := c.messages(ctx, s, &config, see, empty)
		if began {
			said = false
		}
		if ctx.Err() == nil && !said {
			said = true
			c.options.Log(fmt.Errorf("NATS: following %s: %w", s.CachedInfo().Config.Name, err))
		}
		select {
		case <-time.After(againTime):
		case <-ctx.Done():
		}
	}
}

// messages is follow until it fails, and reports whether it began.
func (c *Cluster) messages(ctx context.Context, s jetstream.Stream, config *jetstream.OrderedConsumerConfig, see func(jetstream.Msg, *jetstream.MsgMetadata), empty func()) (began bool, err error) {
	try, stop := context.WithTimeout(ctx, tryTime)
	defer stop()
	consumer, err := s.OrderedConsumer(try, *config)
	if err != nil {
		return false, err
	}
	if consumer.CachedInfo().NumPending == 0 {
		empty()
	}
	messages, err := consumer.Messages(jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return false, err
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return true, err
		}
		at, err := m.Metadata()
		if err != nil {
			return true, err
		}
		see(m, at)
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, at.Sequence.Stream+1
	}
}
