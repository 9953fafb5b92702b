package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// What a process leaves for the next one: its last words, where it ended by a panic or
// another fatal error, which are then kept for people, and how many processes the
// system had killed for want of memory when it began.
const (
	crashFile     = "crash.txt"
	lastCrashFile = "crash.last.txt"
	memoryFile    = "killed-for-memory"
)

// outOfMemory are the last words of a process that had none to say.
const outOfMemory = "the system had no memory left and killed a process"

// lastWords is why the process before ended, or "" if it left no sign: it was stopped,
// or killed by somebody.
func lastWords(state string) (string, error) {
	path := filepath.Join(state, crashFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // it ended in peace
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if err != nil || line == "" || strings.HasPrefix(line, "SIGQUIT") { // somebody asked for it
		before, read := os.ReadFile(filepath.Join(state, memoryFile))
		if now := killedForMemory(); err == nil && line == "" && read == nil && now != "" && now != string(before) {
			line = outOfMemory
		} else {
			line = ""
		}
		return line, errors.Join(err, os.Remove(path))
	}
	return line, os.Rename(path, filepath.Join(state, lastCrashFile))
}

// killedForMemory is how many processes the system has killed for want of memory since
// it began, as Linux counts, or "" where nobody does.
func killedForMemory() string {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); ok {
			return n
		}
	}
	return ""
}

// catchCrashes has this process leave its signs.
func catchCrashes(state string) error {
	noted := os.WriteFile(filepath.Join(state, memoryFile), []byte(killedForMemory()), 0o600)
	f, err := os.OpenFile(filepath.Join(state, crashFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(noted, err)
	}
	return errors.Join(noted, debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
}

// letCrashes is the end of catchCrashes, in peace.
func letCrashes(state string) error {
	return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), os.Remove(filepath.Join(state, crashFile)))
}

// What one death of the process counts, shared by the jobs that were at work. One
// that left no sign is somebody else's doing, as a power failure is, for all that is
// known.
const (
	crashed = 1
	killed  = 0.01
)

// died puts a job back that was at work, one of several perhaps, when the process
// before ended with these last words.
func (j *Job) died(words string, jobs int) {
	if words == "" {
		j.Blame += killed / float64(jobs)
	} else {
		j.Blame += crashed / float64(jobs)
		j.Crash = words
	}
	j.to(Queued)
}

// spent reports whether too many attempts came to nothing.
func (j *Job) spent(limit int) bool { return j.Blame > float64(limit)-killed/8 }

// giveUp fails a job that was begun too often.
func (j *Job) giveUp() {
	j.Error = fmt.Sprintf("it was begun %d times; the server ended while it was at work, or it hung, and it did not get any further", j.Attempt)
	j.Hint = "it may need more memory than there is; look into the server's log"
	if j.Crash != "" {
		j.Error += ": " + j.Crash
		if j.Crash != outOfMemory {
			j.Hint = "the server's state folder has the whole report: " + lastCrashFile
		}
	}
	j.to(Failed)
}
