package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"easel/internal/work/cluster"
	"easel/internal/work/cluster/clustertest"
	"easel/internal/work/jobs"
)

// natsServer is the case that is one server of NATS, in a process of its own.
const natsServer = "nats-server"

// fleet are the servers of a NATS cluster.
type fleet struct {
	members []clustertest.Member
	servers []*exec.Cmd
}

// fleetTime is how long the servers may take to elect their leader.
const fleetTime = time.Minute

func startFleet(dir string) (f *fleet, err error) {
	f = &fleet{}
	if f.members, err = clustertest.Plan(3, dir); err != nil {
		return nil, err
	}
	f.servers = make([]*exec.Cmd, len(f.members))
	for i := range f.members {
		if err := f.start(i); err != nil {
			f.stop()
			return nil, err
		}
	}
	return f, f.ready()
}

// start starts one server: this program again.
func (f *fleet) start(i int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	member, err := json.Marshal(f.members[i])
	if err != nil {
		return err
	}
	cmd := exec.Command(self, natsServer, string(member))
	cmd.Stderr = os.Stderr
	f.servers[i] = cmd
	return cmd.Start()
}

// serveNATS is what such a process does until it is killed.
func serveNATS(member string) error {
	var m clustertest.Member
	if err := json.Unmarshal([]byte(member), &m); err != nil {
		return err
	}
	s, err := clustertest.Start(m)
	if err == nil {
		s.WaitForShutdown()
	}
	return err
}

// ready waits until all servers answer and have a leader.
func (f *fleet) ready() error {
	deadline := time.Now().Add(fleetTime)
	for _, m := range f.members {
		for {
			err := natsAnswers(m.URL())
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("the NATS servers are not ready: %w", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

func natsAnswers(url string) error {
	return ask(url, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.AccountInfo(ctx)
		return err
	})
}

// ask asks a server.
func ask(url string, question func(context.Context, jetstream.JetStream) error) error {
	conn, err := nats.Connect(url, nats.Timeout(time.Second))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return question(ctx, js)
}

// whole waits until every server has all that it should: then one may lose its disk.
func (f *fleet) whole() error {
	if err := f.ready(); err != nil {
		return err
	}
	for deadline := time.Now().Add(fleetTime); ; time.Sleep(200 * time.Millisecond) {
		behind := ""
		err := ask(clustertest.URLs(f.members), func(ctx context.Context, js jetstream.JetStream) error {
			list := js.ListStreams(ctx)
			for s := range list.Info() {
				if s.Cluster == nil || s.Cluster.Leader == "" || len(s.Cluster.Replicas) != len(f.members)-1 {
					behind = s.Config.Name
					continue
				}
				for _, r := range s.Cluster.Replicas {
					if !r.Current {
						behind = s.Config.Name + " on " + r.Name
					}
				}
			}
			return list.Err()
		})
		switch {
		case err == nil && behind == "":
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("the NATS servers are not whole: %q is behind: %v", behind, err)
		}
	}
}

// lose kills a server and its disk, and begins it anew.
func (f *fleet) lose(i int) error {
	if err := f.whole(); err != nil {
		return err
	}
	f.kill(i)
	if err := os.RemoveAll(f.members[i].Dir); err != nil {
		return err
	}
	if err := f.start(i); err != nil {
		return err
	}
	return f.whole()
}

func (f *fleet) kill(i int) {
	_ = f.servers[i].Process.Kill()
	_ = f.servers[i].Wait()
}

func (f *fleet) stop() {
	for i, s := range f.servers {
		if s != nil {
			f.kill(i)
		}
	}
}

// onCluster disturbs a NATS cluster of three servers, a server of easel and five workers on
// it: it kills any of them, takes the disk of NATS servers, and freezes these and workers, at
// random moments. Then every job must have ended once, with the bits of one that was not
// disturbed.
func onCluster(f flags) (any, error) {
	return f.disturbed("cluster", func(v *violence) (err error) {
		c := &crew{violence: v, faults: map[string]int{}}
		if c.nats, err = startFleet(filepath.Join(v.dir, "nats")); err != nil {
			return err
		}
		v.crew = c
		urls := clustertest.URLs(c.nats.members)
		c.join = []string{"--nats", urls}
		v.extra = []string{"--nats", urls, "--contact", crewContact.String()}
		if err := c.begin(); err != nil {
			return err
		}
		for round := range f.or(rounds) {
			if err := c.clusterRound(urls); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
		c.server.kill() // the judge starts its own
		return nil
	})
}

// clusterRound is one fault.
func (c *crew) clusterRound(urls string) error {
	_ = c.feed(c.server)
	time.Sleep(time.Duration(c.random.Int64N(int64(life))))
	worker, member := c.random.IntN(crewSize), c.random.IntN(len(c.nats.members))
	pause := time.Duration(c.random.Int64N(int64(2 * life)))
	switch n := c.random.IntN(13); {
	case n < 3:
		return c.killWorker(worker)
	case n < 4:
		return c.freezeWorker(worker)
	case n < 5:
		return c.drainWorker(worker)
	case n < 6:
		c.faults["other_version"]++
		return strangerOn(urls)
	case n < 8:
		return c.killServer()
	case n < 11:
		c.faults["nats_killed"]++
		c.nats.kill(member)
		time.Sleep(pause)
		if err := c.nats.start(member); err != nil {
			return err
		}
		return c.nats.ready()
	case n < 12:
		c.faults["nats_disk_lost"]++
		return c.nats.lose(member)
	default:
		c.faults["nats_frozen"]++
		if err := halt(c.nats.servers[member].Process); err != nil {
			return err
		}
		time.Sleep(pause)
		return errors.Join(goOn(c.nats.servers[member].Process), c.nats.ready())
	}
}

// strangerOn is a worker of another version, which must not be let in.
func strangerOn(urls string) error {
	ctx, cancel := context.WithTimeout(context.Background(), fleetTime)
	defer cancel()
	k, err := cluster.Connect(cluster.Options{URLs: urls})
	if err != nil {
		return err
	}
	defer k.Close()
	q, err := jobs.Assist(ctx, jobs.Options{Cluster: k})
	if err != nil {
		return err
	}
	defer q.Close()
	_, err = q.Join(ctx, jobs.Machine{Name: "stranger", Version: "v0.0.0-other", Bits: "x", Kinds: []string{"translate"}})
	var version *jobs.VersionError
	if !errors.As(err, &version) {
		return fmt.Errorf("a worker of another version is answered %w", err)
	}
	return nil
}
