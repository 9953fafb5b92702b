// Package hint attaches advice to errors: what the user can do about them.
//
//	return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "choose another file, or overwrite this one with {force}")
//
// A library does not know whether a command line, an HTTP server or a Go program uses
// it. So its advice marks the names of options and commands, and whoever shows the
// advice spells them:
//
//	{force}          an option       --force        Force           "force"
//	{fit=stretch}    with its value  --fit stretch  Fit: "stretch"  "fit": "stretch"
//	{run prepare}    a command       easel prepare
//
// The names are those of the options in JSON: lower case with underscores. Use [Set]
// and [Run] for values that are not fixed words, such as paths: they quote them.
//
// [Of] finds the advice of an error and spells it. Every error with advice also has a
// method Hint() string, in the spelling of a Go program, so that users of the library
// do not need this package.
package hint

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Spelling is how options and commands are written where advice is shown.
type Spelling interface {
	// Option spells an option; value is "" for the option alone.
	Option(name, value string) string
	// Command spells a command, such as "weights fetch vgg19", with options that are
	// already spelled.
	Command(words string, options []string) string
}

// Set marks an option with a value.
func Set(name, value string) string { return "{" + assign(name, value) + "}" }

// Run marks a command with options: names and values alternate.
func Run(command string, options ...string) string {
	for i := 0; i+1 < len(options); i += 2 {
		command += " " + assign(options[i], options[i+1])
	}
	return "{run " + command + "}"
}

func assign(name, value string) string { return name + "=" + strconv.Quote(value) }

// value is what may follow the "=" of an option: a quoted string, or a word.
const value = `"(?:[^"\\]|\\.)*"|[^\s"{}]+`

var (
	mark   = regexp.MustCompile(`\{(run [a-z0-9 ]*[a-z0-9]|[a-z][a-z0-9_]*=(?:` + value + `)|[a-z][a-z0-9_]*)((?: [a-z][a-z0-9_]*=(?:` + value + `))*)\}`)
	option = regexp.MustCompile(`([a-z][a-z0-9_]*)=(` + value + `)`)
)

// Spell replaces the marks in advice.
func Spell(advice string, s Spelling) string {
	return mark.ReplaceAllStringFunc(advice, func(text string) string {
		m := mark.FindStringSubmatch(text)
		command, run := strings.CutPrefix(m[1], "run ")
		if run {
			var options []string
			for _, o := range option.FindAllStringSubmatch(m[2], -1) {
				options = append(options, s.Option(o[1], unquote(o[2])))
			}
			return s.Command(command, options)
		}
		if o := option.FindStringSubmatch(m[1]); o != nil {
			return s.Option(o[1], unquote(o[2]))
		}
		return s.Option(m[1], "")
	})
}

func unquote(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// Plain spells advice for users of the Go package.
func Plain(advice string) string { return Spell(advice, inGo{}) }

// Keys spells options as JSON keys, for HTTP.
type Keys struct{}

// Option implements Spelling.
func (Keys) Option(name, value string) string {
	if value == "" {
		return strconv.Quote(name)
	}
	return fmt.Sprintf("%q: %q", name, value)
}

// Command implements Spelling.
func (Keys) Command(words string, options []string) string { return inGo{}.Command(words, options) }

// inGo spells options as struct fields.
type inGo struct{}

func (inGo) Option(name, value string) string {
	var field strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		field.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if value == "" {
		return field.String()
	}
	return fmt.Sprintf("%s: %q", field.String(), value)
}

func (inGo) Command(words string, options []string) string {
	if len(options) == 0 {
		return "easel " + words
	}
	return "easel " + words + " with " + strings.Join(options, ", ")
}

// Error is an error with advice.
type Error struct {
	cause  error
	advice string
}

// New attaches advice to an error.
func New(err error, advice string) error { return &Error{err, advice} }

// Error is the text of the error alone.
func (e *Error) Error() string { return e.cause.Error() }

// Unwrap returns the error without its advice.
func (e *Error) Unwrap() error { return e.cause }

// Advice is the advice, with its marks.
func (e *Error) Advice() string { return e.advice }

// Hint is the advice for users of the Go package.
func (e *Error) Hint() string { return Plain(e.advice) }

// On returns an error's advice with its marks, or "" if it has none. It is that of the
// outermost error with a method Advice() string or Hint() string.
func On(err error) string {
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) {
		return ""
	}
	if e, ok := hinted.(interface{ Advice() string }); ok {
		return e.Advice()
	}
	return hinted.Hint()
}

// Of returns an error's advice in a spelling, or "" if it has none.
func Of(err error, s Spelling) string { return Spell(On(err), s) }
