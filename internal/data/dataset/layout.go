package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Layout is how a folder holds its pairs, see the package documentation.
type Layout string

// The layouts.
const (
	Flat        Layout = "flat"            // side-by-side pictures, no splits
	Splits      Layout = "splits"          // train/ val/ test/ of side-by-side pictures or of A/ and B/
	Sides       Layout = "sides"           // A/ and B/
	SidesSplits Layout = "sides of splits" // A/ and B/ with train/ val/ test/ inside
)

const layoutHint = "a data folder has train/, val/ and test/ with side-by-side pictures (A left, B right), " +
	"or A/ and B/ with files of equal names, or side-by-side pictures directly; `easel prepare` makes pairs"

// finding is what the names in a folder say.
type finding struct {
	root     string
	layout   Layout
	pairs    []candidate
	problems []Problem
	warnings []string
}

// find tells the layout of the folder root and pairs its files by name.
func find(root string) (*finding, error) {
	top, err := list(root, ".")
	if err != nil {
		return nil, hinted{err, layoutHint}
	}
	f := &finding{root: root}
	a, b, splits := top.sub("A"), top.sub("B"), top.splits()
	switch {
	case a != "" && b != "" && len(splits) > 0:
		return nil, hinted{fmt.Errorf("find pairs: %s has %s/ and %s/ as well as %s/: it is not clear which of them are the pairs",
			root, a, b, slices.Sorted(maps.Values(splits))[0]), "give the folder that has only the one or the other"}
	case a != "" && b != "":
		f.warnings = top.unused([]string{a, b}, false)
		err = f.addSides(a, b)
	case len(splits) > 0:
		f.layout = Splits
		f.warnings = top.unused(slices.Collect(maps.Values(splits)), false)
		err = f.addSplits(splits)
	case len(top.pictures) > 0:
		f.layout = Flat
		f.warnings = top.unused(nil, true)
		f.pairs = sideBySide("", top)
	default:
		return nil, hinted{nothing(root, top), layoutHint}
	}
	if err != nil {
		return nil, err
	}
	if len(f.pairs)+len(f.problems) == 0 {
		return nil, hinted{fmt.Errorf("find pairs: there are no pictures in the folders of %s", root), layoutHint}
	}
	return f, nil
}

// nothing says what a folder without pairs has instead.
func nothing(root string, top folder) error {
	var has []string
	if n := len(top.folders); n > 0 {
		has = append(has, fmt.Sprintf("%s (%s)", count(n, "folder"), abridged(top.folders)))
	}
	if n := len(top.others); n > 0 {
		has = append(has, fmt.Sprintf("%s (%s)", count(n, "other file"), abridged(top.others)))
	}
	if has == nil {
		return fmt.Errorf("find pairs: %s is empty", root)
	}
	return fmt.Errorf("find pairs: there are none in %s, which has %s", root, strings.Join(has, " and "))
}

func abridged(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// addSplits adds the pairs of train/, val/ and test/, each either of
// side-by-side pictures or of A/ and B/.
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
		f.warnings = append(f.warnings, dir.unused(nil, true)...)
		f.pairs = append(f.pairs, sideBySide(s, dir)...)
	}
	return nil
}

// addSides adds the pairs of A/ and B/, with splits inside or without.
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
	inA, inB := dirA.splits(), dirB.splits()
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
			return hinted{fmt.Errorf("find pairs: %s has %s/ but not its counterpart on the other side", f.root, pa+pb),
				"give A/ and B/ the same splits"}
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
	f.pairs = append(f.pairs, pairs...)
	f.problems = append(f.problems, problems...)
	return nil
}

// layers returns the pictures of one side: those of the folder, or where it has
// none those of its numbered folders.
func (f *finding) layers(p string) ([]layer, error) {
	dir, err := list(f.root, p)
	if err != nil {
		return nil, err
	}
	numbered := dir.numbered()
	if len(dir.pictures) > 0 || len(numbered) == 0 {
		f.warnings = append(f.warnings, dir.unused(nil, true)...)
		return []layer{{p, dir.pictures}}, nil
	}
	f.warnings = append(f.warnings, dir.unused(numbered, false)...)
	layers := make([]layer, len(numbered))
	for i, n := range numbered {
		inside, err := list(f.root, n)
		if err != nil {
			return nil, err
		}
		f.warnings = append(f.warnings, inside.unused(nil, true)...)
		layers[i] = layer{n, inside.pictures}
	}
	return layers, nil
}
