package jobs

import (
	"encoding/json"
	"time"
)

// beacon is what a worker on a cluster tells all others again and again.
type beacon struct {
	Member
	Epoch    uint64    `json:"epoch,omitempty"`
	Moves    int64     `json:"moves,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	Left     bool      `json:"left,omitempty"`
}

// benchedFor is how long the word of a worker counts that it is quarantined.
const benchedFor = 10 * time.Second

// shouting tells others of the workers here until the queue is closed.
func (s *shared) shouting() {
	for s.ctx.Err() == nil {
		s.mu.Lock()
		var list []beacon
		for _, m := range s.crew {
			if !m.here {
				continue
			}
			b := beacon{Member: s.member(m)}
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
			s.shout(b)
		}
		pause(s.ctx, min(beatTime, s.rules().Contact/4))
	}
}

func (s *shared) shout(b beacon) {
	text, err := json.Marshal(b)
	if err == nil {
		err = s.cluster.Shout(text)
	}
	if err != nil && s.cluster.Connected() {
		s.complain(err)
	}
}

// shoutLeave tells others that a worker has left.
func (q *Queue) shoutLeave(worker string) {
	if q.assists() {
		q.shared.shout(beacon{Member: Member{Machine: Machine{Name: worker}}, Left: true})
	}
}

// heard takes what a worker tells.
func (s *shared) heard(text []byte) {
	var b beacon
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
	m.Machine, m.seen, m.job, m.done, m.failed, m.fault, m.benched = b.Machine, now, b.Job, b.Done, b.Failed, b.Fault, time.Time{}
	if b.State == "quarantined" {
		m.benched = now.Add(benchedFor)
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
