package option

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// single is an option of a field whose text is read by parse.
func single[T any](field *T, flag, kind, help string, format func(T) string, parse func(string) (T, error)) Option {
	return Option{
		Name: Name{Flag: flag}, Type: kind, Help: help, field: field,
		value: value{
			get: func() string { return format(*field) },
			set: func(texts []string) error {
				v, err := parse(texts[len(texts)-1])
				if err == nil {
					*field = v
				}
				return err
			},
			problem: func() string { return "" },
			unset:   func() { *field = *new(T) },
			zero:    func() bool { return reflect.ValueOf(field).Elem().IsZero() },
		},
	}
}

// Int is a whole number from low to high; math.MaxInt is no upper limit.
func Int[T ~int | ~int64](field *T, flag, help string, low, high T) Option {
	o := single(field, flag, "N", help, func(v T) string { return strconv.FormatInt(int64(v), 10) }, func(text string) (T, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || int64(T(n)) != n {
			return 0, errors.New("it has to be a whole number")
		}
		return T(n), nil
	})
	o.Limits = fmt.Sprintf("from %d to %d", low, high)
	if high == math.MaxInt {
		o.Limits = fmt.Sprintf("at least %d", low)
	}
	limits := o.Limits
	o.problem = func() string {
		if *field < low || *field > high {
			return fmt.Sprintf("%d: it has to be %s", *field, limits)
		}
		return ""
	}
	return o
}

// Optional lets the value be 0 or empty as well.
func (o Option) Optional() Option {
	before := o.problem
	o.problem = func() string {
		if o.zero() {
			return ""
		}
		return before()
	}
	return o
}

// OrZero lets the value be 0 as well, which stands for something.
func (o Option) OrZero(meaning string) Option {
	o = o.Optional()
	o.Zero = meaning
	before := o.problem
	o.problem = func() string {
		if text := before(); text != "" {
			return text + ", or 0 (" + meaning + ")"
		}
		return ""
	}
	return o
}

// Interval is where a real number may lie, with its words.
type Interval struct {
	words string
	has   func(float64) bool
}

// AtLeast is low and all above, Above all above low.
func AtLeast(low float64) Interval {
	return Interval{fmt.Sprintf("%g or more", low), func(v float64) bool { return v >= low }}
}

// Above is all numbers above low.
func Above(low float64) Interval {
	return Interval{fmt.Sprintf("above %g", low), func(v float64) bool { return v > low }}
}

// From is all numbers from low to high.
func From(low, high float64) Interval {
	return Interval{fmt.Sprintf("from %g to %g", low, high), func(v float64) bool { return v >= low && v <= high }}
}

// FromBelow is all numbers from low to below high.
func FromBelow(low, high float64) Interval {
	return Interval{fmt.Sprintf("at least %g and below %g", low, high), func(v float64) bool { return v >= low && v < high }}
}

// AboveTo is all numbers above low, and at most high.
func AboveTo(low, high float64) Interval {
	return Interval{fmt.Sprintf("above %g and at most %g", low, high), func(v float64) bool { return v > low && v <= high }}
}

// Between is all numbers above low and below high.
func Between(low, high float64) Interval {
	return Interval{fmt.Sprintf("between %g and %g", low, high), func(v float64) bool { return v > low && v < high }}
}

// Number is a real number of an interval.
func Number(field *float64, flag, help string, where Interval) Option {
	o := single(field, flag, "X", help, func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) },
		func(text string) (float64, error) {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return 0, errors.New("it has to be a number")
			}
			return v, nil
		})
	o.Limits = where.words
	o.problem = func() string {
		if v := *field; !where.has(v) || math.IsInf(v, 0) {
			return fmt.Sprintf("%g: it has to be %s", v, where.words)
		}
		return ""
	}
	return o
}

// Bool is a switch.
func Bool(field *bool, flag, help string) Option {
	o := single(field, flag, "bool", help, strconv.FormatBool, func(text string) (bool, error) {
		v, err := strconv.ParseBool(text)
		if err != nil {
			return false, errors.New("it has to be true or false")
		}
		return v, nil
	})
	o.Switch = true
	return o
}

