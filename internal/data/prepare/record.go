package prepare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// recordName is the file in an output folder that says how it was made.
const recordName = "prepare.json"

// record says how an output folder was made and from what: everything that outputs
// depend on.
type record struct {
	Verb    string   `json:"verb"`
	Sources []string `json:"sources"` // folders
	Seed    uint64   `json:"seed"`
	Size    int      `json:"size"`
	Fit     string   `json:"fit"`
	Apart   bool     `json:"apart"`
	Options any      `json:"options,omitempty"`
}

func (o Options) record(verb string, options any, sources ...string) record {
	r := record{Verb: verb, Seed: o.Seed, Size: o.Size, Fit: string(cmp.Or(o.Fit, Crop)), Apart: o.Apart, Options: options}
	for _, s := range sources {
		r.Sources = append(r.Sources, identity(s))
	}
	return r
}

func (r record) text() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}

// recordedIn reports whether an earlier call has left its record in a folder: only
// then does force replace files that have the names of outputs. A file with the
// record's name that is not a record is an error.
func recordedIn(out string) (bool, error) {
	name := filepath.Join(out, recordName)
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read what was made before: %w", err)
	case fields(text)["verb"] == "":
		return false, hint.New(fmt.Errorf("%s is in the way: easel prepare did not write it", name), "choose another output folder")
	}
	return true, nil
}

// compare looks at the record in a folder. It returns when the same call was first
// made, or zero if there is no record. The record of a different call is an error
// that says what differs.
func (r record) compare(out string) (began time.Time, err error) {
	name := filepath.Join(out, recordName)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read what was made before: %w", err)
	}
	old, err := os.ReadFile(name)
	if err != nil {
		return time.Time{}, fmt.Errorf("read what was made before: %w", err)
	}
	now, err := r.text()
	if err != nil || bytes.Equal(old, now) {
		return info.ModTime(), err
	}
	return time.Time{}, hint.New(fmt.Errorf("%s was made with different settings: %s", out, difference(old, now)),
		"choose another output folder, or overwrite with {force}")
}

// difference says in which fields two records differ.
func difference(old, now []byte) string {
	was, is := fields(old), fields(now)
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if was[key] != is[key] {
			parts = append(parts, fmt.Sprintf("%s was %s and is %s", key, orNothing(was[key]), is[key]))
		}
	}
	if len(parts) == 0 {
		return "its " + recordName + " is not what this version writes"
	}
	return strings.Join(parts, ", ")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// fields are the values of a record as text, those of its options among them.
func fields(text []byte) map[string]string {
	var top map[string]json.RawMessage
	all := map[string]string{}
	if json.Unmarshal(text, &top) != nil {
		return all
	}
	var options map[string]json.RawMessage
	if json.Unmarshal(top["options"], &options) == nil {
		delete(top, "options")
		maps.Copy(top, options)
	}
	for key, value := range top {
		var b bytes.Buffer
		if json.Compact(&b, value) == nil {
			all[key] = b.String()
		}
	}
	return all
}

func (r record) save(out string) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(out, recordName), text)
}
