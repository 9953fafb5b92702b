package option

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// List holds the options of a struct, in the order of help.
type List []Option

// Group puts options under a heading.
func Group(heading string, options ...Option) List {
	for i := range options {
		options[i].Group = heading
	}
	return options
}

// OneOf groups options of which exactly one is set: Apply unsets the others.
func OneOf(options ...Option) []Option {
	names := make([]Name, len(options))
	for i, o := range options {
		names[i] = o.Name
	}
	for i := range options {
		options[i] = options[i].Optional()
		options[i].others = append(append([]Name{}, names[:i]...), names[i+1:]...)
	}
	return options
}

// Of collects the options of a struct, given as a pointer, and finds the key of each in
// the struct's JSON form.
func Of(options any, groups ...List) List {
	keys := map[any]string{}
	findKeys(reflect.ValueOf(options).Elem(), "", keys)
	var all List
	for _, group := range groups {
		for _, o := range group {
			if key, ok := keys[o.field]; ok {
				o.Key = key
			}
			all = append(all, o)
		}
	}
	return all
}

// findKeys maps the address of every field to its path in JSON.
func findKeys(v reflect.Value, prefix string, keys map[any]string) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || name == "" || !v.Type().Field(i).IsExported() {
			continue
		}
		keys[v.Field(i).Addr().Interface()] = prefix + name
		if v.Field(i).Kind() == reflect.Struct {
			findKeys(v.Field(i), prefix+name+".", keys)
		}
	}
}

// Check reports the first option with an invalid value.
func (l List) Check() error {
	for _, o := range l {
		if err := o.Check(); err != nil {
			return err
		}
	}
	return nil
}

// Find returns the option with a flag, an alias or a key.
func (l List) Find(name string) (Option, bool) {
	for _, o := range l {
		if name != "" && (o.Flag == name || o.Key == name) {
			return o, true
		}
		for _, alias := range o.Aliases {
			if alias == name {
				return o, true
			}
		}
	}
	return Option{}, false
}

// Name returns the name of the option of a field, for Errorf.
func (l List) Name(field any) Name {
	for _, o := range l {
		if o.field == field {
			return o.Name
		}
	}
	panic(fmt.Sprintf("option: no option is declared for a field of type %T", field))
}

// Without returns the list without the options of some fields.
func (l List) Without(fields ...any) List {
	return slices.DeleteFunc(slices.Clone(l), func(o Option) bool { return slices.Contains(fields, o.field) })
}

// Edit returns the list with the option of one field changed.
func (l List) Edit(field any, edit func(Option) Option) List {
	edited := make(List, len(l))
	for i, o := range l {
		if edited[i] = o; o.field == field {
			edited[i] = edit(o)
		}
	}
	return edited
}

// Given holds the texts of the options that were given, by flag.
type Given map[string][]string

// With returns g and more; more wins.
func (g Given) With(more Given) Given {
	all := maps.Clone(g)
	maps.Copy(all, more)
	return all
}

// Apply sets the options that were given. One that would have no effect is an error.
func (l List) Apply(given Given) error {
	var errs []error
	for _, o := range l {
		for _, flag := range append([]string{o.Flag}, o.Aliases...) {
			texts, ok := given[flag]
			if !ok {
				continue
			}
			l.makeWay(o, given)
			if err := o.Set(texts...); err != nil {
				errs = append(errs, Errorf("%v %s: %v", o.Name, strings.Join(texts, " "), err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, o := range l {
		if given[o.Flag] != nil && o.counts != nil && !o.counts() {
			return Errorf("%v goes with %s only", o.Name, o.only)
		}
	}
	return nil
}

// makeWay unsets the options that o replaces, unless they were given too: then a check
// reports the contradiction.
func (l List) makeWay(o Option, given Given) {
	for _, name := range o.others {
		if other, ok := l.Find(name.Flag); ok && given[name.Flag] == nil {
			other.unset()
		}
	}
}
