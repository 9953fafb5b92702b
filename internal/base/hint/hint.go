// Package hint attaches advice to errors: what the person in front of the
// program can do about them.
//
//	return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "choose another file, or overwrite this one with {force}")
//
// A library does not know whether it is used from a command line, over HTTP or
// from a Go program, so its advice names options and commands in marks, and who
// shows the advice spells them:
//
//	{force}          an option       --force        Force           "force"
//	{fit=stretch}    with its value  --fit stretch  Fit: "stretch"  "fit": "stretch"
//	{run prepare}    a command       easel prepare
//
// Names are those of the options' JSON: lower case with underscores. Values that
// are not fixed words, such as paths, are written with [Set] and [Run], which
// quote them.
//
// [Of] finds an error's advice and spells it. Every error that has one also has a
// method Hint() string, with the spelling of a Go program, so that users of the
// library need not know this package.
package hint

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Spelling says how options and commands are written where advice is shown.
type Spelling interface {
	// Option is an option by name, with its value if that is not "".
	Option(name, value string) string
	// Command is a run of a command, such as "weights fetch vgg19", with options
	// that are spelled already.
	Command(words string, options []string) string
}

// Set is the mark of an option with a value.
func Set(name, value string) string { return "{" + assign(name, value) + "}" }

// Run is the mark of a command with options: a name and a value in turns.
func Run(command string, options ...string) string {
	for i := 0; i+1 < len(options); i += 2 {
		command += " " + assign(options[i], options[i+1])
	}
	return "{run " + command + "}"
}

func assign(name, value string) string { return name + "=" + strconv.Quote(value) }

// value is what may stand behind an option's "=": a quoted string, or a word.
const value = `"(?:[^"\\]|\\.)*"|[^\s"{}]+`

var (
	mark   = regexp.MustCompile(`\{(run [a-z0-9 ]*[a-z0-9]|[a-z][a-z0-9_]*=(?:` + value + `)|[a-z][a-z0-9_]*)((?: [a-z][a-z0-9_]*=(?:` + value + `))*)\}`)
	option = regexp.MustCompile(`([a-z][a-z0-9_]*)=(` + value + `)`)
)

// Spell replaces the marks of an advice.
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

// Plain is the advice for users of the Go package.
func Plain(advice string) string { return Spell(advice, inGo{}) }

// Keys spells options as keys of JSON, for HTTP.
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

// inGo spells options as fields of structs.
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

// Advice is the advice with its marks.
func (e *Error) Advice() string { return e.advice }

// Hint is the advice for users of the Go package.
func (e *Error) Hint() string { return Plain(e.advice) }

// On is an error's advice with its marks, "" if it has none: that of the
// outermost error that has a method Advice() string or Hint() string.
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

// Of is an error's advice in a spelling, "" if it has none.
func Of(err error, s Spelling) string { return Spell(On(err), s) }
