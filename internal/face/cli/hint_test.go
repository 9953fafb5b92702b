package cli

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/hint"
)

func TestFlagsInHints(t *testing.T) {
	t.Parallel()
	for advice, want := range map[string]string{
		"overwrite with {force}, or choose another folder with {out}": "overwrite with --force, or choose another folder with --out",
		"use {fit=stretch} or {backend=xla:…}":                        "use --fit stretch or --backend xla:…",
		"go on with: " + hint.Run("train", "resume", "my run's"):      `go on with: easel train --resume 'my run'\''s'`,
		"go on with: " + hint.Run("train", "resume", "runs/día-1"):    "go on with: easel train --resume runs/día-1",
	} {
		if got := hintIn(hint.New(errors.New("x"), advice)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// known checks the marks of hints against the command line.
type known struct {
	t    *testing.T
	root *cobra.Command
	all  map[string]bool // flags of any command
	at   string
}

func (k known) Option(name, _ string) string {
	if flag := strings.ReplaceAll(name, "_", "-"); !k.all[flag] {
		k.t.Errorf("%s: there is no flag --%s", k.at, flag)
	}
	return name
}

func (k known) Command(words string, _ []string) string {
	if c, rest, err := k.root.Find(strings.Fields(words)); err != nil || c == k.root || len(rest) > 0 && c.HasSubCommands() {
		k.t.Errorf("%s: there is no command easel %s", k.at, words)
	}
	return words
}

// eachFlag visits the flags of a command and of those below it.
func eachFlag(c *cobra.Command, visit func(*pflag.Flag)) {
	for _, set := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
		set.VisitAll(visit)
	}
	for _, sub := range c.Commands() {
		eachFlag(sub, visit)
	}
}

// TestHelpIsAligned: pflag counts the bytes of a flag's name and type, so a letter outside
// ASCII would push its line to the left.
func TestHelpIsAligned(t *testing.T) {
	t.Parallel()
	eachFlag((&app{}).root(), func(f *pflag.Flag) {
		for _, r := range f.Name + f.Value.Type() {
			if r > unicode.MaxASCII {
				t.Errorf("--%s %s: %q is outside ASCII", f.Name, f.Value.Type(), r)
			}
		}
	})
}

// TestHintsNameFlags: every option and command that a library's hint names is one
// of the command line, and no library spells them as flags.
func TestHintsNameFlags(t *testing.T) {
	t.Parallel()
	root := (&app{}).root()
	k := known{t: t, root: root, all: map[string]bool{}}
	eachFlag(root, func(f *pflag.Flag) { k.all[f.Name] = true })
	files, literals := token.NewFileSet(), 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "face" {
			return filepath.SkipDir // faces spell as they like
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING || l.Value[0] == '`' {
				return true
			}
			text, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			k.at = files.Position(l.Pos()).String()
			if hint.Spell(text, k) != text {
				literals++
			}
			if _, flag, _ := strings.Cut(text, " --"); flag != "" {
				if name, _, _ := strings.Cut(flag, " "); k.all[strings.Trim(name, ",;.:)")] {
					t.Errorf("%s: a library's text has the flag --%s; write it as {option}", k.at, name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if literals < 30 {
		t.Errorf("only %d texts with marks were found", literals)
	}
}
