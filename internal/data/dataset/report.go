package dataset

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize/english"

	"easel/internal/file/imgio"
)

// Report is what Open found.
type Report struct {
	Layout Layout
	Found  int   // pairs found by name, bad ones included
	Bytes  int64 // total size of their files

	// Train, Val and Test are the numbers of good pairs.
	Train, Val, Test int

	// Labels says which sides were treated as label pictures, by option or by detection.
	Labels Labels

	// InputChannels and OutputChannels are those of the network.
	InputChannels, OutputChannels int

	// Numbered says that a side has folders whose names are numbers. They are read as
	// folders of pictures; earlier versions read them as channels of one picture.
	Numbered bool

	// Suggested is a range to train with, if pictures of more than 8 bits use only a small
	// part of theirs.
	Suggested imgio.Range

	// Problems are pairs and files that cannot be used, in the order of the pairs;
	// Options.SkipBad leaves them out.
	Problems []Problem

	// Warnings are remarks that stop nothing: a line each, in lower case.
	Warnings []string
}

// warnFiles adds one line for each different warning of imgio, however many files have it.
func (r *Report) warnFiles(inspections []inspection) {
	var texts []string
	files := map[string][]string{}
	for _, in := range inspections {
		for _, w := range in.warnings {
			if files[w.Text] == nil {
				texts = append(texts, w.Text)
			}
			files[w.Text] = append(files[w.Text], w.File)
		}
	}
	for _, t := range texts {
		f := files[t]
		line := imgio.Warning{File: f[0], Text: t}.String()
		if len(f) > 1 {
			line += fmt.Sprintf(" (also in %s)", english.Plural(len(f)-1, "more file", ""))
		}
		r.Warnings = append(r.Warnings, line)
	}
}

// String returns the report as one or more lines: the counts, then the warnings.
// ProblemsError lists the problems.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d train, %d val and %d test pairs, %d to %d channels", r.Train, r.Val, r.Test, r.InputChannels, r.OutputChannels)
	if n := len(r.Problems); n > 0 {
		fmt.Fprintf(&b, ", %s", english.Plural(n, "problem", ""))
	}
	for _, w := range r.Warnings {
		b.WriteString("\n" + w)
	}
	return b.String()
}
