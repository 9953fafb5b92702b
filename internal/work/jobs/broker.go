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
)

// Bounds of the embedded server. Ids and events are small; a job's files never
// pass through it.
const (
	maxStore    = 512 << 20
	maxMemory   = 32 << 20
	maxEvents   = 256 << 20
	eventAge    = 7 * 24 * time.Hour
	eventsOfJob = 5000
	startTime   = 30 * time.Second
	// repeats is how long the list knows an id that was put on it before.
	repeats = time.Hour
	// The to-do list, and its files.
	workStream = "WORK"
)

// broker is the to-do list and the events, on an embedded NATS JetStream.
type broker struct {
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	work   jetstream.Stream
	told   jetstream.Stream
	lanes  map[string]jetstream.Consumer

	mu   sync.Mutex
	news chan struct{} // closed when an event comes
}

// openBroker starts the server on a folder. What no server can be started on is set
// aside.
func openBroker(folder string, lanes []string, lease time.Duration, complain func(error)) (*broker, error) {
	b, err := startBroker(folder, lanes, lease)
	if err == nil {
		return b, nil
	}
	aside := fmt.Sprintf("%s.damaged-%d", folder, time.Now().Unix())
	if rename := os.Rename(folder, aside); rename != nil {
		return nil, errors.Join(err, rename)
	}
	complain(fmt.Errorf("the to-do list could not be opened and was begun anew from the jobs' folders, the old one is in %s: %w", aside, err))
	return startBroker(folder, lanes, lease)
}

func startBroker(folder string, lanes []string, lease time.Duration) (_ *broker, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	// The list begins anew, from its files up, since the jobs' folders have all that
	// was on it: what is damaged in it cannot hide a job, and no lease of before is
	// anybody's.
	if err := os.RemoveAll(filepath.Join(folder, "jetstream", server.DEFAULT_GLOBAL_ACCOUNT, "streams", workStream)); err != nil {
		return nil, err
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "easel", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: false,
		JetStream: true, StoreDir: folder, SyncAlways: true, JetStreamMaxMemory: maxMemory, JetStreamMaxStore: maxStore,
	})
	if err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	b := &broker{server: s, lanes: map[string]jetstream.Consumer{}, news: make(chan struct{})}
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
	if b.js, err = jetstream.New(b.conn); err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	return b, b.open(ctx, lanes, lease)
}

// open makes the streams and consumers.
func (b *broker) open(ctx context.Context, lanes []string, lease time.Duration) (err error) {
	b.work, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{"work.>"}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage,
		MaxBytes: 64 << 20, Discard: jetstream.DiscardNew, Duplicates: repeats,
	})
	if err != nil {
		return fmt.Errorf("NATS: to-do list: %w", err)
	}
	b.told, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "EVENTS", Subjects: []string{"events.>"}, Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage,
		MaxBytes: maxEvents, MaxAge: eventAge, MaxMsgsPerSubject: eventsOfJob, Discard: jetstream.DiscardOld, AllowDirect: true,
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
func (b *broker) close() {
	if b.conn != nil {
		b.conn.Close()
	}
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func workSubject(lane, id string) string { return "work." + lane + "." + id }

// listed reports whether an id is on the list, taken or not.
func (b *broker) listed(ctx context.Context, lane, id string) (bool, error) {
	info, err := b.work.Info(ctx, jetstream.WithSubjectFilter(workSubject(lane, id)))
	if err != nil {
		return false, fmt.Errorf("NATS: to-do list: %w", err)
	}
	return len(info.State.Subjects) > 0, nil
}

// put puts an id on the list. A repeated round is not put there again.
func (b *broker) put(ctx context.Context, lane, id string, round uint64) error {
	_, err := b.js.Publish(ctx, workSubject(lane, id), []byte(id), jetstream.WithMsgID(fmt.Sprintf("%s/%d", id, round)))
	return err
}

// withdraw takes an id off the list.
func (b *broker) withdraw(ctx context.Context, lane, id string) error {
	return b.work.Purge(ctx, jetstream.WithPurgeSubject(workSubject(lane, id)))
}

// item is an id taken from the list, with a lease.
type item struct {
	id string
	m  jetstream.Msg
}

// extend lengthens the lease.
func (i item) extend() error { return i.m.InProgress() }

// finish takes the id off the list.
func (i item) finish() error { return i.m.Ack() }

// handBack gives the id to whoever asks next.
func (i item) handBack() error { return i.m.Nak() }

// errNothing is that nobody put anything on the list for a while.
var errNothing = errors.New("nothing to do")

// pollTime is how long one request for work waits.
const pollTime = 30 * time.Second

// take waits for the next id of a lane. One at a time: the lease of a second
// would run while the first is worked on.
func (b *broker) take(ctx context.Context, lane string) (item, error) {
	wait, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	batch, err := b.lanes[lane].Fetch(1, jetstream.FetchContext(wait))
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

// Event is something that happened to a job.
type Event struct {
	// Sequence is the place among all events, by which a client goes on.
	Sequence uint64 `json:"-"`
	Job      string `json:"job"`
	// Type is "job" for a View after a change of state, or "progress" for an event
	// of the kind, beside a Progress.
	Type     string          `json:"type"`
	Data     json.RawMessage `json:"data"`
	Progress *Progress       `json:"progress,omitempty"`
	Time     time.Time       `json:"time"`
}

// tell publishes an event.
func (b *broker) tell(ctx context.Context, e Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := b.js.Publish(ctx, "events."+e.Job, text); err != nil {
		return err
	}
	b.mu.Lock()
	close(b.news)
	b.news = make(chan struct{})
	b.mu.Unlock()
	return nil
}

// next returns the first event after a place, of one job or of all (id ""), as soon
// as there is one.
func (b *broker) next(ctx context.Context, id string, after uint64) (Event, error) {
	subject := "events.>"
	if id != "" {
		subject = "events." + id
	}
	for {
		b.mu.Lock()
		news := b.news
		b.mu.Unlock()
		m, err := b.told.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(subject))
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

// last is the place of the newest event.
func (b *broker) last(ctx context.Context) (uint64, error) {
	info, err := b.told.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// natsFolder is where the server keeps its files.
func natsFolder(state string) string { return filepath.Join(state, "nats") }
