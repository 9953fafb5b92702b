package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/atomicfile"
	"easel/internal/file/lock"
)

// stateFile marks a folder as a queue's state. It is written first, because what is in the
// folders of jobs and of the list is removed without asking.
const stateFile = "easel-state"

// ownFolders are the folders of a state that only a queue writes.
func ownFolders(state string) []string {
	return []string{jobsFolder(state), natsFolder(state), clusterFolder(state)}
}

// jobsFolder has a folder for each job.
func jobsFolder(state string) string { return filepath.Join(state, "jobs") }

// clusterFolder has copies of the files of jobs that a cluster has.
func clusterFolder(state string) string { return filepath.Join(state, "cluster") }

// claim makes sure that a folder is a queue's state, or makes it one.
func claim(state string) error {
	if _, err := os.Lstat(filepath.Join(state, stateFile)); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, path := range ownFolders(state) {
		if _, err := os.Lstat(path); err == nil {
			return &StrangerError{path}
		}
	}
	return atomicfile.WriteBytes(filepath.Join(state, stateFile), []byte("The jobs of easel serve: jobs/, nats/ and cluster/ are its own.\n"))
}

// Forget removes a state folder with all its jobs, finished or not, unless a process uses it.
// What workers on other machines have of them is dropped when they report. Jobs on a cluster
// stay there.
func Forget(state string) error {
	if _, err := os.Lstat(state); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := lock.Folder(state)
	if err != nil {
		return err
	}
	defer func() {
		held.Release()
		_ = os.Remove(state) // if it is empty
	}()
	if err := claim(state); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	for _, path := range append(ownFolders(state), filepath.Join(state, stateFile)) {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("jobs: %w", err)
		}
	}
	return nil
}

// StrangerError means that a folder cannot be a queue's state: it has a file with a name
// that the queue uses, but not written by it.
type StrangerError struct{ Path string }

// Error implements error.
func (e *StrangerError) Error() string {
	return fmt.Sprintf("%s is in the way: nothing shows that it belongs to a job queue", e.Path)
}

// Hint returns advice.
func (e *StrangerError) Hint() string { return "choose another folder for the state" }
