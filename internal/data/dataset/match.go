package dataset

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"easel/internal/file/imgio"
)

// candidate is a pair found by name; its files have not been opened yet.
type candidate struct {
	split Split    // empty if the layout does not say
	name  string   // unique in its split
	a, b  []string // files whose channels are joined; without b: side by side
	// single pictures have an A and no B.
	single bool
}

func (c candidate) files() []string { return slices.Concat(c.a, c.b) }

// layer is a part of a side's channels: the pictures in one folder and its subfolders.
type layer struct {
	path   string
	files  []string
	unread map[string]string // by key, pictures of formats that easel does not read
}

// byName indexes a layer by the keys of the files.
func (l layer) byName() (map[string]string, []Problem) {
	files := make(map[string]string, len(l.files))
	var problems []Problem
	for _, f := range l.files {
		name := key(f)
		if first, ok := files[name]; ok {
			problems = append(problems, Problem{
				File: path.Join(l.path, f), Kind: Ambiguous,
				Text: fmt.Sprintf("has the same name as %s except for the extension, so either could belong to the pair", first),
				Hint: "remove one of the two",
			})
			continue
		}
		files[name] = f
	}
	return files, problems
}

// matchSides pairs the files of A with those of B by name. Every file is in exactly one pair
// or one problem.
func matchSides(split Split, a, b []layer) ([]candidate, []Problem) {
	layers := slices.Concat(a, b)
	index := make([]map[string]string, len(layers))
	var problems []Problem
	names := map[string]bool{}
	ambiguous := map[string]bool{}
	for i, l := range layers {
		files, doubles := l.byName()
		index[i], problems = files, append(problems, doubles...)
		for _, p := range doubles {
			ambiguous[key(strings.TrimPrefix(p.File, l.path+"/"))] = true
		}
		for name := range files {
			names[name] = true
		}
	}
	var pairs []candidate
	for _, name := range sortedNames(names) {
		c, missing := pick(layers, index, name, len(a))
		switch {
		case missing != nil:
			problems = append(problems, unmatched(c.files(), name, missing)...)
		case !ambiguous[name]:
			c.split, c.name = split, stem(strings.TrimPrefix(c.a[0], layers[0].path+"/"))
			pairs = append(pairs, c)
		}
	}
	return pairs, problems
}

// pick collects the files of one name from all layers; the first layersA layers are A's.
// missing is the first layer without such a file.
func pick(layers []layer, index []map[string]string, name string, layersA int) (c candidate, missing *layer) {
	for i, l := range layers {
		f, ok := index[i][name]
		switch {
		case !ok && missing == nil:
			missing = &l
		case !ok:
		case i < layersA:
			c.a = append(c.a, path.Join(l.path, f))
		default:
			c.b = append(c.b, path.Join(l.path, f))
		}
	}
	return c, missing
}

func unmatched(files []string, name string, missing *layer) []Problem {
	problems := make([]Problem, len(files))
	for i, f := range files {
		problems[i] = Problem{
			File: f, Kind: Unmatched,
			Text: fmt.Sprintf("has no partner: there is no %s in %s/", name, missing.path),
			Hint: "files of a pair have the same name, except for the extension; rename this file, add the partner, or remove it",
		}
		if other, ok := missing.unread[name]; ok {
			problems[i].Text = fmt.Sprintf("has no partner that easel reads: there is %s/%s", missing.path, other)
			problems[i].Hint = imgio.UnreadHint
		}
	}
	return problems
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.SortFunc(names, imgio.CompareNames)
	return names
}

// sideBySide makes a pair of every picture in a folder. Its name has no extension, unless
// two names would be equal without.
func (f *finding) sideBySide(split Split, dir folder) []candidate {
	f.leftOut(dir)
	uses := map[string]int{}
	for _, p := range dir.pictures {
		uses[strings.ToLower(stem(p))]++
	}
	pairs := make([]candidate, len(dir.pictures))
	for i, p := range dir.pictures {
		name := p
		if uses[strings.ToLower(stem(p))] == 1 {
			name = stem(p)
		}
		pairs[i] = candidate{split: split, name: name, a: []string{path.Join(dir.path, p)}}
	}
	return pairs
}
