package prepare

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// SplitOptions are the options of Split.
type SplitOptions struct {
	// Val is the fraction of the pairs for validation.
	Val float64
	// Test is the fraction for tests; train is the rest.
	Test float64
	// Group is a regular expression for names without extensions, folders included:
	// pairs with the same first parenthesised match (the whole match if there are
	// no parentheses) stay together. If empty, there are no groups.
	Group string
	// Similar keeps pairs together whose pictures differ in at most this many of the
	// 64 bits of a perceptual hash; 0 is off. About 8 finds frames of one scene.
	Similar int
	// Checking, if not nil, is told how many files have been looked at, before the
	// first is copied.
	Checking func(done, total int)
}

// DefaultSplitOptions returns a tenth each for validation and tests.
func DefaultSplitOptions() SplitOptions { return SplitOptions{Val: 0.1, Test: 0.1} }

// Validate reports the first invalid option.
func (s SplitOptions) Validate() error { return s.Declared().Check() }

// checkFractions requires something to train on, and something else.
func (s *SplitOptions) checkFractions() error {
	switch {
	case s.Val+s.Test >= 1:
		return fmt.Errorf("fractions of %v for val and %v for test: they must leave something for train", s.Val, s.Test)
	case s.Val+s.Test == 0:
		return errors.New("no val and no test: there is nothing to split")
	}
	return nil
}

func (s SplitOptions) pattern() (*regexp.Regexp, error) {
	if s.Group == "" {
		return nil, nil
	}
	r, err := regexp.Compile(s.Group)
	if err != nil {
		return nil, fmt.Errorf("groups by %q: %w", s.Group, err)
	}
	return r, nil
}

func splitNames() [3]string { return [3]string{"train", "val", "test"} }

func (s SplitOptions) fractions() [3]float64 { return [3]float64{1 - s.Val - s.Test, s.Val, s.Test} }

// Sharing says how Split distributed the pairs.
type Sharing struct {
	Train, Val, Test int
	// Groups is the number of groups of more than one pair.
	Groups int
}

// Split copies pairs into train/, val/ and test/: side-by-side pictures, or the
// files of A/ and B/. Files are copied byte by byte.
//
// Every folder is split in the same fractions, as far as its groups allow, and the
// next folder makes up for what is lacking. Pairs of a group stay together, and so
// do files of equal content, whatever their names. Where groups go depends on the
// seed and the content of files, not on their names. Each split keeps the
// subfolders.
func Split(ctx context.Context, in, out string, s SplitOptions, o Options, notify func(Event)) (Sharing, Result, error) {
	if err := s.Validate(); err != nil {
		return Sharing{}, Result{}, err
	}
	pairs, err := pairsOf(in, out)
	if err != nil {
		return Sharing{}, Result{}, err
	}
	if err := s.look(ctx, pairs, o); err != nil {
		return Sharing{}, Result{}, err
	}
	sharing, err := s.share(pairs, o.Seed)
	if err != nil {
		return sharing, Result{}, err
	}
	r, err := copyAll(ctx, s.record(pairs, in, o), pairs, out, o, notify)
	if err == nil {
		err = copyManifest(in, out)
	}
	return sharing, r, err
}

// record holds a fingerprint of the sources, because one picture more may move
// others to another split.
func (s SplitOptions) record(pairs []*shared, in string, o Options) record {
	sum := sha256.New()
	for _, p := range pairs {
		fmt.Fprintf(sum, "%q %x\n", p.name, p.content)
	}
	return o.record("split", map[string]any{"val": s.Val, "test": s.Test, "group": s.Group, "similar": s.Similar,
		"content": hex.EncodeToString(sum.Sum(nil))}, in)
}

// shared is a pair to be assigned to a split.
type shared struct {
	name    string // with folders, without ending
	folder  string
	files   []splitFile
	content [sha256.Size]byte
	look    look // of the first file
	split   int
}

// splitFile is a file of a pair.
type splitFile struct {
	source string
	side   string // "", "A" or "B"
	layer  string // the numbered folder of one of several channels, or ""
	name   string // with folders and ending
}

func (f splitFile) output(out, split string) string {
	return filepath.Join(out, f.side, split, f.layer, filepath.FromSlash(f.name))
}

// look reads all files, for what they contain and how they look.
func (s SplitOptions) look(ctx context.Context, pairs []*shared, o Options) error {
	errs := make([]error, len(pairs))
	var failed error
	err := each(ctx, len(pairs), o.Threads, func(i int) bool {
		errs[i] = guarded(func() error { return pairs[i].read(s.Similar > 0, o) })
		return errs[i] == nil
	}, func(i int) {
		if failed = cmp.Or(failed, errs[i]); failed == nil && s.Checking != nil {
			s.Checking(i+1, len(pairs))
		}
	})
	if failed != nil {
		return fmt.Errorf("split: %w", failed)
	}
	return err
}

