package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/dustin/go-humanize/english"

	"easel/internal/base/hint"

	"easel/internal/file/imgio"
)

// Rules that decide the split of a pair.
const (
	// RuleFolders: the folders say so.
	RuleFolders = "folders"
	// RuleSeeded: pairs are ordered by SHA-256 of the seed (8 bytes, little endian) and the
	// SHA-256 of A's files (of the whole file if it is side by side). The first
	// round(fraction·n) are val, at least one and at most n−1; pairs with equal A stay
	// together. Names and order of the files do not matter, and one more picture moves at
	// most a few of the others.
	RuleSeeded = "seeded by content"
	// RuleHeldOut is RuleSeeded applied to train, if there is no val.
	RuleHeldOut = "held out of train, seeded by content"
	// RuleGiven: all pairs are in the split that Options.FlatAs named.
	RuleGiven = "given"
)

// Record says how a data set was split. A run stores it; when the run is resumed, Verify
// checks that the data are the same.
type Record struct {
	Layout      Layout  `json:"layout"`
	Rule        string  `json:"rule"`
	Seed        uint64  `json:"seed"`
	Fraction    float64 `json:"fraction"` // 0 if the rule has none
	Train       int     `json:"train"`
	Val         int     `json:"val"`
	Test        int     `json:"test"`
	Fingerprint string  `json:"fingerprint"` // of train and val
}

// Verify returns nil if a data set with record r trains and validates as the one with
// record saved did, or an error that says what changed. Test pairs may change.
func (r Record) Verify(saved Record) error {
	if r.Fingerprint == saved.Fingerprint {
		return nil
	}
	what := "names or contents of files differ"
	switch {
	case r.Layout != saved.Layout:
		what = fmt.Sprintf("the layout is %q, it was %q", r.Layout, saved.Layout)
	case r.Train != saved.Train || r.Val != saved.Val:
		what = fmt.Sprintf("there are %d train and %d val pairs, there were %d and %d", r.Train, r.Val, saved.Train, saved.Val)
	case r.Rule != saved.Rule || r.Seed != saved.Seed || r.Fraction != saved.Fraction:
		what = fmt.Sprintf("the split is %s (seed %d, fraction %v), but was %s (seed %d, fraction %v)",
			r.Rule, r.Seed, r.Fraction, saved.Rule, saved.Seed, saved.Fraction)
	}
	return hint.New(fmt.Errorf("the data set differs from the one that the run was started with: %s", what),
		"use the same data, or start a new run from the old one's weights with {init_from}")
}

// assign sets the split of every pair and returns the rule.
func assign(pairs []pair, opts Options) string {
	if len(pairs) > 0 && pairs[0].split == "" {
		if opts.FlatAs == "" {
			hold(pairs, "", opts)
			return RuleSeeded
		}
		for i := range pairs {
			pairs[i].split = opts.FlatAs
		}
		return RuleGiven
	}
	val := slices.ContainsFunc(pairs, func(p pair) bool { return p.split == Val })
	if opts.HoldOut && !val {
		hold(pairs, Train, opts)
		return RuleHeldOut
	}
	return RuleFolders
}

// hold splits the pairs of one split, or of none, into train and val.
func hold(pairs []pair, from Split, opts Options) {
	var members []int
	keys := map[int]digest{}
	for i := range pairs {
		if pairs[i].split == from {
			pairs[i].split = Train
			members = append(members, i)
			keys[i] = seededKey(opts.Seed, pairs[i].contentA)
		}
	}
	slices.SortStableFunc(members, func(i, j int) int {
		ki, kj := keys[i], keys[j]
		return cmp.Or(slices.Compare(ki[:], kj[:]), imgio.CompareNames(pairs[i].name, pairs[j].name))
	})
	sorted := make([]digest, len(members))
	for k, i := range members {
		sorted[k] = keys[i]
	}
	for _, i := range members[:heldOut(sorted, opts.ValFraction)] {
		pairs[i].split = Val
	}
}

// limited keeps the first Options.TrainPairs of the training pairs in the order of
// RuleSeeded, then sorts them by name again.
func limited(train []pair, opts Options) []pair {
	n := opts.TrainPairs
	if n == 0 || len(train) <= n {
		return train
	}
	order := make([]int, len(train))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		ki, kj := seededKey(opts.Seed, train[i].contentA), seededKey(opts.Seed, train[j].contentA)
		return slices.Compare(ki[:], kj[:])
	})
	order = order[:n]
	slices.Sort(order)
	kept := make([]pair, n)
	for k, i := range order {
		kept[k] = train[i]
	}
	return kept
}

func seededKey(seed uint64, content digest) digest {
	return sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, seed), content[:]...))
}

// heldOut returns how many of the sorted keys are for validation: the fraction, moved to
// the nearest position where the keys on both sides differ. It is 0 only if there is no
// such position.
func heldOut(sorted []digest, fraction float64) int {
	n := len(sorted)
	if n < 2 {
		return 0
	}
	k := min(max(int(math.Round(fraction*float64(n))), 1), n-1)
	apart := func(k int) bool { return sorted[k-1] != sorted[k] }
	for up := k; up < n; up++ {
		if apart(up) {
			return up
		}
	}
	for down := k - 1; down > 0; down-- {
		if apart(down) {
			return down
		}
	}
	return 0
}

// leaks returns a problem for every training pair with the same files as a validation or
// test pair, whatever their names.
func leaks(pairs []pair) map[int]Problem {
	held := map[digest]int{}
	for i, p := range pairs {
		if p.split == Val || p.split == Test {
			held[p.content] = i
		}
	}
	found := map[int]Problem{}
	for i, p := range pairs {
		j, ok := held[p.content]
		if !ok || p.split != Train {
			continue
		}
		found[i] = Problem{File: p.a[0], Kind: Leak,
			Text: fmt.Sprintf("has the same content as %s, which is for %s", pairs[j].a[0], pairs[j].split),
			Hint: "a model must not be trained on pictures that judge it: remove one of the two",
		}
	}
	return found
}

// shared returns warnings about copies that do not leak: within a split, between val and
// test, and pairs whose A, but not B, is in two splits.
func shared(pairs []pair) []string {
	first, firstA := map[digest]int{}, map[digest]int{}
	var copies, both, inputs int
	for i, p := range pairs {
		if j, ok := first[p.content]; !ok {
			first[p.content] = i
		} else if pairs[j].split == p.split {
			copies++
		} else {
			both++
		}
		if j, ok := firstA[p.contentA]; !ok {
			firstA[p.contentA] = i
		} else if pairs[j].split != p.split && pairs[j].content != p.content {
			inputs++
		}
	}
	var warnings []string
	for _, w := range []struct {
		n    int
		text string
	}{
		{copies, "in its split more than once"},
		{both, "in both val and test"},
		{inputs, "whose A is in several splits with a different B"},
	} {
		if w.n > 0 {
			warnings = append(warnings, fmt.Sprintf("%s found %s", english.Plural(w.n, "pair", ""), w.text))
		}
	}
	return warnings
}

// assertApart fails if a pair that validates or tests also trains. Open has excluded that
// already; this guards against bugs in Open.
func assertApart(splits map[Split][]pair) error {
	trained := map[digest]bool{}
	for _, p := range splits[Train] {
		trained[p.content] = true
	}
	for _, s := range []Split{Val, Test} {
		for _, p := range splits[s] {
			if trained[p.content] {
				return errors.New("check data: " + p.a[0] + " is for " + string(s) + " and would reach training")
			}
		}
	}
	return nil
}
