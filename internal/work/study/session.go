package study

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Side says where something was shown: first and left, or second and right.
type Side string

// Sides.
const (
	Left  Side = "left"
	Right Side = "right"
)

// Errors of sessions.
var (
	ErrNoSession = errors.New("no such session")
	ErrOrder     = errors.New("this is not the next trial")
	ErrFinished  = errors.New("the session has ended")
	ErrWord      = fmt.Errorf("a participant is identified by at most %d bytes", maxWord)
)

// Study is an open study. It is safe for concurrent use by one process.
type Study struct {
	Plan *Plan
	dir  string

	mu       sync.Mutex
	sessions map[string]*session
	people   map[string]*session // by header.Participant
}

// session is one participant.
type session struct {
	mu      sync.Mutex
	header  header
	trials  []trial
	answers []Answer
}

// header is the first line of a session's file.
type header struct {
	ID        string    `json:"session"`
	Algorithm int       `json:"algorithm"`
	Seed      uint64    `json:"seed"`
	At        time.Time `json:"at"`
	// Participant recognises a participant who comes back: a hash, from which the word that
	// identifies them elsewhere cannot be read. It is "" for sessions without one.
	Participant string `json:"participant,omitempty"`
}

// Session is what a participant may know about a session.
type Session struct {
	ID         string `json:"id"`
	Practice   int    `json:"practice"`
	Scored     int    `json:"scored"`
	ExposureMS int    `json:"exposure_ms"`
	Size       int    `json:"size"`
	// Resumed says that the participant has begun before, and Finished that no trial is
	// left.
	Resumed  bool `json:"resumed,omitempty"`
	Finished bool `json:"finished,omitempty"`
}

// Trial is what to show: two pictures, one after the other.
type Trial struct {
	Number   int    `json:"number"` // from 0
	Of       int    `json:"of"`
	Practice bool   `json:"practice"`
	Left     string `json:"left"`  // name of the first picture
	Right    string `json:"right"` // name of the second
}

// Answer is what a participant answered, and how the pictures were shown.
type Answer struct {
	Trial int  `json:"trial"`
	Fake  Side `json:"fake"` // which one the participant takes for generated
	// LeftMS and RightMS are how long the pictures were visible, and FrameMS is the
	// duration of a frame: a page measures time to within a frame.
	LeftMS  float64 `json:"left_ms"`
	RightMS float64 `json:"right_ms"`
	FrameMS float64 `json:"frame_ms"`
	// ResponseMS is the time from the second picture's end to the answer.
	ResponseMS float64   `json:"response_ms"`
	Hidden     bool      `json:"hidden,omitempty"` // the page was hidden meanwhile
	At         time.Time `json:"at"`
}

// Feedback is the reply to an answer: the truth, for practice only.
type Feedback struct {
	Fake     Side `json:"fake,omitempty"`
	Correct  bool `json:"correct,omitempty"`
	Finished bool `json:"finished,omitempty"`
	// Right and Scored say, at the end, how many of the scored trials were answered
	// correctly.
	Right  int `json:"right,omitempty"`
	Scored int `json:"scored,omitempty"`
}

// Open opens a study that [Create] made.
func Open(dir string) (*Study, error) {
	plan, err := readPlan(dir)
	if err != nil {
		return nil, err
	}
	if err := mend(dir); err != nil {
		return nil, err
	}
	s := &Study{Plan: plan, dir: dir, sessions: map[string]*session{}, people: map[string]*session{}}
	all, err := readSessions(dir, plan)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		s.add(one)
	}
	return s, nil
}

func (s *Study) add(one *session) {
	s.sessions[one.header.ID] = one
	if one.header.Participant != "" {
		s.people[one.header.Participant] = one
	}
}

// maxWord is the most that identifies a participant, in bytes.
const maxWord = 256