// OnOff is a switch that is given as on or off, of a field that is set when it is
// off.
func OnOff(off *bool, flag, help string) Option {
	o := single(off, flag, "on|off", help, func(off bool) string {
		if off {
			return "off"
		}
		return "on"
	}, func(text string) (bool, error) {
		if text != "on" && text != "off" {
			return false, errors.New("it has to be on or off")
		}
		return text == "off", nil
	})
	return o
}

// Bytes is an amount of memory, as 800MB, 4GB, 2GiB or a number of bytes; 0 is
// none given.
func Bytes(field *int64, flag, help string) Option {
	o := single(field, flag, "SIZE", help, func(v int64) string {
		if v == 0 {
			return ""
		}
		return strconv.FormatInt(v, 10)
	}, func(text string) (int64, error) {
		n, err := humanize.ParseBytes(text)
		if err != nil || n == 0 || n >= 1<<60 {
			return 0, errors.New("it has to be an amount of memory such as 800MB or 4GB")
		}
		return int64(n), nil
	})
	o.problem = func() string {
		if *field < 0 {
			return fmt.Sprintf("%d: it has to be 0 or more", *field)
		}
		return ""
	}
	return o
}

// Seed is a number without a sign.
func Seed(field *uint64, flag, help string) Option {
	return single(field, flag, "N", help, func(v uint64) string { return strconv.FormatUint(v, 10) },
		func(text string) (uint64, error) {
			v, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return 0, errors.New("it has to be a whole number from 0 up")
			}
			return v, nil
		})
}

// Text is any text, such as a path.
func Text[T ~string](field *T, flag, help string) Option {
	return single(field, flag, "TEXT", help, func(v T) string { return string(v) }, func(text string) (T, error) { return T(text), nil })
}

// Choice is one of some words. Set reads them in lower and upper case.
func Choice[T ~string](field *T, flag, help string, choices ...T) Option {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	find := func(text string) (T, bool) {
		i := slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, text) })
		if i < 0 {
			return "", false
		}
		return choices[i], true
	}
	o := single(field, flag, "NAME", help, func(v T) string { return string(v) }, func(text string) (T, error) {
		v, ok := find(text)
		if !ok {
			return "", errors.New("it has to be " + alternatives(words))
		}
		return v, nil
	})
	o.Choices = words
	o.problem = func() string {
		if slices.Contains(choices, *field) {
			return ""
		}
		return fmt.Sprintf("%q: it has to be %s", *field, alternatives(words))
	}
	return o
}

// InAnyCase accepts a choice of other case than declared, also in the struct.
func InAnyCase[T ~string](field *T, flag, help string, choices ...T) Option {
	o := Choice(field, flag, help, choices...)
	before := o.problem
	o.problem = func() string {
		if slices.ContainsFunc(choices, func(c T) bool { return strings.EqualFold(string(c), string(*field)) }) {
			return ""
		}
		return before()
	}
	return o
}

// Texts are any number of texts, each a flag of its own.
func Texts(field *[]string, flag, help string) Option {
	return Many(field, flag, "TEXT", help, func(v []string) string { return strings.Join(v, ",") },
		func(texts []string) ([]string, error) { return slices.Clone(texts), nil })
}

// Ints are whole numbers, as 1,2,4.
func Ints(field *[]int, flag, help string) Option {
	return Many(field, flag, "N,N…", help, func(v []int) string {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]")
	}, func(texts []string) ([]int, error) {
		var all []int
		for _, word := range strings.Split(strings.Join(texts, ","), ",") {
			n, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil {
				return nil, errors.New("they have to be whole numbers, as 1,2,4")
			}
			all = append(all, n)
		}
		return all, nil
	})
}

// Many is a value that is read from all the texts of its flags together.
func Many[T any](field *T, flag, kind, help string, format func(T) string, parse func([]string) (T, error)) Option {
	o := single(field, flag, kind, help, format, nil)
	o.set = func(texts []string) error {
		v, err := parse(texts)
		if err == nil {
			*field = v
		}
		return err
	}
	return o
}

// Custom is a value with a text of its own.
func Custom[T any](field *T, flag, kind, help string, format func(T) string, parse func(string) (T, error)) Option {
	return single(field, flag, kind, help, format, parse)
}

// Duration is a time, as 2h or 90m.
func Duration(field *time.Duration, flag, help string) Option {
	return single(field, flag, "TIME", help, func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, errors.New("it has to be a time such as 2h or 90m")
		}
		return d, nil
	})
}
