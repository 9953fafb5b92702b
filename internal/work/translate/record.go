package translate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// recordFile has a line for each output in its folder, with its inputs.
const recordFile = ".easel-translated.jsonl"

// record lists which output was made from which input, so that an interrupted call can
// continue.
type record struct {
	mu        sync.Mutex
	folder    string // empty without a record
	signature string
	lines     map[string]recordLine // by output, a path from the folder with slashes
}

type recordLine struct {
	Output    string  `json:"output"`
	As        stamp   `json:"as"`
	Signature string  `json:"signature"` // signature of model and options
	Inputs    []stamp `json:"inputs"`
}

// stamp identifies the state of a file.
type stamp struct {
	Path string    `json:"path,omitempty"`
	Size int64     `json:"size"`
	Time time.Time `json:"time"`
}

func stampOf(path string, info fs.FileInfo) stamp {
	return stamp{path, info.Size(), info.ModTime().UTC()}
}

func (s stamp) is(other stamp) bool {
	return s.Path == other.Path && s.Size == other.Size && s.Time.Equal(other.Time)
}

// openRecord reads the record in a folder. Unreadable lines, such as that of a killed
// process, are ignored.
func openRecord(folder, signature string) *record {
	r := &record{signature: signature, lines: map[string]recordLine{}}
	if signature == "" || toFile(folder) {
		return r
	}
	r.folder = folder
	data, err := os.ReadFile(filepath.Join(folder, recordFile))
	if err != nil {
		return r
	}
	for _, line := range bytes.Split(data, []byte("\n")) {
		var l recordLine
		if json.Unmarshal(line, &l) == nil && l.Output != "" {
			r.lines[l.Output] = l
		}
	}
	return r
}

// signature identifies everything that determines a translation except the inputs; it is
// empty if the model has no name.
func (t *Translator) signature(o FileOptions) string {
	if o.Model == "" {
		return ""
	}
	relevant, files := t.options, o
	relevant.MaxMemory, files.Force = 0, false
	text, err := json.Marshal([]any{relevant, files})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// made reports whether an output, with its file info, is unchanged since it was made from
// the current state of a job's inputs with this model and these options.
func (r *record) made(j job, info fs.FileInfo) bool {
	l, ok := r.lines[r.name(j.output)]
	if !ok || l.Signature != r.signature || !l.As.is(stampOf("", info)) || len(l.Inputs) != len(j.inputs) {
		return false
	}
	for i, in := range j.inputs {
		now, err := os.Stat(in)
		if err != nil || !l.Inputs[i].is(stampOf(identity(in), now)) {
			return false
		}
	}
	return true
}

// isOutput reports whether a file is an output of an earlier call.
func (r *record) isOutput(path string) bool {
	if len(r.lines) == 0 {
		return false
	}
	l, ok := r.lines[r.name(path)]
	if !ok {
		return false
	}
	info, err := os.Lstat(path)
	return err == nil && l.As.is(stampOf("", info))
}

// name returns an output's path relative to the record's folder.
func (r *record) name(path string) string {
	if name, err := filepath.Rel(identity(r.folder), identity(path)); err == nil {
		return filepath.ToSlash(name)
	}
	return path
}

// add records that a job's output was made.
func (r *record) add(j job) error {
	if r.folder == "" {
		return nil
	}
	l := recordLine{Output: r.name(j.output), Signature: r.signature}
	info, err := os.Lstat(j.output)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	l.As = stampOf("", info)
	for _, in := range j.inputs {
		info, err := os.Stat(in)
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
		l.Inputs = append(l.Inputs, stampOf(identity(in), info))
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[l.Output] = l
	f, err := os.OpenFile(filepath.Join(r.folder, recordFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	_, err = f.Write(append(append([]byte("\n"), text...), '\n')) // the first newline ends a partial line
	if failed := f.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
