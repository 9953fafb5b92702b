package jobs

import (
	"encoding/json"
	"time"
)

// heartbeat is what a worker on a cluster publishes of itself again and again.
type heartbeat struct {
	Member
	Epoch    uint64    `json:"epoch,omitempty"`
	Moves    int64     `json:"moves,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	Left     bool      `json:"left,omitempty"`
}

// quarantineReport is how long a worker counts as quarantined after a heartbeat that says so.
const quarantineReport = 10 * time.Second

// publishHeartbeats publishes those of the workers here, until the queue is closed.
func (s *shared) publishHeartbeats() {
	for s.ctx.Err() == nil {
		s.mu.Lock()
		var list []heartbeat
		for _, m := range s.crew {
			if !m.here {
				continue
			}
			b := heartbeat{Member: s.member(m)}
			if l := s.loans[m.job]; l != nil && l.Worker == m.Name {
				b.Epoch, b.Moves = l.Epoch, l.moves
				if p, ok := s.progress[m.job]; ok {
					b.Progress = &p
				}
			}
			list = append(list, b)
		}
		s.mu.Unlock()
		for _, b := range list {
			s.publishHeartbeat(b)
		}
		pause(s.ctx, min(beatTime, s.rules().Contact/4))
	}
}

func (s *shared) publishHeartbeat(b heartbeat) {
	text, err := json.Marshal(b)
	if err == nil {
		err = s.cluster.PublishHeartbeat(text)
	}
	if err != nil && s.cluster.Connected() {
		s.complain(err)
	}
}

// publishLeave tells others that a worker has left.
func (q *Queue) publishLeave(worker string) {
	if q.assists() {
		q.shared.publishHeartbeat(heartbeat{Member: Member{Machine: Machine{Name: worker}}, Left: true})
	}
}

// receiveHeartbeat updates the worker that a heartbeat is from, and the job that it has.
func (s *shared) receiveHeartbeat(text []byte) {
	var b heartbeat
	if json.Unmarshal(text, &b) != nil || !workerName.MatchString(b.Name) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.crew[b.Name]
	switch {
	case m != nil && m.here:
		return
	case b.Left:
		delete(s.crew, b.Name)
		return
	case m == nil:
		m = &member{faults: map[string]bool{}}
		s.crew[b.Name] = m
	}
	now := time.Now()
	m.Machine, m.seen, m.job, m.done, m.failed, m.fault, m.quarantinedUntil = b.Machine, now, b.Job, b.Done, b.Failed, b.Fault, time.Time{}
	if b.State == "quarantined" {
		m.quarantinedUntil = now.Add(quarantineReport)
	}
	l := s.loans[b.Job]
	if l == nil || l.Worker != b.Name || l.Epoch != b.Epoch {
		return
	}
	if l.contact = now; b.Moves > l.moves {
		l.moves, l.moved = b.Moves, now
	}
	if b.Progress != nil {
		s.progress[b.Job] = *b.Progress
	}
}
