package option

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Name is what an option is called. A flag or a key that there is not is empty.
type Name struct {
	// Flag is its name on the command line, without dashes.
	Flag string
	// Key is its path in JSON, as network.width.
	Key string
}

// AsFlag is the name as it is typed on the command line.
func AsFlag(n Name) string {
	if n.Flag == "" {
		return n.Key
	}
	return "--" + n.Flag
}

// AsKey is the name as it stands in JSON.
func AsKey(n Name) string { return cmp.Or(n.Key, n.Flag) }

// Error says what is wrong with options, and can say it in the words of a door:
// see Word.
type Error struct {
	format string
	args   []any
}

// Errorf is fmt.Errorf for arguments that may be a Name or an *Error.
func Errorf(format string, args ...any) *Error { return &Error{format, args} }

// Error names options by their keys.
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

// Unwrap lets errors.Is see the errors among the arguments.
func (e *Error) Unwrap() (causes []error) {
	for _, arg := range e.args {
		if err, ok := arg.(error); ok {
			causes = append(causes, err)
		}
	}
	return causes
}

// Join is all errors in one, with a separator between them; nil if there are none.
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

// Word is the text of an error with the names of options as AsFlag or AsKey has
// them.
func Word(err error, name func(Name) string) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	return strings.Replace(err.Error(), e.Error(), e.word(name), 1)
}
