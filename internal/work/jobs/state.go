package jobs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/atomicfile"
)

// stateFile shows that a folder is a queue's state. It is written before anything
// else: what lies in the folders of jobs and of the list is removed without asking.
const stateFile = "easel-state"

// claim makes sure that a folder is a queue's state, or becomes one.
func claim(state string) error {
	if _, err := os.Lstat(filepath.Join(state, stateFile)); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, path := range []string{filepath.Join(state, "jobs"), natsFolder(state)} {
		if _, err := os.Lstat(path); err == nil {
			return &StrangerError{path}
		}
	}
	return atomicfile.Write(filepath.Join(state, stateFile), func(w io.Writer) error {
		_, err := io.WriteString(w, "The jobs of easel serve: jobs/ and nats/ are its own.\n")
		return err
	})
}

// StrangerError is why a folder cannot be a queue's state: something is there by a
// name of the queue's that the queue has not written.
type StrangerError struct{ Path string }

// Error implements error.
func (e *StrangerError) Error() string {
	return fmt.Sprintf("%s is in the way: nothing shows that it is of a queue's jobs", e.Path)
}

// Hint is the advice.
func (e *StrangerError) Hint() string { return "choose another folder for the state" }
