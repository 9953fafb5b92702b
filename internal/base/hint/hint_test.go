package hint_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"easel/internal/base/hint"
)

// flags spells as the command line does.
type flags struct{}

func (flags) Option(name, value string) string {
	return strings.TrimSpace("--" + strings.ReplaceAll(name, "_", "-") + " " + value)
}

func (flags) Command(words string, options []string) string {
	return strings.Join(append([]string{"easel " + words}, options...), " ")
}

func TestSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, inFlags, forGo string
	}{
		{"make room", "make room", "make room"},
		{"", "", ""},
		{"overwrite with {force}, or choose another {out}", "overwrite with --force, or choose another --out", "overwrite with Force, or choose another Out"},
		{"begin from it with {init_from}", "begin from it with --init-from", "begin from it with InitFrom"},
		{"use {fit=crop} or {backend=xla:…}", "use --fit crop or --backend xla:…", `use Fit: "crop" or Backend: "xla:…"`},
		{"{run weights fetch vgg19} downloads them", "easel weights fetch vgg19 downloads them", "easel weights fetch vgg19 downloads them"},
		{"train with {run train task=labels}", "train with easel train --task labels", `train with easel train with Task: "labels"`},
		{"go on with: " + hint.Run("train", "resume", `a {b} "c`), `go on with: easel train --resume a {b} "c`, `go on with: easel train with Resume: "a {b} \"c"`},
		{"or " + hint.Set("max_memory", "2 GB"), "or --max-memory 2 GB", `or MaxMemory: "2 GB"`},
		{"a set {1, 2}, {A}, {} and {open", "a set {1, 2}, {A}, {} and {open", "a set {1, 2}, {A}, {} and {open"},
	} {
		if got := hint.Spell(c.text, flags{}); got != c.inFlags {
			t.Errorf("%q: %q, want %q", c.text, got, c.inFlags)
		}
		if got := hint.Plain(c.text); got != c.forGo {
			t.Errorf("%q: %q, want %q", c.text, got, c.forGo)
		}
	}
}

type plain struct{ error }

func (plain) Hint() string { return "try again" }

// The outermost advice counts, however it is wrapped, and does not change the text of
// the error.
func TestOf(t *testing.T) {
	t.Parallel()
	cause := errors.New("no room")
	inner := fmt.Errorf("save: %w", hint.New(cause, "give {out}"))
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{cause, ""},
		{inner, "give --out"},
		{fmt.Errorf("train: %w", hint.New(inner, "give {force}")), "give --force"},
		{errors.Join(cause, plain{cause}), "try again"},
	} {
		if got := hint.Of(c.err, flags{}); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
	if !errors.Is(inner, cause) || inner.Error() != "save: no room" {
		t.Errorf("%v does not wrap its cause", inner)
	}
	var hinted interface{ Hint() string }
	if !errors.As(inner, &hinted) || hinted.Hint() != "give Out" {
		t.Error("a program sees another hint")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const want = `give another "out", or "fit": "crop"; easel prepare makes pairs`
	if got := hint.Spell("give another {out}, or {fit=crop}; {run prepare} makes pairs", hint.Keys{}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
