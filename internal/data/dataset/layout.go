package dataset

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Layout is how a folder holds its pairs; see the package documentation.
type Layout string

// The layouts.
const (
	Flat        Layout = "flat"            // side-by-side pictures, no splits
	Splits      Layout = "splits"          // train/ val/ test/ of side-by-side pictures or of A/ and B/
	Sides       Layout = "sides"           // A/ and B/
	SidesSplits Layout = "sides of splits" // A/ and B/ with train/ val/ test/ inside
)

const layoutHint = "a data folder has train/, val/ and test/ with side-by-side pictures (A left, B right), " +
	"or A/ and B/ with files of equal names, or side-by-side pictures directly; {run prepare} makes pairs"

// finding is the result of reading the names in a folder.
type finding struct {
	root     string
	layout   Layout
	pairs    []candidate
	problems []Problem
	warnings []string
	manifest manifest
	numbered bool     // a side has numbered folders, which are not channels
	unread   []string // files of formats that easel does not read
}

// find recognises the layout of the folder root and pairs its files by name.
func find(root string) (*finding, error) {
	top, err := list(root, ".")
	if err != nil {
		return nil, hint.New(err, layoutHint)
	}
	f := &finding{root: root}
	if f.manifest, err = readManifest(root); err != nil {
		return nil, err
	}
	splits, err := top.splits()
	if err != nil {
		return nil, err
	}
	a, b, apart := top.sub("A"), top.sub("B"), top.splitSides()
	switch {
	case a != "" && b != "" && len(splits) > 0:
		return nil, hint.New(fmt.Errorf("find pairs: %s has %s/ and %s/ as well as %s/: either could be the pairs",
			root, a, b, slices.Sorted(maps.Values(splits))[0]), "give a folder that has only one of the two")
	case a != "" && b != "":
		f.warnings = top.unused([]string{a, b}, false)
		err = f.addSides(a, b)
	case len(splits) > 0:
		f.layout = Splits
		f.warnings = top.unused(slices.Collect(maps.Values(splits)), false)
		err = f.addSplits(splits)
	case len(apart) > 0:
		f.layout = Splits
		err = f.addApart(top, apart)
	case len(top.pictures) > 0:
		f.layout = Flat
		f.warnings = top.unused(nil, true)
		f.pairs = f.sideBySide("", top)
	default:
		return nil, nothing(root, top)
	}
	if err != nil {
		return nil, err
	}
	if len(f.pairs)+len(f.problems) == 0 {
		if w := imgio.LeftOut(f.unread); w != "" {
			return nil, hint.New(fmt.Errorf("find pairs: there are no pictures in %s that easel reads: %s", root, w), imgio.UnreadHint)
		}
		return nil, hint.New(fmt.Errorf("find pairs: there are no pictures in the folders of %s", root), layoutHint)
	}
	if w := imgio.LeftOut(f.unread); w != "" {
		f.warnings = append(f.warnings, w)
	}
	return f, nil
}

// nothing is the error for a folder without pairs, and says what it has instead.
func nothing(root string, top folder) error {
	var has []string
	if n := len(top.folders); n > 0 {
		has = append(has, fmt.Sprintf("%s (%s)", english.Plural(n, "folder", ""), abridged(top.folders)))
	}
	if n := len(top.others); n > 0 {
		has = append(has, fmt.Sprintf("%s (%s)", english.Plural(n, "other file", ""), abridged(top.others)))
	}
	if has == nil {
		return hint.New(fmt.Errorf("find pairs: %s is empty", root), layoutHint)
	}
	advice := layoutHint
	if slices.ContainsFunc(top.others, imgio.IsUnread) {
		advice = imgio.UnreadHint
	}
	if better := guess(root, top); better != "" {
		advice = better
	}
	return hint.New(fmt.Errorf("find pairs: there are none in %s, which has %s", root, strings.Join(has, " and ")), advice)
}

// guess is advice for a folder of unknown layout: there may be pairs further inside, or
// two of its folders may be the sides.
func guess(root string, top folder) string {
	if len(top.folders) == 1 {
		inside := filepath.Join(root, top.folders[0])
		if f, err := find(inside); err == nil && f.layout != Flat {
			return fmt.Sprintf("the pairs are further inside: give %s", inside)
		}
	}
	names := map[string]map[string]bool{}
	for _, n := range top.folders[:min(len(top.folders), 8)] {
		f, err := all(root, n)
		if err != nil {
			return ""
		}
		names[n] = map[string]bool{}
		for _, p := range f.pictures {
			names[n][key(p)] = true
		}
	}
	for i, a := range top.folders[:min(len(top.folders), 8)] {
		for _, b := range top.folders[i+1 : min(len(top.folders), 8)] {
			both := 0
			for name := range names[a] {
				if names[b][name] {
					both++
				}
			}
			if both > 0 && 2*both >= min(len(names[a]), len(names[b])) {
				return fmt.Sprintf("%s/ and %s/ have pictures of equal names: if they are the two sides of pairs, rename them A and B, or make pairs of them with {run prepare combine}", a, b)
			}
		}
	}
	return ""
}

