package easel

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// architecture is ARCHITECTURE.md, and the tree in it.
func architecture(t *testing.T) (text, tree string) {
	t.Helper()
	all, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	text = string(all)
	parts := strings.Split(text, "```")
	if len(parts) < 3 {
		t.Fatal("ARCHITECTURE.md has no tree")
	}
	return text, parts[1]
}

// TestTree: the tree of ARCHITECTURE.md names every package of a floor.
func TestTree(t *testing.T) {
	t.Parallel()
	_, tree := architecture(t)
	words := strings.FieldsFunc(tree, func(r rune) bool { return strings.ContainsRune(" \n,;", r) })
	packages, err := filepath.Glob("internal/*/*/*.go")
	if err != nil || len(packages) == 0 {
		t.Fatalf("there are no packages: %v", err)
	}
	for i, file := range packages {
		packages[i] = filepath.Dir(file)
	}
	for _, folder := range slices.Compact(packages) {
		if !slices.Contains(words, filepath.Base(folder)) {
			t.Errorf("the tree does not name %s", folder)
		}
	}
}

// TestPaths: files that ARCHITECTURE.md names exist, somewhere below internal.
func TestPaths(t *testing.T) {
	t.Parallel()
	text, _ := architecture(t)
	var files []string
	if err := filepath.WalkDir("internal", func(path string, _ os.DirEntry, err error) error {
		files = append(files, filepath.ToSlash(path))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	all := "\n" + strings.Join(files, "\n") + "\n"
	paths := regexp.MustCompile("`([a-z0-9_/*]*(?:/[a-z0-9_*]+|\\.go))`").FindAllStringSubmatch(text, -1)
	if len(paths) < 40 {
		t.Fatalf("only %d paths were found", len(paths))
	}
	for _, m := range paths {
		pattern := "/" + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimPrefix(m[1], "internal/")), `\*`, "[^/\n]*") + "\n"
		if !regexp.MustCompile(pattern).MatchString(all) {
			t.Errorf("there is no %s", m[1])
		}
	}
}
