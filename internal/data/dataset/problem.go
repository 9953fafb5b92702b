package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Kind is the kind of a problem.
type Kind string

// The kinds of problems.
const (
	Unmatched  Kind = "unmatched"  // only one side has the name
	Ambiguous  Kind = "ambiguous"  // two files of one side have the same name
	SizesVary  Kind = "sizes"      // the pictures of a pair differ in size
	OddWidth   Kind = "odd width"  // a side-by-side picture without two halves
	Unreadable Kind = "unreadable" // no permission, not a picture, damaged
	Truncated  Kind = "truncated"  // the file ends too early
	TooLarge   Kind = "too large"  // the header claims more than the limit
	Channels   Kind = "channels"   // cannot be converted to the requested channels
	Leak       Kind = "leak"       // a training pair is in validation or test too
)

// Problem is something wrong with a file. It is also an error.
type Problem struct {
	File string // relative to the data folder, with forward slashes
	Kind Kind
	Text string // in lower case, no full stop
	Hint string // what to do about it, with the marks of package hint
	err  error
}

// Error returns "file: text".
func (p *Problem) Error() string { return p.File + ": " + p.Text }

// Unwrap returns the error that caused the problem, or nil.
func (p *Problem) Unwrap() error { return p.err }

// unreadable makes a Problem from an error of imgio or of the file system.
func unreadable(file string, err error) *Problem {
	text := strings.TrimPrefix(err.Error(), ": ") // imgio did not know the name
	var system *fs.PathError
	if errors.As(err, &system) {
		text = system.Op + ": " + system.Err.Error()
	}
	p := &Problem{File: file, Kind: Unreadable, Text: text, err: err,
		Hint: "replace the file or remove the pair"}
	switch {
	case errors.Is(err, imgio.ErrTruncated):
		p.Kind, p.Hint = Truncated, "copy or download the file again, or remove the pair"
	case errors.Is(err, imgio.ErrTooLarge):
		p.Kind, p.Hint = TooLarge, "resize the picture, or remove the pair if its header is wrong"
	}
	return p
}

// listed is how many problems the text of an error lists.
const listed = 20

// ProblemsError is the error of Open for a folder with problems: all of them.
type ProblemsError struct {
	Dir      string
	Problems []Problem
}

// Error lists the first problems, one per line, and says how many more there are.
func (e *ProblemsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "check data: %s has %s", e.Dir, english.Plural(len(e.Problems), "problem", ""))
	for i := range min(len(e.Problems), listed) {
		p := &e.Problems[i]
		b.WriteString("\n  " + p.Error())
	}
	if more := len(e.Problems) - listed; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	return b.String()
}

// Hint is the advice for users of the Go package.
func (e *ProblemsError) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns the hints of the problems, each once, with the marks of package hint.
func (e *ProblemsError) Advice() string {
	var hints []string
	for _, p := range e.Problems {
		if !slices.Contains(hints, p.Hint) {
			hints = append(hints, p.Hint)
		}
	}
	return strings.Join(append(hints, "or leave these pairs out with {skip_bad}"), "; ")
}
