package video

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/base/strictjson"
	"easel/internal/file/atomicfile"
)

// state is what an interrupted call leaves for the next.
type state struct {
	// Made identifies painter, options and input.
	Made string `json:"made"`
	// Forced says that what was at the output before may be overwritten.
	Forced bool `json:"forced,omitempty"`
	// Done counts the painted frames, the latest of which is Last, a file beside the state.
	Done int    `json:"done"`
	Last string `json:"last,omitempty"`
	// Parts are those of a video; Scale and Step are its ticks, First and Latest those of
	// its first and its latest frame.
	Parts  []part `json:"parts,omitempty"`
	Scale  int64  `json:"scale,omitempty"`
	Step   int64  `json:"step,omitempty"`
	First  int64  `json:"first,omitempty"`
	Latest int64  `json:"latest,omitempty"`
	// Complete says that there are no more frames.
	Complete bool `json:"complete,omitempty"`
}

// part is a part of a video: a file beside the state, and when its first frame is shown.
type part struct {
	Name  string `json:"name"`
	Ticks int64  `json:"ticks"`
}

// readState reads a state, an empty one if there is none.
func readState(path string) (s state, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err == nil {
		err = strictjson.Decode(text, &s)
	}
	if err != nil {
		return state{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func (s *state) write(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(s) })
}

// made identifies what determines the painted frames: the painter, by its name, the
// options and the files.
func (o *Options) made(painter string) (string, error) {
	paths := []string{o.In}
	if isFolder(o.In) {
		var err error
		if paths, err = o.chosenFiles(); err != nil {
			return "", err
		}
	}
	sum := sha256.New()
	said := *o
	said.In = ""
	if err := json.NewEncoder(sum).Encode([]any{painter, said, o.toVideo()}); err != nil {
		return "", err
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d %d\n", filepath.Base(path), info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}
