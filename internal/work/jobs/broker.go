package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/work/cluster"
)

// Limits of the embedded server. Ids and events are small; a job's files never pass through
// it.
const (
	maxStore    = 512 << 20
	maxMemory   = 32 << 20
	startTime   = 30 * time.Second
	healthTime  = 2 * time.Second
	publishTime = 3 * time.Second
	syncTime    = 5 * time.Second
	// repeats is how long the list remembers an id, to refuse it a second time.
	repeats = time.Hour
	// The to-do list, and its files.
	workStream = "WORK"
)

// broker holds the to-do list and the events on an embedded NATS JetStream server, which
// restarts after it could not write.
type broker struct {
	folder string
	lanes  []string
	lease  time.Duration

	mu     sync.Mutex
	now    *engine
	broken error         // why it must restart, or nil
	fault  chan struct{} // has a value when it is broken

	news notice // of an event
}

// engine is a running server.
type engine struct {
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	work   jetstream.Stream
	events jetstream.Stream
	lanes  map[string]jetstream.Consumer
}

// openBroker starts the server on a folder. A folder on which no server can start is moved
// aside.
func openBroker(folder string, lanes []string, lease time.Duration, complain func(error)) (*broker, error) {
	b := &broker{folder: folder, lanes: lanes, lease: lease, news: newNotice(), fault: make(chan struct{}, 1)}
	var err error
	if b.now, err = startEngine(folder, lanes, lease); err == nil {
		return b, nil
	}
	aside := fmt.Sprintf("%s.damaged-%d", folder, time.Now().Unix())
	if rename := os.Rename(folder, aside); rename != nil {
		return nil, errors.Join(err, rename)
	}
	complain(fmt.Errorf("cannot open the to-do list: it was rebuilt from the jobs' folders, and the old one is in %s: %w", aside, err))
	b.now, err = startEngine(folder, lanes, lease)
	return b, err
}

// engine returns the current server.
func (b *broker) engine() *engine {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// noted remembers an error after which nothing can be written until restart.
func (b *broker) noted(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken == nil {
		b.broken = err
		b.fault <- struct{}{}
	}
	return err
}

// writing returns the current server, if it can write.
func (b *broker) writing() (*engine, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, b.broken)
	}
	return b.now, nil
}

// errBroken means that the list must be reopened, which its owner does.
var errBroken = errors.New("the to-do list cannot be written")

// restart starts the server again, with an empty list.
func (b *broker) restart() error {
	b.engine().close()
	fresh, err := startEngine(b.folder, b.lanes, b.lease)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now, b.broken = fresh, nil
	return nil
}

func (b *broker) close() { b.engine().close() }

func startEngine(folder string, lanes []string, lease time.Duration) (_ *engine, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	// The list begins empty and is refilled, because the jobs' folders have everything that
	// was on it: so damage in it cannot hide a job, and no old lease remains.
	if err := os.RemoveAll(filepath.Join(folder, "jetstream", server.DEFAULT_GLOBAL_ACCOUNT, "streams", workStream)); err != nil {
		return nil, err
	}
	// What is written reaches the system before it is acknowledged, so a killed process loses
	// nothing. Records reach the disk at once, the list and the events within syncTime: after
	// a power failure the list is made anew from the records, and ends are announced again.
	s, err := server.NewServer(&server.Options{
		ServerName: "easel", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: false,
		JetStream: true, StoreDir: folder, SyncInterval: syncTime, JetStreamMaxMemory: maxMemory, JetStreamMaxStore: maxStore,
	})
	if err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	b := &engine{server: s, lanes: map[string]jetstream.Consumer{}}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	go s.Start()
	if !s.ReadyForConnections(startTime) {
		return nil, errors.New("NATS: the embedded server did not start")
	}
	if b.conn, err = nats.Connect("", nats.InProcessServer(s)); err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	if b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(publishTime)); err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	return b, b.open(ctx, lanes, lease)
}

// open makes the streams and consumers.
func (b *engine) open(ctx context.Context, lanes []string, lease time.Duration) (err error) {
	b.work, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{"work.>"}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage,
		MaxBytes: 64 << 20, Discard: jetstream.DiscardNew, Duplicates: repeats,
	})
	if err != nil {
		return fmt.Errorf("NATS: to-do list: %w", err)
	}
	b.events, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "EVENTS", Subjects: []string{"events.>"}, Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage,
		MaxBytes: cluster.EventBytes, MaxAge: cluster.EventAge, MaxMsgsPerSubject: cluster.EventsOfOne, Discard: jetstream.DiscardOld, AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("NATS: events: %w", err)
	}
	for _, lane := range lanes {
		b.lanes[lane], err = b.work.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: lane, FilterSubject: "work." + lane + ".>", AckPolicy: jetstream.AckExplicitPolicy, AckWait: lease, MaxDeliver: -1,
		})
		if err != nil {
			return fmt.Errorf("NATS: %s: %w", lane, err)
		}
	}
	return nil
}