// Begin starts a session for a participant, or continues the one that they have begun: the
// word identifies them, and nobody takes part twice. With "" each session is a new one.
func (s *Study) Begin(participant string) (Session, error) {
	if len(participant) > maxWord {
		return Session{}, ErrWord
	}
	var word [16]byte
	_, _ = rand.Read(word[:]) // never fails
	seed := mathrand.Uint64() // #nosec G404 -- kept in the record, so that the order can be drawn again
	s.mu.Lock()
	defer s.mu.Unlock()
	h := header{ID: hex.EncodeToString(word[:]), Seed: seed, At: now(), Participant: hashed(participant)}
	if one := s.people[h.Participant]; one != nil {
		return s.about(one, true), nil
	}
	h.Algorithm = s.least(seed, h.At)
	if err := os.MkdirAll(filepath.Join(s.dir, sessionsFolder), 0o700); err != nil {
		return Session{}, fmt.Errorf("begin session: %w", err)
	}
	if err := s.append(h.ID, os.O_EXCL|os.O_CREATE, h); err != nil {
		return Session{}, fmt.Errorf("begin session: %w", err)
	}
	one := &session{header: h, trials: s.Plan.trials(seed)}
	s.add(one)
	return s.about(one, false), nil
}

// hashed returns the record of a participant's word; "" for none.
func hashed(word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte("easel study "+word)))
}

// about says what the session's participant may know.
func (s *Study) about(one *session, resumed bool) Session {
	p := s.Plan
	_, finished := one.state()
	return Session{one.header.ID, p.Practice, p.Scored, p.ExposureMS, p.Size, resumed, finished}
}

// state returns when the participant last did something, and whether all is done.
func (one *session) state() (last time.Time, finished bool) {
	one.mu.Lock()
	defer one.mu.Unlock()
	last = one.header.At
	if n := len(one.answers); n > 0 {
		last = one.answers[n-1].At
	}
	return last, len(one.answers) == len(one.trials)
}

// abandonTime is after how long without an answer a session no longer counts as one that
// will be finished.
const abandonTime = time.Hour

// least returns the algorithm with the fewest sessions that are finished or under way, at
// random if there are several.
func (s *Study) least(seed uint64, now time.Time) int {
	begun := make([]int, len(s.Plan.Algorithms))
	for _, one := range s.sessions {
		if last, finished := one.state(); finished || now.Sub(last) < abandonTime {
			begun[one.header.Algorithm]++
		}
	}
	fewest := slices.Min(begun)
	var candidates []int
	for i, n := range begun {
		if n == fewest {
			candidates = append(candidates, i)
		}
	}
	return candidates[seed%uint64(len(candidates))]
}

func (s *Study) session(id string) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.sessions[id]
	if one == nil {
		return nil, ErrNoSession
	}
	return one, nil
}

