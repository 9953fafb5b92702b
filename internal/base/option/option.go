package option

import "strings"

// Option is one thing that can be set, in one options struct: it reads and writes
// a field of it.
type Option struct {
	Name
	// Group is the heading under which help shows it, and Help one line about it,
	// without default and choices.
	Group string
	Help  string
	// Type is what help calls a value: N, DIR.
	Type string
	// Choices are all values, where they are words.
	Choices []string
	// Limits are the values, in words, where they are numbers: "from 1 to 6".
	Limits string
	// Zero is what the value 0 stands for, as "all", if it stands for something.
	Zero string
	// Resumable says that it may have another value when a run goes on.
	Resumable bool
	// Shared says that the flag is one of all commands.
	Shared bool
	// Switch says that it is on or off, so that its flag needs no value.
	Switch bool
	// Aliases are other flags for it, which help does not show.
	Aliases []string

	field any // the pointer to it
	value
	checks []func() error
	others []Name // of which one is set
	only   string // what it goes with
	counts func() bool
}

// value reads and writes a field as text.
type value struct {
	get     func() string
	set     func(texts []string) error
	problem func() string // why the value will not do, as "3: it has to be even"
	unset   func()
	zero    func() bool
}

// String is the value as Set reads it.
func (o Option) String() string { return o.get() }

// Set reads the value from the texts of all its flags: lists take all of them,
// single values the last.
func (o Option) Set(texts ...string) error { return o.set(texts) }

// Check reports a value that will not do.
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

// About is the help with choices, limits that are worth telling, and what 0 is.
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

// alternatives is "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// OnResume lets the option have another value when a run goes on.
func (o Option) OnResume() Option { o.Resumable = true; return o }

// ByAll says that the flag is one of all commands.
func (o Option) ByAll() Option { o.Shared = true; return o }

// Also gives the flag other names.
func (o Option) Also(aliases ...string) Option { o.Aliases = aliases; return o }

// As says what help calls a value, where that says more than TEXT.
func (o Option) As(kind string) Option { o.Type = kind; return o }

// WithKey says the key of what is no field with a tag.
func (o Option) WithKey(key string) Option { o.Key = key; return o }

// Only says with what the option counts. Apply refuses it where it would be ignored.
func (o Option) Only(with string, counts func() bool) Option {
	o.only, o.counts = with, counts
	return o
}

// Checked adds a check. Its error is told as it is.
func (o Option) Checked(check func() error) Option {
	o.checks = append(o.checks[:len(o.checks):len(o.checks)], check)
	return o
}

// Must adds a condition of the value, in words that go on after "it has to be".
func (o Option) Must(be string, ok func() bool) Option {
	o.Limits = be
	before, get := o.problem, o.get
	o.problem = func() string {
		if !ok() {
			return get() + ": it has to be " + be
		}
		return before()
	}
	return o
}
