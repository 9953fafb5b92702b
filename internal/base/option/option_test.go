package option_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/option"
)

type kind string

type inner struct {
	Kind kind `json:"kind"`
}

type settings struct {
	Batch  int           `json:"batch"`
	Inner  inner         `json:"inner"`
	Rate   float64       `json:"rate"`
	Names  []string      `json:"names,omitempty"`
	On     bool          `json:"on"`
	Epochs int           `json:"epochs"`
	Time   time.Duration `json:"time"`
	Out    string        `json:"-"`
	Only   uint64        `json:"only"`
}

func (s *settings) Declared() option.List {
	return append(option.Of(s,
		option.Group("Size", option.Int(&s.Batch, "batch", "pairs", 1, 8).OnResume(), option.Number(&s.Rate, "lr", "rate", option.FromBelow(0, 1)),
			option.Seed(&s.Only, "only", "a number").Only("batch 9", func() bool { return s.Batch == 9 })),
		option.Group("Shape", option.Choice(&s.Inner.Kind, "kind", "what", "round", "Square").Also("shape"), option.Bool(&s.On, "on", "switch")),
		option.Group("Rest", option.Texts(&s.Names, "name", "names"), option.Text(&s.Out, "out", "file").As("FILE")),
	), option.Of(s, option.Group("Length", option.OneOf(option.Int(&s.Epochs, "epochs", "", 1, math.MaxInt), option.Duration(&s.Time, "time", ""))...))...)
}

func valid() *settings {
	return &settings{Batch: 2, Rate: 0.5, Inner: inner{"round"}, Epochs: 3}
}

// TestWithout: the rest stays, in order, and so does the list itself.
func TestWithout(t *testing.T) {
	t.Parallel()
	s := valid()
	all := s.Declared()
	rest := all.Without(&s.Rate, &s.Out)
	if _, ok := rest.Find("lr"); ok || len(rest) != len(all)-2 || rest[0].Flag != "batch" || rest[1].Flag != "only" || all[1].Flag != "lr" {
		t.Errorf("%d of %d options are left", len(rest), len(all))
	}
}

// TestKeys: of the struct's own tags.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := valid()
	var names []option.Name
	for _, o := range s.Declared() {
		names = append(names, o.Name)
	}
	want := []option.Name{{"batch", "batch"}, {"lr", "rate"}, {"only", "only"}, {"kind", "inner.kind"}, {"on", "on"}, {"name", "names"}, {"out", ""}, {"epochs", "epochs"}, {"time", "time"}}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"kind", "shape", "inner.kind"} {
		if o, ok := s.Declared().Find(name); !ok || o.Flag != "kind" {
			t.Errorf("%s finds %v", name, o.Name)
		}
	}
	if _, ok := s.Declared().Find(""); ok {
		t.Error("an option without a name is found")
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	s := valid()
	err := s.Declared().Apply(option.Given{"batch": {"3", "4"}, "shape": {"SQUARE"}, "name": {"a", "b, c"}, "time": {"2h"}, "on": {"true"}, "unknown": {"x"}})
	want := &settings{Batch: 4, Rate: 0.5, Inner: inner{"Square"}, Names: []string{"a", "b, c"}, Time: 2 * time.Hour, On: true}
	if diff := cmp.Diff(want, s); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, o := range s.Declared() { // what an option prints, it reads
		if err := o.Set(o.String()); err != nil && o.Flag != "epochs" {
			t.Errorf("%s: %v", o.Flag, err)
		}
	}
	for flag, text := range map[string]string{"only": "1", "batch": "x", "lr": "x", "kind": "oval", "on": "perhaps", "time": "soon"} {
		if err := s.Declared().Apply(option.Given{flag: {text}}); err == nil {
			t.Errorf("%s %s passes", flag, text)
		}
	}
}

