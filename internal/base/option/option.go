package option

import "strings"

// Option is one setting: it reads and writes a field of an options struct.
type Option struct {
	Name
	// Group is the heading it has in help. Help describes it in one line, without its
	// default and choices.
	Group string
	Help  string
	// Type is what help calls the value: N, DIR.
	Type string
	// Choices are the allowed words, if the value is a word.
	Choices []string
	// Limits are the allowed numbers, in words: "from 1 to 6".
	Limits string
	// Zero is what the value 0 means, such as "all", if it has a meaning.
	Zero string
	// Resumable options may change when a run is resumed.
	Resumable bool
	// Shared options are flags of every command.
	Shared bool
	// Switch options are on or off, so their flag needs no value.
	Switch bool
	// Aliases are other names of the flag, which help does not show.
	Aliases []string

	field any // the pointer to the field
	value
	checks []func() error
	others []Name // the options that exclude it: see OneOf
	only   string // what it requires: see Only
	counts func() bool
}

// value reads and writes a field as text.
type value struct {
	get     func() string
	set     func(texts []string) error
	problem func() string // why the value is invalid, such as "3: it must be even"; "" if it is valid
	unset   func()
	zero    func() bool
}

// String is the value as text that Set can read.
func (o Option) String() string { return o.get() }

// Set reads the value from the texts of its flags: a list takes all of them, a single
// value the last.
func (o Option) Set(texts ...string) error { return o.set(texts) }

// Check reports an invalid value.
func (o Option) Check() error {
	if text := o.problem(); text != "" {
		return Errorf("%s is %s", o.Name, text)
	}
	for _, check := range o.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// About is the help with choices and the meaning of 0.
func (o Option) About() string {
	text := o.Help
	if len(o.Choices) > 0 {
		text += ": " + alternatives(o.Choices)
	}
	if o.Zero != "" {
		text += " (0: " + o.Zero + ")"
	}
	return text
}

// alternatives joins words as "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// OnResume lets the option change when a run is resumed.
func (o Option) OnResume() Option { o.Resumable = true; return o }

// ByAll marks the flag as one of every command.
func (o Option) ByAll() Option { o.Shared = true; return o }

// Also adds other names for the flag.
func (o Option) Also(aliases ...string) Option { o.Aliases = aliases; return o }

// As sets what help calls the value.
func (o Option) As(kind string) Option { o.Type = kind; return o }

// WithKey sets the key of an option that is not a tagged field.
func (o Option) WithKey(key string) Option { o.Key = key; return o }

// Only says what the option requires. Apply refuses it where it would be ignored.
func (o Option) Only(with string, counts func() bool) Option {
	o.only, o.counts = with, counts
	return o
}

// Checked adds a check, whose error is reported as it is.
func (o Option) Checked(check func() error) Option {
	o.checks = append(o.checks[:len(o.checks):len(o.checks)], check)
	return o
}

// Must adds a condition, in words that follow "it must be".
func (o Option) Must(be string, ok func() bool) Option {
	o.Limits = be
	before, get := o.problem, o.get
	o.problem = func() string {
		if !ok() {
			return get() + ": it must be " + be
		}
		return before()
	}
	return o
}
