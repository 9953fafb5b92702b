package worker

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
)

// paths are the same files and folders on the host and here. Wherever a text that passes
// between the two names one, as a job's options, results and JSON files do, the other
// machine's path is put in its place: so a run's config.json on the host has the host's
// folder of data, wherever it was trained.
type paths []samePath

type samePath struct{ there, here string }

// add notes a pair. Longer paths are replaced first.
func (p *paths) add(there, here string) {
	*p = append(*p, samePath{there, here})
	slices.SortStableFunc(*p, func(a, b samePath) int { return len(b.there) - len(a.there) })
}

func (p paths) toHere(text []byte) []byte {
	for _, s := range p {
		text = replacePath(text, quoted(s.there), quoted(s.here))
	}
	return text
}

func (p paths) toThere(text []byte) []byte {
	for _, s := range p {
		text = replacePath(text, quoted(s.here), quoted(s.there))
	}
	return text
}

// quoted returns a path as it stands in JSON.
func quoted(path string) string {
	b, _ := json.Marshal(path) // of a string: never fails
	return string(b[1 : len(b)-1])
}

// replacePath replaces a path where it is not part of another name.
func replacePath(text []byte, from, to string) []byte {
	if !bytes.Contains(text, []byte(from)) {
		return text
	}
	var out []byte
	rest := text
	for {
		i := bytes.Index(rest, []byte(from))
		if i < 0 {
			return append(out, rest...)
		}
		end := i + len(from)
		before, after := byte('"'), byte('"')
		if i > 0 {
			before = rest[i-1]
		} else if len(out) > 0 {
			before = out[len(out)-1]
		}
		if end < len(rest) {
			after = rest[end]
		}
		out = append(out, rest[:i]...)
		if isEdge(before) && (isEdge(after) || after == '/' || after == '\\') {
			out = append(out, to...)
		} else {
			out = append(out, from...)
		}
		rest = rest[end:]
	}
}

// isEdge reports whether a character may stand beside a path.
func isEdge(c byte) bool { return strings.IndexByte("\"'`()[]<>{}=:,; \t\r\n", c) >= 0 }

// isText reports whether a file may name paths.
func isText(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonl", ".html", ".md", ".txt", ".csv":
		return true
	}
	return false
}