// TestCheck: every limit, in the words of the command line and of JSON.
func TestCheck(t *testing.T) {
	t.Parallel()
	if err := valid().Declared().Check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*settings){
		"--batch is 9: it must be from 1 to 8":           func(s *settings) { s.Batch = 9 },
		"--batch is 0: it must be from 1 to 8":           func(s *settings) { s.Batch = 0 },
		"--lr is 1: it must be at least 0 and below 1":   func(s *settings) { s.Rate = 1 },
		"--lr is NaN: it must be at least 0 and below 1": func(s *settings) { s.Rate = math.NaN() },
		`--kind is "oval": it must be round or Square`:   func(s *settings) { s.Inner.Kind = "oval" },
		"--epochs is -1: it must be at least 1":          func(s *settings) { s.Epochs = -1 },
	} {
		s := valid()
		change(s)
		if got := option.Word(fmt.Errorf("wrapped: %w", s.Declared().Check()), option.AsFlag); got != "wrapped: "+want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	s := valid()
	s.Inner.Kind = "SQUARE"
	if got, want := s.Declared().Check().Error(), `inner.kind is "SQUARE": it must be round or Square`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestInterval: the ends.
func TestInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		where option.Interval
		in    []float64
		out   []float64
	}{
		{option.AtLeast(1), []float64{1, 2}, []float64{0.9, math.Inf(1)}},
		{option.Above(1), []float64{1.1}, []float64{1, math.Inf(1)}},
		{option.From(0, 1), []float64{0, 1}, []float64{-0.1, 1.1}},
		{option.FromBelow(0, 1), []float64{0, 0.9}, []float64{-0.1, 1}},
		{option.AboveTo(0, 1), []float64{0.1, 1}, []float64{0, 1.1}},
		{option.Between(0, 1), []float64{0.1, 0.9}, []float64{0, 1, math.NaN()}},
	} {
		for i, v := range append(c.in, c.out...) {
			o := option.Number(&v, "x", "", c.where)
			if (o.Check() == nil) != (i < len(c.in)) {
				t.Errorf("%s: %v: %v", o.Limits, v, o.Check())
			}
		}
	}
	zero, one := 0.0, 1.0
	if option.Number(&zero, "", "", option.Above(2)).OrZero("off").Check() != nil || option.Number(&one, "", "", option.Above(2)).OrZero("off").Check() == nil {
		t.Error("or 0 is wrong")
	}
}

// TestErrors: causes are found, and names inside wrapped errors are spelled too.
func TestErrors(t *testing.T) {
	t.Parallel()
	a, b := option.Name{Flag: "a-b", Key: "x.a_b"}, option.Name{Key: "c"}
	err := fmt.Errorf("run: %w", option.Errorf("%v and %v: %v", a, option.Join("; ", option.Errorf("%v is 1", b), option.Errorf("%v is 100%%", a)), fs.ErrExist))
	if got := option.Word(err, option.AsFlag); got != "run: --a-b and c is 1; --a-b is 100%: file already exists" {
		t.Error(got)
	}
	if got := err.Error(); got != "run: x.a_b and c is 1; x.a_b is 100%: file already exists" {
		t.Error(got)
	}
	if !errors.Is(err, fs.ErrExist) {
		t.Error("the cause is lost")
	}
	if got := option.Word(fs.ErrExist, option.AsFlag); got != fs.ErrExist.Error() {
		t.Error(got)
	}
	if option.Join("; ") != nil {
		t.Error("no errors are an error")
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1": 1, "800MB": 8e8, "4GB": 4e9, "2GiB": 2 << 30, "1.5kb": 1500, "7 MiB": 7 << 20} {
		var b int64
		if err := option.Bytes(&b, "", "").Set(text); err != nil || b != want {
			t.Errorf("%q is %d, %v", text, b, err)
		}
	}
	for _, text := range []string{"", "much", "-1GB", "0", "NaN", "1e99GB", "GB", "+Inf"} {
		var b int64
		if err := option.Bytes(&b, "", "").Set(text); err == nil {
			t.Errorf("%q is %d", text, b)
		}
	}
}

// TestWritten: defaults are written as people would, and mean the same when they are read.
func TestWritten(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]int64{"20GiB": 20 << 30, "100GB": 100e9, "1500kB": 1_500_000, "1536KiB": 1536 << 10, "7": 7} {
		var again int64
		o := option.Bytes(&n, "", "")
		if got := o.String(); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		} else if err := option.Bytes(&again, "", "").Set(got); err != nil || again != n {
			t.Errorf("%q is %d, %v", got, again, err)
		}
	}
	for want, d := range map[string]time.Duration{"720h": 720 * time.Hour, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "30s": 30 * time.Second} {
		var again time.Duration
		o := option.Duration(&d, "", "")
		if got := o.String(); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		} else if err := option.Duration(&again, "", "").Set(got); err != nil || again != d {
			t.Errorf("%q is %v, %v", got, again, err)
		}
	}
}

// FuzzBytes: any text is an amount above 0 or an error.
func FuzzBytes(f *testing.F) {
	for _, text := range []string{"800MB", "2GiB", "1.5 kb", "-1", "NaN", "1e400", "B", "0x1p3GB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b int64
		if err := option.Bytes(&b, "", "").Set(text); err == nil && b <= 0 {
			t.Errorf("%q is %d", text, b)
		}
	})
}
