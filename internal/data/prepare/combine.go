package prepare

import (
	"context"
	"fmt"
	"math"
	"path"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// CombineOptions are the options of Combine.
type CombineOptions struct {
	// StripA and StripB are suffixes of a side's names, before the extension:
	// pictures without the suffix are left out, and names match without it.
	// aachen_1_leftImg8bit.png and aachen_1_gtFine_color.png match with
	// "_leftImg8bit" and "_gtFine_color".
	StripA string `json:"strip_a"`
	StripB string `json:"strip_b"`
	// SkipUnmatched makes pairs from the pictures that match and skips the rest.
	SkipUnmatched bool `json:"-"`
	// Labels are the sides that are label pictures, which Options.Size resizes by
	// nearest neighbour: none, a, b or both.
	Labels string `json:"labels"`
}

// Validate reports the first invalid option.
func (c CombineOptions) Validate() error { return c.Declared().Check() }

func (c CombineOptions) filters() [2]imgio.Filter {
	f := [2]imgio.Filter{imgio.Bicubic, imgio.Bicubic}
	if c.Labels == "a" || c.Labels == "both" {
		f[0] = imgio.Nearest
	}
	if c.Labels == "b" || c.Labels == "both" {
		f[1] = imgio.Nearest
	}
	return f
}

// Matching says which pictures of two folders belong together.
type Matching struct {
	Names        []string // in both, in natural order
	OnlyA, OnlyB []string // paths of the rest
	a, b         map[string]string
}

// Combine joins each picture of folder a with that of the same name in folder b
// (endings may differ), a on the left. Names that only one folder has are an
// error before anything is written, unless CombineOptions.SkipUnmatched is set. The
// Matching is returned with that error, too.
func Combine(ctx context.Context, a, b, out string, c CombineOptions, o Options, notify func(Event)) (Matching, Result, error) {
	if err := c.Validate(); err != nil {
		return Matching{}, Result{}, err
	}
	filters := c.filters()
	if filters[0] == imgio.Nearest || filters[1] == imgio.Nearest {
		if err := o.fitsLabels(); err != nil {
			return Matching{}, Result{}, err
		}
	}
	m, err := match(a, b, out, c)
	if err != nil {
		return m, Result{}, err
	}
	var jobs []job
	for _, name := range m.Names {
		jobs = append(jobs, job{name, []string{m.a[name], m.b[name]}})
	}
	r, err := run(ctx, o.record("combine", c, a, b), jobs, out, o, notify, func(_ job, p []*imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
		if err := o.sameShape(p[0], p[1]); err != nil {
			return nil, nil, err
		}
		return o.fitted(p[0], filters[0]), o.fitted(p[1], filters[1]), nil
	})
	return m, r, err
}

// sameShape refuses two pictures that would not show the same place pixel by
// pixel.
func (o Options) sameShape(a, b *imgio.Picture) error {
	if a.Width == b.Width && a.Height == b.Height {
		return nil
	}
	sizes := fmt.Sprintf("sizes differ: %d×%d and %d×%d", a.Width, a.Height, b.Width, b.Height)
	if a.Width == b.Height && a.Height == b.Width && o.Fit != Stretch {
		return hint.New(fmt.Errorf("%s, as if one of them were rotated", sizes), dataset.TurnedHint)
	}
	if o.Size == 0 {
		return hint.New(fmt.Errorf("%s", sizes), "bring both to one size with {size}")
	}
	ratio := float64(a.Width) * float64(b.Height) / (float64(a.Height) * float64(b.Width))
	if o.Fit != Stretch && math.Abs(ratio-1) > 0.02 {
		return hint.New(fmt.Errorf("%s, which differ in shape", sizes), "crop them to the same part of the scene, or use {fit=stretch} if they show the same part")
	}
	return nil
}

func match(a, b, out string, c CombineOptions) (Matching, error) {
	m := Matching{}
	foundA, err := findAll(a, out)
	if err != nil {
		return m, err
	}
	foundB, err := findAll(b, out)
	if err != nil {
		return m, err
	}
	if m.a, err = stripped(foundA.found, c.StripA, a); err != nil {
		return m, err
	}
	if m.b, err = stripped(foundB.found, c.StripB, b); err != nil {
		return m, err
	}
	for _, name := range sorted(m.a) {
		if m.b[name] == "" {
			m.OnlyA = append(m.OnlyA, m.a[name])
		} else {
			m.Names = append(m.Names, name)
		}
	}
	for _, name := range sorted(m.b) {
		if m.a[name] == "" {
			m.OnlyB = append(m.OnlyB, m.b[name])
		}
	}
	if len(m.Names) > 0 && (c.SkipUnmatched || len(m.OnlyA)+len(m.OnlyB) == 0) {
		return m, nil
	}
	return m, m.unmatched(foundA, foundB, a, b, c)
}

// stripped keeps the names that end in suffix, and removes it.
func stripped(found map[string]string, suffix, dir string) (map[string]string, error) {
	if suffix == "" {
		return found, nil
	}
	left := map[string]string{}
	for name, file := range found {
		if rest, ok := strings.CutSuffix(name, suffix); ok && path.Base(name) != suffix {
			left[rest] = file
		}
	}
	if len(left) == 0 {
		return nil, hint.New(fmt.Errorf("match names: no picture's name in %s ends in %q", dir, suffix), "the suffix is the end of the name before .png or .jpg")
	}
	return left, nil
}

func (m Matching) unmatched(foundA, foundB finder, a, b string, c CombineOptions) error {
	var lines []string
	unread := false
	say := func(name, suffix, file, dir string, other finder) {
		if partner := other.unread[name+suffix]; partner != "" {
			unread = true
			lines = append(lines, fmt.Sprintf("%s has no partner that easel reads: there is %s", file, partner))
			return
		}
		lines = append(lines, fmt.Sprintf("%s has no partner in %s", file, dir))
	}
	for _, name := range sorted(m.a) {
		if m.b[name] == "" {
			say(name, c.StripB, m.a[name], b, foundB)
		}
	}
	for _, name := range sorted(m.b) {
		if m.a[name] == "" {
			say(name, c.StripA, m.b[name], a, foundA)
		}
	}
	advice := "the pictures of a pair have the same name in both folders, endings aside"
	switch suffixA, suffixB := commonSuffix(sorted(m.a)), commonSuffix(sorted(m.b)); {
	case unread:
		advice = imgio.UnreadHint
	case len(m.Names) > 0:
		advice += "; leave the rest out with {skip_unmatched}"
	case c.StripA+c.StripB == "" && agree(m.a, m.b, suffixA, suffixB):
		advice = "these names match without their suffixes: " + stripOptions(suffixA, suffixB)
	default:
		advice += "; remove different suffixes with {strip_a} and {strip_b}"
	}
	return hint.New(fmt.Errorf("match names: %d of %d pictures of %s and %d of %s match:\n  %s",
		len(m.Names), len(m.a), a, len(m.b), b, listing(lines)), advice)
}

func stripOptions(a, b string) string {
	var options []string
	if a != "" {
		options = append(options, hint.Set("strip_a", a))
	}
	if b != "" {
		options = append(options, hint.Set("strip_b", b))
	}
	return strings.Join(options, " ")
}

// commonSuffix is the suffix that all names share.
func commonSuffix(names []string) string {
	suffix := path.Base(names[0])
	for _, name := range names[1:] {
		for !strings.HasSuffix(path.Base(name), suffix) {
			suffix = suffix[1:]
		}
	}
	if len(names) == 1 { // all of it is common
		return ""
	}
	return strings.TrimLeft(suffix, "0123456789") // digits count pictures
}

// agree reports whether most names match without the suffixes.
func agree(a, b map[string]string, suffixA, suffixB string) bool {
	if suffixA+suffixB == "" {
		return false
	}
	both := 0
	for name := range a {
		if b[strings.TrimSuffix(name, suffixA)+suffixB] != "" {
			both++
		}
	}
	return 2*both > max(len(a), len(b))
}
