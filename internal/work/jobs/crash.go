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

// What a process leaves for the next one: its crash report, if it ended by a panic or
// another fatal error, which is then kept for people; and the number of processes that the
// system had killed for lack of memory when it started.
const (
	crashFile     = "crash.txt"
	lastCrashFile = "crash.last.txt"
	memoryFile    = "killed-for-memory"
)

// outOfMemory is the reason given for a process that was killed without a report.
const outOfMemory = "the system had no memory left and killed a process"

// lastWords returns why the previous process ended, or "" if it left no sign: it was
// stopped, or somebody killed it.
func lastWords(state string) (string, error) {
	path := filepath.Join(state, crashFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // it ended normally
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if err != nil || line == "" || strings.HasPrefix(line, "SIGQUIT") { // somebody requested it
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

// killedForMemory returns how many processes the system has killed for lack of memory since
// it booted, as Linux counts them, or "" if nobody does.
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

// catchCrashes makes this process leave these signs.
func catchCrashes(state string) error {
	noted := os.WriteFile(filepath.Join(state, memoryFile), []byte(killedForMemory()), 0o600)
	f, err := os.OpenFile(filepath.Join(state, crashFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(noted, err)
	}
	return errors.Join(noted, debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
}

// letCrashes undoes catchCrashes when the process ends normally.
func letCrashes(state string) error {
	return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), os.Remove(filepath.Join(state, crashFile)))
}

// What the death of a process costs, shared by the jobs that were running. A death without
// a sign is assumed to have an outside cause, such as a power failure.
const (
	crashed = 1
	killed  = 0.01
)

// died queues a job again that was running, perhaps one of several, when the previous
// process ended with these last words.
func (j *Job) died(words string, jobs int) {
	if words == "" {
		j.Blame += killed / float64(jobs)
	} else {
		j.Blame += crashed / float64(jobs)
		j.Crash = words
	}
	j.to(Queued)
}

// spent reports whether too many attempts failed.
func (j *Job) spent(limit int) bool { return j.Blame > float64(limit)-killed/8 }

// giveUp fails a job that was started too often.
func (j *Job) giveUp() {
	j.Error = fmt.Sprintf("it was started %d times, but each time the server ended or the job hung, without further progress", j.Attempt)
	j.Hint = "it may need more memory than the machine has; see the server's log"
	if j.Crash != "" {
		j.Error += ": " + j.Crash
		if j.Crash != outOfMemory {
			j.Hint = "the server's state folder has the whole report: " + lastCrashFile
		}
	}
	j.to(Failed)
}
