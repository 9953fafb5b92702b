package study

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"easel/internal/base/near"
)

// drawnPlan is a plan of so many algorithms and pairs, without pictures.
func drawnPlan(algorithms, pairs int) *Plan {
	p := &Plan{Version: planVersion, Seed: 7, Practice: 10, Scored: 40, ExposureMS: 1000, Size: 8}
	for a := range algorithms {
		p.Algorithms = append(p.Algorithms, Algorithm{Name: fmt.Sprintf("model %d", a)})
	}
	for i := range pairs {
		pair := Pair{Name: strconv.Itoa(i), Real: fmt.Sprintf("%016x", i)}
		for a := range algorithms {
			pair.Fakes = append(pair.Fakes, fmt.Sprintf("%016x", 1000*(a+1)+i))
		}
		p.Pairs = append(p.Pairs, pair)
	}
	return p
}

// open writes a plan into a folder and opens it.
func open(t *testing.T, p *Plan) (*Study, string) {
	t.Helper()
	dir := t.TempDir()
	if err := p.write(dir); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// seen is an answer of somebody who saw both pictures for a second.
func seen(trial int, fake Side) Answer {
	return Answer{Trial: trial, Fake: fake, LeftMS: 1000, RightMS: 1000, FrameMS: 16.7, ResponseMS: 700}
}

// truth is where the fake of the session's next trial is.
func truth(t *testing.T, s *Study, id string) Side {
	t.Helper()
	one, err := s.session(id)
	if err != nil {
		t.Fatal(err)
	}
	return one.trials[len(one.answers)].fake()
}

func other(side Side) Side {
	if side == Left {
		return Right
	}
	return Left
}

// sit is a participant who is fooled by each scored trial with a probability.
func sit(t *testing.T, s *Study, r *rand.Rand, fooled float64) string {
	t.Helper()
	session, err := s.Begin("")
	if err != nil {
		t.Fatal(err)
	}
	for n := range session.Practice + session.Scored {
		answer := truth(t, s, session.ID)
		if r.Float64() < fooled {
			answer = other(answer)
		}
		if _, err := s.Answer(session.ID, seen(n, answer)); err != nil {
			t.Fatal(err)
		}
	}
	return session.ID
}

// A session: practice tells the truth, scored trials do not, the end says how many
// were right; pictures are those of one algorithm, and both sides occur.
func TestSession(t *testing.T) {
	t.Parallel()
	s, dir := open(t, drawnPlan(2, 12))
	session, err := s.Begin("")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := s.session(session.ID)
	sides := map[Side]int{}
	for n := range 50 {
		trial, err := s.Trial(session.ID)
		if err != nil || trial.Number != n || trial.Of != 50 || trial.Practice != (n < 10) {
			t.Fatalf("trial %d: %+v, %v", n, trial, err)
		}
		fake := truth(t, s, session.ID)
		sides[fake]++
		pair := s.Plan.Pairs[one.trials[n].Pair]
		left, right := pair.Real, pair.Fakes[one.header.Algorithm]
		if fake == Left {
			left, right = right, left
		}
		if trial.Left != left || trial.Right != right {
			t.Fatalf("trial %d shows %s and %s", n, trial.Left, trial.Right)
		}
		f, err := s.Answer(session.ID, seen(n, fake))
		if err != nil {
			t.Fatal(err)
		}
		want := Feedback{Finished: n == 49}
		if n < 10 {
			want.Fake, want.Correct = fake, true
		}
		if n == 49 {
			want.Right, want.Scored = 40, 40
		}
		if f != want {
			t.Errorf("trial %d: feedback %+v, want %+v", n, f, want)
		}
		// Given twice it counts once.
		if again, err := s.Answer(session.ID, seen(n, fake)); err != nil || again != f {
			t.Errorf("trial %d again: %+v, %v", n, again, err)
		}
	}
	if sides[Left] < 10 || sides[Right] < 10 {
		t.Errorf("the fake was on the sides %v", sides)
	}
	if _, err := s.Trial(session.ID); !errors.Is(err, ErrFinished) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := s.Answer(session.ID, seen(50, Left)); !errors.Is(err, ErrFinished) {
		t.Errorf("an answer after the end: %v", err)
	}
	if r, err := Analyze(dir, Analysis{Resamples: 10, Confidence: 0.95}); err != nil || r.All.Algorithms[one.header.Algorithm].Fooled != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Who comes back, with the same word, goes on where they were, after a restart too, and
// does not take part twice; sessions that were given up make room for others.
func TestComingBack(t *testing.T) {
	t.Parallel()
	s, dir := open(t, drawnPlan(2, 12))
	first, err := s.Begin("p-17")
	if err != nil || first.Resumed {
		t.Fatalf("%+v, %v", first, err)
	}
	for n := range 50 {
		if n%20 == 5 { // in the middle of practice, and of the rest
			if s, err = Open(dir); err != nil {
				t.Fatal(err)
			}
			again, err := s.Begin("p-17")
			if err != nil || again.ID != first.ID || !again.Resumed || again.Finished {
				t.Fatalf("back at trial %d: %+v, %v", n, again, err)
			}
		}
		if trial, err := s.Trial(first.ID); err != nil || trial.Number != n {
			t.Fatalf("%+v, %v, want trial %d", trial, err, n)
		}
		if _, err := s.Answer(first.ID, seen(n, Left)); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := s.Begin("p-17"); err != nil || again.ID != first.ID || !again.Finished {
		t.Errorf("after the end: %+v, %v", again, err)
	}
	second, err := s.Begin("p-18")
	if err != nil || second.ID == first.ID || second.Resumed {
		t.Errorf("somebody else: %+v, %v", second, err)
	}
	if r, err := Analyze(dir, Analysis{Resamples: 10, Confidence: 0.95}); err != nil || len(r.People) != 1 || r.Unfinished != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, sessionsFolder, first.ID+".jsonl")); err != nil || bytes.Contains(text, []byte("p-17")) {
		t.Errorf("the word itself is kept: %s, %v", text, err)
	}
	if _, err := s.Begin(strings.Repeat("x", maxWord+1)); !errors.Is(err, ErrWord) {
		t.Errorf("a long word: %v", err)
	}
	one, two := s.sessions[first.ID], s.sessions[second.ID]
	if one.header.Algorithm == two.header.Algorithm {
		t.Error("both judge one algorithm")
	}
	two.header.At = two.header.At.Add(-2 * abandonTime) // given up long ago
	if got := s.least(0, now()); got != two.header.Algorithm {
		t.Errorf("the next judges algorithm %d, want %d, whose participant has gone", got, two.header.Algorithm)
	}
}

func TestWrongAnswersAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := open(t, drawnPlan(1, 12))
	session, err := s.Begin("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Answer(session.ID, seen(3, Left)); !errors.Is(err, ErrOrder) {
		t.Errorf("a later trial: %v", err)
	}
	if _, err := s.Answer(session.ID, Answer{Fake: "up"}); err == nil {
		t.Error("a third side was taken")
	}
	if _, err := s.Answer("nobody", seen(0, Left)); !errors.Is(err, ErrNoSession) {
		t.Errorf("nobody's answer: %v", err)
	}
	if _, ok := s.Picture("../study"); ok {
		t.Error("the plan is a picture")
	}
}