func abridged(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// addSplits adds the pairs in train/, val/ and test/, which are side-by-side pictures or A/
// and B/.
func (f *finding) addSplits(splits map[Split]string) error {
	for _, s := range allSplits() {
		p, ok := splits[s]
		if !ok {
			continue
		}
		dir, err := list(f.root, p)
		if err != nil {
			return err
		}
		if a, b := dir.sub("A"), dir.sub("B"); a != "" && b != "" {
			f.warnings = append(f.warnings, dir.unused([]string{a, b}, false)...)
			if err := f.addPair(s, a, b); err != nil {
				return err
			}
			continue
		}
		if dir, err = all(f.root, p); err != nil {
			return err
		}
		f.pairs = append(f.pairs, f.sideBySide(s, dir)...)
	}
	return nil
}

// addSides adds the pairs in A/ and B/, with or without splits inside.
func (f *finding) addSides(a, b string) error {
	f.layout = Sides
	dirA, err := list(f.root, a)
	if err != nil {
		return err
	}
	dirB, err := list(f.root, b)
	if err != nil {
		return err
	}
	inA, err := dirA.splits()
	if err != nil {
		return err
	}
	inB, err := dirB.splits()
	if err != nil {
		return err
	}
	if len(inA)+len(inB) == 0 {
		return f.addPair("", a, b)
	}
	f.layout = SidesSplits
	f.warnings = append(f.warnings, dirA.unused(slices.Collect(maps.Values(inA)), false)...)
	f.warnings = append(f.warnings, dirB.unused(slices.Collect(maps.Values(inB)), false)...)
	for _, s := range allSplits() {
		pa, pb := inA[s], inB[s]
		switch {
		case pa == "" && pb == "":
			continue
		case pa == "" || pb == "":
			return hint.New(fmt.Errorf("find pairs: %s has %s/ but not its counterpart on the other side", f.root, pa+pb),
				"give A/ and B/ the same splits")
		}
		if err := f.addPair(s, pa, pb); err != nil {
			return err
		}
	}
	return nil
}

// addPair adds the pairs of one folder of A and one of B.
func (f *finding) addPair(s Split, a, b string) error {
	layersA, err := f.layers(a)
	if err != nil {
		return err
	}
	layersB, err := f.layers(b)
	if err != nil {
		return err
	}
	pairs, problems := matchSides(s, layersA, layersB)
	f.suggestChannels(a, b, problems, len(pairs) > 0)
	f.pairs = append(f.pairs, pairs...)
	f.problems = append(f.problems, problems...)
	return nil
}

// addApart adds the pairs in trainA/ and trainB/, testA/ and testB/.
func (f *finding) addApart(top folder, apart map[Split][2]string) error {
	var used []string
	for _, s := range allSplits() {
		sides, ok := apart[s]
		if !ok {
			continue
		}
		if sides[0] == "" || sides[1] == "" {
			return hint.New(fmt.Errorf("find pairs: %s has %s/ but not its counterpart", f.root, sides[0]+sides[1]), layoutHint)
		}
		used = append(used, sides[0], sides[1])
		if err := f.addPair(s, sides[0], sides[1]); err != nil {
			return err
		}
	}
	f.warnings = append(f.warnings, top.unused(used, false)...)
	return nil
}

// layers returns the pictures of one side: those of the folder and of the folders
// inside it, or where the manifest says so those of its numbered folders one after
// the other.
func (f *finding) layers(p string) ([]layer, error) {
	dir, err := list(f.root, p)
	if err != nil {
		return nil, err
	}
	folders := []string{p}
	if numbered := dir.numbered(); f.manifest.ChannelFolders && len(numbered) > 0 {
		f.warnings = append(f.warnings, dir.unused(numbered, false)...)
		folders = numbered
	}
	layers := make([]layer, len(folders))
	for i, n := range folders {
		inside, err := all(f.root, n)
		if err != nil {
			return nil, err
		}
		layers[i] = layer{n, inside.pictures, f.leftOut(inside)}
	}
	return layers, nil
}
