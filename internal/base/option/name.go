package option

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Name is what an option is called. An option without a flag or a key has "" there.
type Name struct {
	// Flag is its name on the command line, without dashes.
	Flag string
	// Key is its path in JSON, such as network.width.
	Key string
}

// AsFlag is the name as typed on the command line.
func AsFlag(n Name) string {
	if n.Flag == "" {
		return n.Key
	}
	return "--" + n.Flag
}

// AsKey is the name as written in JSON.
func AsKey(n Name) string { return cmp.Or(n.Key, n.Flag) }

// Error is an error about options. Word puts it into the words of the command line or
// of JSON.
type Error struct {
	format string
	args   []any
}

// Errorf is fmt.Errorf for arguments that may be a Name or an *Error.
func Errorf(format string, args ...any) *Error { return &Error{format, args} }

// Error names options by their JSON keys.
func (e *Error) Error() string { return e.word(AsKey) }

func (e *Error) word(name func(Name) string) string {
	args := make([]any, len(e.args))
	for i, arg := range e.args {
		switch arg := arg.(type) {
		case Name:
			args[i] = name(arg)
		case *Error:
			args[i] = arg.word(name)
		default:
			args[i] = arg
		}
	}
	return fmt.Sprintf(e.format, args...)
}

// Unwrap lets errors.Is find the errors among the arguments.
func (e *Error) Unwrap() (causes []error) {
	for _, arg := range e.args {
		if err, ok := arg.(error); ok {
			causes = append(causes, err)
		}
	}
	return causes
}

// Join makes one error of several, with a separator between them; nil if there are none.
func Join(separator string, errs ...*Error) *Error {
	if len(errs) == 0 {
		return nil
	}
	args := make([]any, len(errs))
	for i, e := range errs {
		args[i] = e
	}
	return &Error{strings.TrimSuffix(strings.Repeat("%v"+separator, len(errs)), separator), args}
}

// Word is the text of an error with options named by AsFlag or AsKey.
func Word(err error, name func(Name) string) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	return strings.Replace(err.Error(), e.Error(), e.word(name), 1)
}