// A server that is killed forgets nothing that was answered, and half a line that it
// left does not count.
func TestReopen(t *testing.T) {
	t.Parallel()
	s, dir := open(t, drawnPlan(1, 12))
	session, err := s.Begin("")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if _, err := s.Answer(session.ID, seen(n, Left)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, sessionsFolder, session.ID+".jsonl")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"trial":5,"fa`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if trial, err := again.Trial(session.ID); err != nil || trial.Number != 5 {
		t.Errorf("%+v, %v", trial, err)
	}
	if _, err := again.Answer(session.ID, seen(5, Left)); err != nil {
		t.Fatal(err)
	}
	third, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if trial, err := third.Trial(session.ID); err != nil || trial.Number != 6 {
		t.Errorf("after an answer behind half a line: %+v, %v", trial, err)
	}
}

// Participants are shared out evenly, and orders differ and can be drawn again.
func TestPlan(t *testing.T) {
	t.Parallel()
	s, _ := open(t, drawnPlan(3, 60))
	for range 9 {
		if _, err := s.Begin(""); err != nil {
			t.Fatal(err)
		}
	}
	begun := make([]int, 3)
	for _, one := range s.sessions {
		begun[one.header.Algorithm]++
	}
	if begun[0] != 3 || begun[1] != 3 || begun[2] != 3 {
		t.Errorf("sessions by algorithm: %v", begun)
	}
	p := drawnPlan(1, 60)
	a, b, c := p.trials(1), p.trials(1), p.trials(2)
	same, once := true, map[int]bool{}
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("an order cannot be drawn again")
		}
		same = same && a[i] == c[i]
		once[a[i].Pair] = true
	}
	if same || len(once) != len(a) {
		t.Errorf("two seeds give one order: %v; %d pairs in %d trials", same, len(once), len(a))
	}
	p.Unpaired = true
	for _, trial := range p.trials(3) {
		if trial.Pair == trial.RealPair {
			t.Fatal("an unpaired trial shows a pair")
		}
	}
}