func (p *shared) read(looks bool, o Options) error {
	sum := sha256.New()
	for i, f := range p.files {
		data, err := os.ReadFile(f.source)
		if err != nil {
			return err
		}
		own := sha256.Sum256(data)
		sum.Write(own[:])
		if i == 0 && looks {
			picture, _, err := imgio.Decode(bytes.NewReader(data), f.source, o.Read)
			if err != nil {
				return err
			}
			p.look = lookOf(picture)
		}
	}
	sum.Sum(p.content[:0])
	return nil
}

// share gives every pair its split.
func (s SplitOptions) share(pairs []*shared, seed uint64) (Sharing, error) {
	groups, err := s.groups(pairs)
	if err != nil {
		return Sharing{}, err
	}
	var sharing Sharing
	strata := map[string][][]*shared{}
	for _, g := range groups {
		folder := homeOf(g)
		strata[folder] = append(strata[folder], g)
		if len(g) > 1 {
			sharing.Groups++
		}
	}
	var behind [3]float64 // what splits still lack, carried from folder to folder
	for _, folder := range sorted(strata) {
		behind = shareStratum(strata[folder], s.fractions(), behind, seed)
	}
	var counts [3]int
	for _, p := range pairs {
		counts[p.split]++
	}
	sharing.Train, sharing.Val, sharing.Test = counts[0], counts[1], counts[2]
	for i, f := range s.fractions() {
		if f > 0 && counts[i] == 0 {
			return sharing, hint.New(fmt.Errorf("split: %d pairs in %d groups leave none for %s", len(pairs), len(groups), splitNames()[i]),
				"take larger fractions, smaller groups, or more pairs")
		}
	}
	return sharing, nil
}

// shareStratum gives each group, in an order drawn from the seed, to the split that
// lacks most at that point. It returns what splits lack in the end.
func shareStratum(groups [][]*shared, fractions, lack [3]float64, seed uint64) [3]float64 {
	type keyed struct {
		key   [sha256.Size]byte
		group []*shared
	}
	list := make([]keyed, len(groups))
	for i, g := range groups {
		text := binary.LittleEndian.AppendUint64(nil, seed)
		list[i] = keyed{sha256.Sum256(append(text, leastContent(g)...)), g}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return bytes.Compare(a.key[:], b.key[:]) })
	for _, k := range list {
		size := float64(len(k.group))
		most := 0
		for i := range lack {
			if lack[i] += fractions[i] * size; lack[i] > lack[most] {
				most = i
			}
		}
		lack[most] -= size
		for _, p := range k.group {
			p.split = most
		}
	}
	return lack
}

func leastContent(group []*shared) []byte {
	least := group[0].content[:]
	for _, p := range group[1:] {
		if bytes.Compare(p.content[:], least) < 0 {
			least = p.content[:]
		}
	}
	return least
}

// homeOf is the folder that holds most of a group, the first of several.
func homeOf(group []*shared) string {
	counts := map[string]int{}
	for _, p := range group {
		counts[p.folder]++
	}
	home := group[0].folder
	for _, folder := range sorted(counts) {
		if counts[folder] > counts[home] {
			home = folder
		}
	}
	return home
}

// groups returns the pairs in groups, in the order of their first members.
func (s SplitOptions) groups(pairs []*shared) ([][]*shared, error) {
	root := make([]int, len(pairs)) // of the tree that a pair is in
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	join := func(i, j int) { a, b := find(i), find(j); root[max(a, b)] = min(a, b) }
	keys, err := s.keys(pairs)
	if err != nil {
		return nil, err
	}
	first := map[string]int{}
	for i := range pairs {
		for _, key := range keys[i] {
			if j, ok := first[key]; ok {
				join(i, j)
			} else {
				first[key] = i
			}
		}
		for j := 0; s.Similar > 0 && j < i; j++ {
			if pairs[i].look.alike(pairs[j].look, s.Similar) {
				join(i, j)
			}
		}
	}
	members := make([][]*shared, len(pairs))
	for i, p := range pairs {
		r := find(i)
		members[r] = append(members[r], p)
	}
	return slices.DeleteFunc(members, func(m []*shared) bool { return len(m) == 0 }), nil
}

// keys returns each pair's keys; pairs that share a key stay together.
func (s SplitOptions) keys(pairs []*shared) ([][]string, error) {
	pattern, err := s.pattern()
	if err != nil {
		return nil, err
	}
	keys, matches := make([][]string, len(pairs)), 0
	for i, p := range pairs {
		keys[i] = []string{"content " + string(p.content[:])}
		if pattern == nil {
			continue
		}
		m := pattern.FindStringSubmatch(p.name)
		if m == nil {
			continue
		}
		matches++
		keys[i] = append(keys[i], "group "+m[min(1, len(m)-1)])
	}
	if pattern != nil && matches == 0 {
		return nil, hint.New(fmt.Errorf("split: no name matches %q; the first is %s", s.Group, pairs[0].name),
			"names include folders and omit endings; '^(.*)_' groups by what comes before the last underscore")
	}
	return keys, nil
}
