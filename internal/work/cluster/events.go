package cluster

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func (c *Cluster) event(about string) string { return c.options.Prefix + ".events." + about }

// Publish publishes an event about something, once.
func (c *Cluster) Publish(ctx context.Context, about string, data []byte) error {
	once := jetstream.WithMsgID(rand.Text())
	return c.repeat(ctx, "publish an event", func(ctx context.Context) error {
		_, err := c.js.Publish(ctx, c.event(about), data, once, jetstream.WithRetryAttempts(0))
		return err
	})
}

// Next returns the first event after a position, about one thing or all (""), if there is
// one.
func (c *Cluster) Next(ctx context.Context, about string, after uint64) (data []byte, at uint64, ok bool, err error) {
	if about == "" {
		about = ">"
	}
	return c.readEvent(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.events.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(c.event(about)))
	})
}

// LastOf returns the newest event about something, if there is one.
func (c *Cluster) LastOf(ctx context.Context, about string) (data []byte, ok bool, err error) {
	data, _, ok, err = c.readEvent(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.events.GetLastMsgForSubject(ctx, c.event(about))
	})
	return data, ok, err
}

func (c *Cluster) readEvent(ctx context.Context, get func(ctx context.Context) (*jetstream.RawStreamMsg, error)) (data []byte, at uint64, ok bool, err error) {
	err = c.repeat(ctx, "read events", func(ctx context.Context) error {
		m, err := get(ctx)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			ok = false
			return nil
		}
		if err == nil {
			data, at, ok = m.Data, m.Sequence, true
		}
		return err
	})
	return data, at, ok, err
}

// Last returns the position of the newest event.
func (c *Cluster) Last(ctx context.Context) (at uint64, err error) {
	err = c.repeat(ctx, "read events", func(ctx context.Context) error {
		info, err := c.events.Info(ctx)
		if err == nil {
			at = info.State.LastSeq
		}
		return err
	})
	return at, err
}

// WatchEvents calls notify after each new event, until ctx ends.
func (c *Cluster) WatchEvents(ctx context.Context, notify func()) {
	config := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy, HeadersOnly: true}
	c.follow(ctx, c.events, config, func(jetstream.Msg, *jetstream.MsgMetadata) { notify() }, notify)
}

// PublishHeartbeat sends a heartbeat to all who are connected; it is not stored.
func (c *Cluster) PublishHeartbeat(data []byte) error {
	return c.conn.Publish(c.options.Prefix+".beats", data)
}

// SubscribeHeartbeats calls handle with every heartbeat, until ctx ends.
func (c *Cluster) SubscribeHeartbeats(ctx context.Context, handle func(data []byte)) error {
	s, err := c.conn.Subscribe(c.options.Prefix+".beats", func(m *nats.Msg) { handle(m.Data) })
	if err == nil {
		context.AfterFunc(ctx, func() { _ = s.Unsubscribe() })
	}
	return err
}