// A simulated crowd of known skill: the rates are found, the better model is known to
// be better, pictures that are identical fool half of the time.
func TestCrowd(t *testing.T) {
	t.Parallel()
	p := drawnPlan(3, 200)
	r := rand.New(rand.NewPCG(1, 2))
	rates := []float64{0.1, 0.3, 0.5}
	var crowd []*session
	for i := range 90 {
		one := &session{header: header{Algorithm: i % 3}, trials: p.trials(uint64(i))}
		for n, trial := range one.trials {
			answer := trial.fake()
			if r.Float64() < rates[i%3] {
				answer = other(answer)
			}
			one.answers = append(one.answers, seen(n, answer))
		}
		crowd = append(crowd, one)
	}
	how := DefaultAnalysis()
	how.Resamples = 2000
	report := analyze(p, crowd, how)
	for i, want := range rates {
		got := report.All.Algorithms[i]
		if got.Participants != 30 || got.Trials != 1200 || !near.Within(float64(got.Fooled)-want, 0.04) {
			t.Errorf("%+v, want %g", got, want)
		}
		// 1,200 independent trials: the deviation of their mean.
		if sd := math.Sqrt(want * (1 - want) / 1200); math.Abs(float64(got.Deviation)/sd-1) > 0.5 {
			t.Errorf("deviation %g, want about %g", got.Deviation, sd)
		}
		if float64(got.Interval[0]) > want || float64(got.Interval[1]) < want || float64(got.PictureInterval[0]) > want || float64(got.PictureInterval[1]) < want {
			t.Errorf("the intervals %v and %v leave out %g", got.Interval, got.PictureInterval, want)
		}
	}
	if report.All.Better[2][0] < 0.999 || !near.Within(report.All.Better[0][2], 0.001) || report.All.Better[1][1] != 0.5 {
		t.Errorf("better: %v", report.All.Better)
	}
	if report.Excluded.Any != 0 || report.Unfinished != 0 || len(report.People) != 90 {
		t.Errorf("%+v, %d unfinished, %d people", report.Excluded, report.Unfinished, len(report.People))
	}
}

// The intervals have the coverage that they claim, with people who differ.
func TestCoverage(t *testing.T) {
	t.Parallel()
	const studies, rate = 150, 0.3
	r := rand.New(rand.NewPCG(5, 6))
	covered := 0
	for i := range studies {
		var people []person
		for range 25 {
			skill := rate + 0.15*(2*r.Float64()-1)
			one := person{}
			for n := range 40 {
				one.outcomes = append(one.outcomes, outcome{pair: n, fooled: r.Float64() < skill})
			}
			people = append(people, one)
		}
		found := findings(drawnPlan(1, 40), people, Analysis{Resamples: 300, Confidence: 0.95, Seed: uint64(i)})
		if in := found.Algorithms[0].Interval; float64(in[0]) <= rate && rate <= float64(in[1]) {
			covered++
		}
	}
	if covered < studies*90/100 {
		t.Errorf("%d of %d intervals have the true rate", covered, studies)
	}
}

