package jobs

import (
	"errors"
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
		"kills": {"", 1, 300}, "kills in company": {"", 2, 600},
	} {
		lives, j := 0, Job{ID: "a", State: Running}
		for ; !j.spent(3); lives++ {
			j.died(c.words, c.jobs)
		}
		if j.giveUp(); j.State != Failed || !strings.Contains(j.Error, c.words) || j.Hint == "" {
			t.Errorf("%s: %s, %q", name, j.State, j.Error)
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
	if killedForMemory() != "" {
		err := errors.Join(os.WriteFile(filepath.Join(state, crashFile), nil, 0o600), os.WriteFile(filepath.Join(state, memoryFile), []byte("-1"), 0o600))
		if words, read := lastWords(state); words != outOfMemory || err != nil || read != nil {
			t.Errorf("out of memory: %q, %v, %v", words, err, read)
		}
	}
	if text, err := os.ReadFile(filepath.Join(state, lastCrashFile)); err != nil || !strings.Contains(string(text), "goroutine 1") {
		t.Errorf("%q, %v", text, err)
	}
}