// close stops the server and waits until its files are closed.
func (b *engine) close() {
	if b.conn != nil {
		b.conn.Close()
	}
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func workSubject(lane, id string) string { return "work." + lane + "." + id }

// listed reports whether an id is on the list, taken or not.
func (b *broker) listed(ctx context.Context, lane, id string) (bool, error) {
	info, err := b.engine().work.Info(ctx, jetstream.WithSubjectFilter(workSubject(lane, id)))
	if err != nil {
		return false, fmt.Errorf("NATS: to-do list: %w", err)
	}
	return len(info.State.Subjects) > 0, nil
}

// put puts an id on the list. A repeated round is not put there again.
func (b *broker) put(ctx context.Context, lane, id string, round uint64) error {
	return b.publishTo(ctx, workSubject(lane, id), []byte(id), jetstream.WithMsgID(fmt.Sprintf("%s/%d", id, round)))
}

// publishTo writes a message. It tries twice, because all deadlines have passed in a process
// that was frozen.
func (b *broker) publishTo(ctx context.Context, subject string, data []byte, o ...jetstream.PublishOpt) error {
	e, err := b.writing()
	if err != nil {
		return err
	}
	for range 2 {
		if _, err = e.js.Publish(ctx, subject, data, o...); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return b.noted(err)
}

// withdraw removes an id from the list.
func (b *broker) withdraw(ctx context.Context, lane, id string) error {
	return b.engine().work.Purge(ctx, jetstream.WithPurgeSubject(workSubject(lane, id)))
}

// item is an id taken from the list, with a lease.
type item struct {
	id string
	m  jetstream.Msg
}

// extend lengthens the lease.
func (i item) extend() error { return i.m.InProgress() }

// finish removes the id from the list.
func (i item) finish() error { return i.m.Ack() }

// handBack returns the id to whoever asks next.
func (i item) handBack() error { return i.m.Nak() }

// errNothing means that the list was empty for a while.
var errNothing = errors.New("nothing to do")

// pollTime is how long one request for work waits.
const pollTime = 30 * time.Second

// take waits for the next id of a lane. It takes one at a time, because the lease of a
// second would run out while the first is worked on.
func (b *broker) take(ctx context.Context, lane string) (item, error) {
	wait, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	batch, err := b.engine().lanes[lane].Fetch(1, jetstream.FetchContext(wait))
	if err != nil {
		return item{}, err
	}
	m, ok := <-batch.Messages()
	if !ok {
		if err := batch.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, context.DeadlineExceeded) {
			return item{}, err
		}
		return item{}, errNothing
	}
	return item{string(m.Data()), m}, nil
}

// health reports whether the list is available.
func (b *broker) health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	e, err := b.writing()
	if err != nil {
		return err
	}
	if _, err := e.work.Info(ctx); err != nil {
		return fmt.Errorf("NATS: to-do list: %w", err)
	}
	return nil
}

// events are what happened to jobs.
type events interface {
	publish(ctx context.Context, e Event) error
	// next returns the first event after a position, of one job or of all (id ""), as soon
	// as there is one; lastOf the newest of a job, if one is left; last its position.
	next(ctx context.Context, id string, after uint64) (Event, error)
	lastOf(ctx context.Context, id string) (e Event, ok bool, err error)
	last(ctx context.Context) (uint64, error)
	// health returns nil, or why no event can be published now.
	health(ctx context.Context) error
	close()
}

// Event is something that happened to a job.
type Event struct {
	// Sequence is the position among all events, from which a client continues.
	Sequence uint64 `json:"-"`
	Job      string `json:"job"`
	// Type is "job" for a View after a change of state, or "progress" for an event of the
	// job's kind, with a Progress.
	Type     string          `json:"type"`
	Data     json.RawMessage `json:"data"`
	Progress *Progress       `json:"progress,omitempty"`
	Time     time.Time       `json:"time"`
}

// publish implements events.
func (b *broker) publish(ctx context.Context, e Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := b.publishTo(ctx, "events."+e.Job, text); err != nil {
		return err
	}
	b.news.broadcast()
	return nil
}

// next implements events.
func (b *broker) next(ctx context.Context, id string, after uint64) (Event, error) {
	subject := "events.>"
	if id != "" {
		subject = "events." + id
	}
	for {
		news := b.news.wait()
		m, err := b.engine().events.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(subject))
		if err == nil {
			var e Event
			err := json.Unmarshal(m.Data, &e)
			e.Sequence = m.Sequence
			return e, err
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return Event{}, err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// lastOf implements events.
func (b *broker) lastOf(ctx context.Context, id string) (e Event, ok bool, err error) {
	m, err := b.engine().events.GetLastMsgForSubject(ctx, "events."+id)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	return e, true, json.Unmarshal(m.Data, &e)
}

// last implements events.
func (b *broker) last(ctx context.Context) (uint64, error) {
	info, err := b.engine().events.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// natsFolder is where the server keeps its files.
func natsFolder(state string) string { return filepath.Join(state, "nats") }
