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

// single is an option whose text parse reads.
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

// Int is a whole number from low to high. With math.MaxInt there is no upper limit.
func Int[T ~int | ~int64](field *T, flag, help string, low, high T) Option {
	o := single(field, flag, "N", help, func(v T) string { return strconv.FormatInt(int64(v), 10) }, func(text string) (T, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || int64(T(n)) != n {
			return 0, errors.New("it must be a whole number")
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
			return fmt.Sprintf("%d: it must be %s", *field, limits)
		}
		return ""
	}
	return o
}

// Optional also allows 0 or "".
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

// OrZero also allows 0, which has the given meaning.
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

// Interval is a range of real numbers, in words too.
type Interval struct {
	words string
	has   func(float64) bool
}

// AtLeast is low and everything above; Above excludes low itself.
func AtLeast(low float64) Interval {
	return Interval{fmt.Sprintf("%g or more", low), func(v float64) bool { return v >= low }}
}

// Above is everything above low.
func Above(low float64) Interval {
	return Interval{fmt.Sprintf("above %g", low), func(v float64) bool { return v > low }}
}

// From is low to high, both included.
func From(low, high float64) Interval {
	return Interval{fmt.Sprintf("from %g to %g", low, high), func(v float64) bool { return v >= low && v <= high }}
}

// FromBelow is low to high, without high.
func FromBelow(low, high float64) Interval {
	return Interval{fmt.Sprintf("at least %g and below %g", low, high), func(v float64) bool { return v >= low && v < high }}
}

// AboveTo is low to high, without low.
func AboveTo(low, high float64) Interval {
	return Interval{fmt.Sprintf("above %g and at most %g", low, high), func(v float64) bool { return v > low && v <= high }}
}

// Between is low to high, both excluded.
func Between(low, high float64) Interval {
	return Interval{fmt.Sprintf("between %g and %g", low, high), func(v float64) bool { return v > low && v < high }}
}

// Number is a real number in an interval.
func Number(field *float64, flag, help string, where Interval) Option {
	o := single(field, flag, "X", help, func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) },
		func(text string) (float64, error) {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return 0, errors.New("it must be a number")
			}
			return v, nil
		})
	o.Limits = where.words
	o.problem = func() string {
		if v := *field; !where.has(v) || math.IsInf(v, 0) {
			return fmt.Sprintf("%g: it must be %s", v, where.words)
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
			return false, errors.New("it must be true or false")
		}
		return v, nil
	})
	o.Switch = true
	return o
}

// OnOff is a switch given as on or off. The field it sets is true when it is off.
func OnOff(off *bool, flag, help string) Option {
	o := single(off, flag, "on|off", help, func(off bool) string {
		if off {
			return "off"
		}
		return "on"
	}, func(text string) (bool, error) {
		if text != "on" && text != "off" {
			return false, errors.New("it must be on or off")
		}
		return text == "off", nil
	})
	return o
}

// Bytes is an amount of memory: 800MB, 4GB, 2GiB or a number of bytes. 0 means that
// none was given.
func Bytes(field *int64, flag, help string) Option {
	o := single(field, flag, "SIZE", help, func(v int64) string {
		if v == 0 {
			return ""
		}
		return size(v)
	}, func(text string) (int64, error) {
		n, err := humanize.ParseBytes(text)
		if err != nil || n == 0 || n >= 1<<60 {
			return 0, errors.New("it must be an amount of memory such as 800MB or 4GB")
		}
		return int64(n), nil
	})
	o.problem = func() string {
		if *field < 0 {
			return fmt.Sprintf("%d: it must be 0 or more", *field)
		}
		return ""
	}
	return o
}

// Seed is a whole number from 0 up.
func Seed(field *uint64, flag, help string) Option {
	return single(field, flag, "N", help, func(v uint64) string { return strconv.FormatUint(v, 10) },
		func(text string) (uint64, error) {
			v, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return 0, errors.New("it must be a whole number from 0 up")
			}
			return v, nil
		})
}

// Text is any text, for example a path.
func Text[T ~string](field *T, flag, help string) Option {
	return single(field, flag, "TEXT", help, func(v T) string { return string(v) }, func(text string) (T, error) { return T(text), nil })
}

// Choice is one of several words. Set accepts them in upper and lower case.
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
			return "", errors.New("it must be " + alternatives(words))
		}
		return v, nil
	})
	o.Choices = words
	o.problem = func() string {
		if slices.Contains(choices, *field) {
			return ""
		}
		return fmt.Sprintf("%q: it must be %s", *field, alternatives(words))
	}
	return o
}

// InAnyCase is a Choice that also accepts upper and lower case in the struct.
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

// Texts is a list of texts, each from a flag.
func Texts(field *[]string, flag, help string) Option {
	return Many(field, flag, "TEXT", help, func(v []string) string { return strings.Join(v, ",") },
		func(texts []string) ([]string, error) { return slices.Clone(texts), nil })
}

// Ints is a list of whole numbers, such as 1,2,4.
func Ints(field *[]int, flag, help string) Option {
	return Many(field, flag, "N,N,...", help, func(v []int) string {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]")
	}, func(texts []string) ([]int, error) {
		var all []int
		for _, word := range strings.Split(strings.Join(texts, ","), ",") {
			n, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil {
				return nil, errors.New("they must be whole numbers, as 1,2,4")
			}
			all = append(all, n)
		}
		return all, nil
	})
}

// Many is a value made from all its flags together.
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

// Custom is a value with its own text form.
func Custom[T any](field *T, flag, kind, help string, format func(T) string, parse func(string) (T, error)) Option {
	return single(field, flag, kind, help, format, parse)
}

// size writes a number of bytes exactly, in the largest unit that allows that.
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GB", humanize.GByte}, {"GiB", humanize.GiByte}, {"MB", humanize.MByte}, {"MiB", humanize.MiByte}, {"kB", humanize.KByte}, {"KiB", humanize.KiByte}} {
		if n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// Duration is a time, such as 2h or 90m.
func Duration(field *time.Duration, flag, help string) Option {
	return single(field, flag, "TIME", help, func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		text := d.String() // such as 720h0m0s
		if hours, ok := strings.CutSuffix(text, "h0m0s"); ok {
			return hours + "h"
		}
		if minutes, ok := strings.CutSuffix(text, "m0s"); ok {
			return minutes + "m"
		}
		return text
	}, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, errors.New("it must be a time such as 2h or 90m")
		}
		return d, nil
	})
}
