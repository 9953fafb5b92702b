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

// The last words of a process that ended by a panic or another fatal error: where
// they are written, and where the next process keeps them for people.
const (
	crashFile     = "crash.txt"
	lastCrashFile = "crash.last.txt"
)

// lastWords is the first line of what the process before wrote when it crashed, or ""
// if it did not: one that was killed writes nothing.
func lastWords(state string) (string, error) {
	path := filepath.Join(state, crashFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if err != nil || line == "" || strings.HasPrefix(line, "SIGQUIT") { // somebody asked for it
		return "", errors.Join(err, os.Remove(path))
	}
	return line, os.Rename(path, filepath.Join(state, lastCrashFile))
}

// catchCrashes has this process write its last words to the state folder.
func catchCrashes(state string) error {
	f, err := os.OpenFile(filepath.Join(state, crashFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
}

// letCrashes is the end of catchCrashes.
func letCrashes(state string) error {
	return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), os.Remove(filepath.Join(state, crashFile)))
}

// What one death of the process counts, shared by the jobs that were at work. One
// that left no word may have been anybody's doing: a power failure, an administrator,
// or the system that had no memory left for the job.
const (
	crashed = 1
	killed  = 0.1
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
		j.Hint = "the server's state folder has the whole report: " + lastCrashFile
	}
	j.to(Failed)
}
