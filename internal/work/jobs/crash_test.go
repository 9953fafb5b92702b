package jobs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBlame: what speaks for a job being at fault ends it soon, what speaks for
// nothing does not, and what was kept clears it.
func TestBlame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words string
		jobs  int
		lives int
	}{
		"a crash": {"panic: oh no", 1, 3}, "crashes in company": {"panic: oh no", 2, 6},
		"kills": {"", 1, 30}, "kills in company": {"", 2, 60},
	} {
		state, lives := t.TempDir(), 0
		q := &Queue{options: Options{State: state, MaxAttempts: 3}.withDefaults()}
		var err error
		if q.records, err = openRecords(filepath.Join(state, "jobs"), func(error) {}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b"}[:c.jobs] {
			if _, _, err := q.records.create(Job{ID: id, State: Queued}); err != nil {
				t.Fatal(err)
			}
		}
		for ; lives < 100; lives++ {
			if j, err := q.claim("a"); err != nil || j.State != Running {
				if j.State != Failed || !strings.Contains(j.Error, c.words) {
					t.Errorf("%s: %s, %q, %v", name, j.State, j.Error, err)
				}
				break
			}
			for _, j := range q.records.all()[:c.jobs] {
				if _, err := q.records.update(j, func(j *Job) { j.died(c.words, c.jobs) }); err != nil {
					t.Fatal(err)
				}
			}
		}
		if lives != c.lives {
			t.Errorf("%s: %d lives, want %d", name, lives, c.lives)
		}
	}
}

// TestLastWords: a report is found once and kept for people; no report and one that
// somebody asked for say nothing.
func TestLastWords(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	for text, want := range map[string]string{"": "", "\nfatal error: out of memory\n\ngoroutine 1": "fatal error: out of memory", "SIGQUIT: quit\nPC=0": ""} {
		if err := os.WriteFile(filepath.Join(state, crashFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{want, ""} {
			if words, err := lastWords(state); words != want || err != nil {
				t.Errorf("%q: %q, %v", text, words, err)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(state, lastCrashFile)); err != nil || !strings.Contains(string(text), "goroutine 1") {
		t.Errorf("%q, %v", text, err)
	}
}
