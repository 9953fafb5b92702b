package dataset

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/dustin/go-humanize/english"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// pair is a candidate without problems.
type pair struct {
	candidate
	inspection
}

// Dataset is the good pairs of a folder, in natural order within each split.
type Dataset struct {
	root     string
	opts     Options
	labels   Labels
	channels [2]int  // of A and of B, after conversion
	alpha    [2]bool // whether the last of them is alpha
	seen     [2]look // of the colours of A and of B
	splits   map[Split][]pair
	record   Record

	suggested imgio.Range
}

// Open finds the pairs in dir and checks all of them: every file is read, and decoded if
// its split is used. The Report is returned with errors too, as far as it got. If pairs have
// problems and Options.SkipBad is not set, the error is a *ProblemsError. A folder without a
// good pair, or without one in a split of Options.Use, is an error.
func Open(ctx context.Context, dir string, opts Options) (*Dataset, *Report, error) {
	if err := opts.validate(); err != nil {
		return nil, &Report{}, fmt.Errorf("open data: %w", err)
	}
	found, err := find(dir)
	if err != nil {
		return nil, &Report{}, err
	}
	return found.open(ctx, opts)
}

// open checks the pairs that were found.
func (found *finding) open(ctx context.Context, opts Options) (*Dataset, *Report, error) {
	dir, report := found.root, &Report{}
	report.Layout, report.Found, report.Warnings = found.layout, len(found.pairs), found.warnings
	report.Numbered = found.numbered
	inspections, err := inspectAll(ctx, dir, found.pairs, opts)
	if err != nil {
		return nil, report, err
	}
	report.warnFiles(inspections)
	d := &Dataset{root: dir, opts: opts}
	if err := d.checkHalves(inspections, cmp.Or(opts.Pairs, found.manifest.Pairs)); err != nil && !opts.Begun {
		return nil, report, err
	}
	pairs := d.sift(found, inspections, report)
	if len(report.Problems) > 0 && !opts.SkipBad {
		return nil, report, &ProblemsError{Dir: dir, Problems: report.Problems}
	}
	if len(pairs) == 0 {
		return nil, report, hint.New(fmt.Errorf("check data: %s has no usable %s (%s)", dir, found.one(), english.Plural(len(report.Problems), "problem", "")),
			"run without {skip_bad} to see what is wrong with them")
	}
	if err := d.checkRanges(pairs, report); err != nil {
		return nil, report, err
	}
	return d.finish(pairs, report)
}

// sift returns the good pairs and lists the problems of the others, in the
// order of the files.
func (d *Dataset) sift(found *finding, inspections []inspection, report *Report) []pair {
	report.Problems = found.problems
	pairs := make([]pair, 0, len(inspections))
	for i, in := range inspections {
		report.Bytes += in.bytes
		if len(in.problems) > 0 {
			report.Problems = append(report.Problems, in.problems...)
			continue
		}
		pairs = append(pairs, pair{found.pairs[i], in})
	}
	d.settle(pairs, report)
	bad := d.unfit(pairs)
	for i, p := range leaks(pairs) {
		bad[i] = p
	}
	var good []pair
	for i, p := range pairs {
		if problem, ok := bad[i]; ok {
			report.Problems = append(report.Problems, problem)
			continue
		}
		good = append(good, p)
	}
	return good
}

// finish splits good pairs and makes the record.
func (d *Dataset) finish(pairs []pair, report *Report) (*Dataset, *Report, error) {
	rule := assign(pairs, d.opts)
	report.Warnings = append(report.Warnings, shared(pairs)...)
	d.splits = map[Split][]pair{}
	for _, p := range pairs {
		d.splits[p.split] = append(d.splits[p.split], p)
	}
	d.splits[Train] = limited(d.splits[Train], d.opts)
	if err := assertApart(d.splits); err != nil {
		return nil, report, err
	}
	report.Train, report.Val, report.Test = d.Len(Train), d.Len(Val), d.Len(Test)
	for _, s := range d.opts.Use {
		if d.Len(s) == 0 && !slices.Contains(d.opts.MayLack, s) {
			return nil, report, hint.New(fmt.Errorf("open data: %s has no %s pairs: %d train, %d val, %d test",
				d.root, s, d.Len(Train), d.Len(Val), d.Len(Test)), layoutHint)
		}
	}
	d.record = Record{Layout: report.Layout, Rule: rule,
		Train: report.Train, Val: report.Val, Test: report.Test, Fingerprint: d.Fingerprint(Train, Val)}
	if rule == RuleSeeded || rule == RuleHeldOut {
		d.record.Seed, d.record.Fraction = d.opts.Seed, d.opts.ValFraction
	}
	return d, report, nil
}