// What is left out is said, and both numbers are there.
func TestExclusions(t *testing.T) {
	t.Parallel()
	p := drawnPlan(1, 60)
	s, dir := open(t, p)
	session, err := s.Begin("")
	if err != nil {
		t.Fatal(err)
	}
	for n := range p.Trials() {
		a := seen(n, truth(t, s, session.ID))
		switch n {
		case 12:
			a.ResponseMS, a.Fake = 100, other(a.Fake)
		case 13:
			a.Hidden = true
		case 14:
			a.RightMS = 1060
		case 15:
			a.LeftMS = 1020 // a frame is not much
		}
		if _, err := s.Answer(session.ID, a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Begin(""); err != nil { // who never answers
		t.Fatal(err)
	}
	r, err := Analyze(dir, Analysis{Resamples: 50, Confidence: 0.95})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Exclusions{1, 1, 1, 3}); r.Excluded != want || r.Unfinished != 1 {
		t.Errorf("%+v, %d unfinished", r.Excluded, r.Unfinished)
	}
	if all, kept := r.All.Algorithms[0], r.Kept.Algorithms[0]; all.Trials != 40 || all.Fooled != 1.0/40 || kept.Trials != 37 || kept.Fooled != 0 {
		t.Errorf("all %+v, kept %+v", all, kept)
	}
}

// The tool's columns give the same rate: wrong where the answer is the side of the
// real picture.
func TestCSV(t *testing.T) {
	t.Parallel()
	p := drawnPlan(1, 30)
	s, dir := open(t, p)
	r := rand.New(rand.NewPCG(3, 4))
	for range 4 {
		sit(t, s, r, 0.4)
	}
	var b bytes.Buffer
	if err := WriteCSV(&b, dir); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	wrong, all := 0, 0
	for _, row := range rows[1:] {
		for n := p.Practice; n < p.Trials(); n++ {
			real := row[column[fmt.Sprintf("Input.gt_side%d", n)]]
			if !strings.HasPrefix(row[column[fmt.Sprintf("Input.images_%s%d", real, n)]], "real/") {
				t.Fatal("the real picture is not where gt_side says")
			}
			if all++; row[column[fmt.Sprintf("Answer.selection%d", n)]] == real {
				wrong++
			}
		}
	}
	report, err := Analyze(dir, Analysis{Resamples: 10, Confidence: 0.95})
	if err != nil || !near.Within(float64(report.All.Algorithms[0].Fooled)-float64(wrong)/float64(all), 1e-12) {
		t.Errorf("%+v, %v; by the columns %d of %d", report, err, wrong, all)
	}
}

// Exact values by R's binom.test: 3 of 40.
func TestClopperPearson(t *testing.T) {
	t.Parallel()
	got := clopperPearson(3, 40, 0.95)
	if !near.Within(got[0]-0.01574, 1e-4) || !near.Within(got[1]-0.20386, 1e-4) {
		t.Errorf("%v", got)
	}
	if p := fairCoin(3, 10); !near.Within(p-0.34375, 1e-9) {
		t.Errorf("p %g", p)
	}
}

func FuzzParseSession(f *testing.F) {
	p := drawnPlan(2, 5)
	f.Add([]byte(`{"session":"a","algorithm":1,"seed":3}` + "\n" + `{"trial":0,"fake":"left"}` + "\n"))
	f.Add([]byte(`{"session":"a","algorithm":9}` + "\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseSession(text, p)
		if err == nil && s != nil && len(s.answers) > len(s.trials) {
			t.Error("more answers than trials")
		}
	})
}