// Trial returns the next trial of a session. At its end the error is [ErrFinished].
func (s *Study) Trial(id string) (Trial, error) {
	one, err := s.session(id)
	if err != nil {
		return Trial{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	n := len(one.answers)
	if n == len(one.trials) {
		return Trial{}, ErrFinished
	}
	t := one.trials[n]
	left, right := s.Plan.Pairs[t.RealPair].Real, s.Plan.Pairs[t.Pair].Fakes[one.header.Algorithm]
	if t.FakeLeft {
		left, right = right, left
	}
	return Trial{Number: n, Of: len(one.trials), Practice: n < s.Plan.Practice, Left: left, Right: right}, nil
}

// Answer records the answer to the next trial, and returns the truth if it was practice. An
// answer that is repeated, as after a lost connection, counts once.
func (s *Study) Answer(id string, a Answer) (Feedback, error) {
	if a.Fake != Left && a.Fake != Right {
		return Feedback{}, fmt.Errorf("answer: %q is neither %s nor %s", a.Fake, Left, Right)
	}
	one, err := s.session(id)
	if err != nil {
		return Feedback{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	n := len(one.answers)
	if a.Trial == n-1 && one.answers[n-1].Fake == a.Fake {
		return one.feedback(s.Plan, a.Trial), nil
	}
	if n == len(one.trials) {
		return Feedback{}, ErrFinished
	}
	if a.Trial != n {
		return Feedback{}, ErrOrder
	}
	a.At = now()
	if err := s.append(id, 0, a); err != nil {
		return Feedback{}, fmt.Errorf("keep answer: %w", err)
	}
	one.answers = append(one.answers, a)
	return one.feedback(s.Plan, a.Trial), nil
}

func (one *session) feedback(p *Plan, n int) Feedback {
	f := Feedback{Finished: n == len(one.trials)-1}
	if n < p.Practice {
		f.Fake, f.Correct = one.trials[n].fake(), one.correct(n)
	}
	if f.Finished {
		f.Scored = p.Scored
		for i := p.Practice; i < len(one.answers); i++ {
			if one.correct(i) {
				f.Right++
			}
		}
	}
	return f
}

func (t trial) fake() Side {
	if t.FakeLeft {
		return Left
	}
	return Right
}

func (one *session) correct(n int) bool { return one.answers[n].Fake == one.trials[n].fake() }

// Picture returns the path of a picture of the study, if there is one with that name.
func (s *Study) Picture(name string) (path string, ok bool) {
	for _, p := range s.Plan.Pairs {
		if p.Real == name || slices.Contains(p.Fakes, name) {
			return filepath.Join(s.dir, picturesFolder, name+".png"), true
		}
	}
	return "", false
}

// append adds a line to a session's file and waits until it is on the disk.
func (s *Study) append(id string, flags int, line any) (err error) {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, sessionsFolder, id+".jsonl"), os.O_APPEND|os.O_WRONLY|flags, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	return f.Sync()
}

var sessionFile = regexp.MustCompile(`^[0-9a-f]{32}\.jsonl$`)

// mend removes the partial line that a killed process may have left at the end of a
// session's file, before another line is appended.
func mend(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, sessionsFolder, "*.jsonl"))
	if err != nil {
		return fmt.Errorf("open study: %w", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path) // #nosec G304 -- of the study's own folder
		if err != nil {
			return fmt.Errorf("open study: %w", err)
		}
		if whole := bytes.LastIndexByte(text, '\n') + 1; whole < len(text) {
			if err := os.Truncate(path, int64(whole)); err != nil {
				return fmt.Errorf("open study: %w", err)
			}
		}
	}
	return nil
}

// readSessions reads all sessions of a study, in the order of their names. A last line that
// a killed process wrote only in part is ignored.
func readSessions(dir string, p *Plan) ([]*session, error) {
	list, err := os.ReadDir(filepath.Join(dir, sessionsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	var all []*session
	for _, item := range list {
		if !sessionFile.MatchString(item.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, sessionsFolder, item.Name()))
		if err != nil {
			return nil, fmt.Errorf("read sessions: %w", err)
		}
		one, err := parseSession(text, p)
		if err != nil {
			return nil, fmt.Errorf("read session %s: %w", item.Name(), err)
		}
		if one != nil {
			all = append(all, one)
		}
	}
	return all, nil
}

// parseSession reads a session's file; it returns nil if even the first line is incomplete.
func parseSession(text []byte, p *Plan) (*session, error) {
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	lines := bufio.NewScanner(bytes.NewReader(whole))
	if !lines.Scan() {
		return nil, lines.Err()
	}
	one := &session{}
	if err := json.Unmarshal(lines.Bytes(), &one.header); err != nil {
		return nil, err
	}
	if one.header.Algorithm < 0 || one.header.Algorithm >= len(p.Algorithms) {
		return nil, fmt.Errorf("there is no algorithm %d", one.header.Algorithm)
	}
	one.trials = p.trials(one.header.Seed)
	for lines.Scan() {
		var a Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, err
		}
		if a.Trial != len(one.answers) || a.Trial >= len(one.trials) {
			return nil, fmt.Errorf("found answer %d where answer %d belongs", a.Trial, len(one.answers))
		}
		one.answers = append(one.answers, a)
	}
	return one, lines.Err()
}