// Len returns the number of pairs in a split.
func (d *Dataset) Len(s Split) int { return len(d.splits[s]) }

// Names returns the names of the pairs of a split, in order: those of the files
// without extension.
func (d *Dataset) Names(s Split) []string {
	names := make([]string, d.Len(s))
	for i, p := range d.splits[s] {
		names[i] = p.name
	}
	return names
}

// Size returns the size of pair i of a split, in pixels, before resizing; 0 if the split is
// not in Options.Use.
func (d *Dataset) Size(s Split, i int) (width, height int) {
	p := d.splits[s][i]
	return p.sideA.width, p.sideA.height
}

// FileSum is the SHA-256, in hexadecimal, of the first file of pair i of a split: of a
// single picture its own.
func (d *Dataset) FileSum(s Split, i int) (string, error) {
	sum := sha256.New()
	_, _, _, err := readHashed(below(d.root), d.splits[s][i].a[0], false, d.opts.read(), sum)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// Side is what a file has of one side of a pair, before anything is converted.
type Side struct{ Width, Height, Channels, Depth int }

// Sides describes A and B of pair i of a split as they are in the files; zeros if the split
// is not in Options.Use.
func (d *Dataset) Sides(s Split, i int) (a, b Side) {
	public := func(x side) Side { return Side{x.width, x.height, x.channels, x.depth} }
	p := d.splits[s][i]
	return public(p.sideA), public(p.sideB)
}

// Channels returns the numbers of channels of inputs and targets, as in Sample and Loader.
func (d *Dataset) Channels() (input, output int) {
	return d.directed(d.channels[0], d.channels[1])
}

// Depths returns the largest number of bits per sample (8, 16 or 32) of inputs and targets:
// the depth to write such pictures with.
func (d *Dataset) Depths() (input, output int) {
	a, b := 8, 8
	for _, s := range d.splits {
		for _, p := range s {
			a, b = max(a, p.sideA.depth), max(b, p.sideB.depth)
		}
	}
	return d.directed(a, b)
}

// Labels returns which sides are label pictures, given or detected.
func (d *Dataset) Labels() Labels { return d.labels }

// Filters returns the filters that inputs and targets are resized with.
func (d *Dataset) Filters() (input, output imgio.Filter) {
	filter := func(names bool) imgio.Filter {
		if names {
			return d.opts.Label
		}
		return d.opts.Photograph
	}
	a, b := d.Named()
	return filter(a), filter(b)
}

// Named reports whether colours are class names, not brightnesses, for inputs and targets.
func (d *Dataset) Named() (input, target bool) {
	a := d.labels == LabelsA || d.labels == LabelsBoth
	b := d.labels == LabelsB || d.labels == LabelsBoth
	if d.opts.Direction == BtoA {
		return b, a
	}
	return a, b
}

// directed turns values for A and B into values for input and target.
func (d *Dataset) directed(a, b int) (input, output int) {
	if d.opts.Direction == BtoA {
		return b, a
	}
	return a, b
}

// Record returns how the data set was split.
func (d *Dataset) Record() Record { return d.record }

// Fingerprint returns a SHA-256, in hexadecimal, of the names, contents and splits of the
// pairs in the given splits; of all splits if none is given. Equal fingerprints mean equal
// batches if all else is equal.
func (d *Dataset) Fingerprint(splits ...Split) string {
	if len(splits) == 0 {
		splits = allSplits()
	}
	sum := sha256.New()
	for _, s := range allSplits() {
		if !slices.Contains(splits, s) {
			continue
		}
		for _, p := range d.splits[s] {
			fmt.Fprintf(sum, "%s %q %d %d %x\n", s, p.name, len(p.a), len(p.b), p.content)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
