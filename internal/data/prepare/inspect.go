package prepare

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// InspectOptions are the options of Inspect.
type InspectOptions struct {
	// Similar is the number of bits, of the 64 of a perceptual hash, in which each
	// side of two pairs may differ for the pairs to count as duplicates.
	Similar int
	// Pairs is what pictures without A/ and B/ are, as for training.
	Pairs string
	// Sheet is how many pairs of each split the contact sheet shows; 0 is none.
	Sheet int
	// Progress, if not nil, is told how many pairs have been checked and how many
	// measured.
	Progress func(what string, done, total int)
}

// DefaultInspectOptions returns options that find recompressed and resized copies,
// but not merely related pictures.
func DefaultInspectOptions() InspectOptions { return InspectOptions{Similar: 4, Sheet: 12} }

// Validate reports the first invalid option.
func (i InspectOptions) Validate() error { return i.Declared().Check() }

// Inspection is what Inspect found.
type Inspection struct {
	Layout string         `json:"layout"`
	Bytes  int64          `json:"bytes"`
	Pairs  map[string]int `json:"pairs"` // by split
	A      SideFacts      `json:"a"`
	B      SideFacts      `json:"b"`
	// Labels is which sides look like label pictures: none, a, b or both.
	Labels string `json:"labels"`
	// Range is one to train with, as LOW:HIGH, where pictures of more than 8 bits use a
	// small part of theirs.
	Range string `json:"range,omitempty"`
	// Problems are what training refuses; Warnings do not stop it.
	Problems []Problem `json:"problems"`
	Warnings []string  `json:"warnings"`
	// Duplicates are pairs in different splits that look the same, and Copies is
	// the number of those within one split.
	Duplicates []Duplicate `json:"duplicates"`
	Copies     int         `json:"copies"`
	// Sheet is the contact sheet, or nil, and Shown are the pairs on it.
	Sheet *imgio.Picture `json:"-"`
	Shown []Shown        `json:"-"`
}

// Shown is a pair as the contact sheet shows it: both sides side by side, in RGB.
type Shown struct {
	Split, Name string
	Picture     *imgio.Picture
}

// Problem is a file that training refuses.
type Problem struct {
	File string `json:"file"`
	Text string `json:"text"`
	Hint string `json:"hint"`
}

// Duplicate is two pairs, each as split/name.
type Duplicate struct {
	First  string `json:"first"`
	Second string `json:"second"`
	Bits   int    `json:"bits"` // that differ, of 128
}

// SideFacts describe all pictures of one side.
type SideFacts struct {
	// Sizes, Channels and Depths count the pictures that have each value, the most
	// frequent first.
	Sizes    []Count `json:"sizes"`
	Channels []Count `json:"channels"`
	Depths   []Count `json:"depths"`
	// Least, Most and Mean are of all samples, 0..1.
	Least float64 `json:"least"`
	Most  float64 `json:"most"`
	Mean  float64 `json:"mean"`
	// Deviation is the standard deviation of all samples.
	Deviation float64 `json:"deviation"`
	// Plain is the number of pictures with only one value in each channel.
	Plain int `json:"plain"`
}

// Count is the number of pictures that have something in common.
type Count struct {
	What     string `json:"what"`
	Pictures int    `json:"pictures"`
}

// Enumerate puts counts into words, "256×256 (12), 512×512 (3)", without numbers if all
// pictures are alike.
func Enumerate(list []Count) string {
	if len(list) == 1 {
		return list[0].What
	}
	const most = 4
	var parts []string
	for i, c := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d other", len(list)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", c.What, c.Pictures))
	}
	return strings.Join(parts, ", ")
}

// Inspect looks at all pairs of a folder as training would, see [dataset.Open].
// Pairs with problems are listed and otherwise left out. It returns an error if the
// folder has no usable pair.
func Inspect(ctx context.Context, dir string, n InspectOptions, o Options) (*Inspection, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	opts := dataset.DefaultOptions()
	opts.Pairs = dataset.Pairs(n.Pairs)
	opts.SkipBad, opts.Workers, opts.Seed, opts.MaxSamples = true, o.Threads, o.Seed, o.Read.MaxSamples
	opts.Progress = func(done, total int) { n.progress("checking pairs", done, total) }
	d, report, err := dataset.Open(ctx, dir, opts)
	result := &Inspection{Layout: string(report.Layout), Bytes: report.Bytes, Warnings: report.Warnings, Labels: report.Labels.String(), Range: report.Suggested.String()}
	for _, p := range report.Problems {
		result.Problems = append(result.Problems, Problem{p.File, p.Text, p.Hint})
	}
	if len(result.Problems) > 0 && report.Train+report.Val+report.Test == 0 && ctx.Err() == nil {
		return result, fmt.Errorf("inspect: %s has no usable pair", dir)
	}
	if err != nil {
		return result, err
	}
	result.Pairs = map[string]int{"train": report.Train, "val": report.Val, "test": report.Test}
	views, err := viewAll(ctx, d, n, o)
	if err != nil {
		return result, err
	}
	result.measure(views)
	result.compare(views, n.Similar)
	result.advise(views)
	if n.Sheet == 0 {
		return result, nil
	}
	for _, v := range views {
		if v.small != nil {
			result.Shown = append(result.Shown, Shown{v.split, v.name, v.small})
		}
	}
	result.Sheet, err = contactSheet(result.Shown)
	return result, err
}

func (i InspectOptions) progress(what string, done, total int) {
	if i.Progress != nil {
		i.Progress(what, done, total)
	}
}

// view is what is kept of an inspected pair.
type view struct {
	split, name string
	a, b        sideView
	same        bool           // A is B
	small       *imgio.Picture // for the contact sheet, or nil
	err         error
}

type sideView struct {
	dataset.Side
	look        look
	least, most float64
	sum, square float64
	samples     int
	plain       bool
}

// viewAll looks at all pairs, in the order train, val, test.
func viewAll(ctx context.Context, d *dataset.Dataset, n InspectOptions, o Options) ([]*view, error) {
	type place struct {
		split dataset.Split
		index int
		shown bool
	}
	var places []place
	for _, s := range []dataset.Split{dataset.Train, dataset.Val, dataset.Test} {
		all := d.Len(s)
		for i := range all {
			// Evenly spread: a pair is shown where the count of shown ones rises.
			shown := all <= n.Sheet || (i+1)*n.Sheet/all > i*n.Sheet/all
			places = append(places, place{s, i, shown})
		}
	}
	views := make([]*view, len(places))
	var failed error
	err := each(ctx, len(places), o.Threads, func(k int) bool {
		p := places[k]
		views[k] = &view{split: string(p.split)}
		views[k].err = guarded(func() error { return views[k].look(d, p.split, p.index, p.shown) })
		return views[k].err == nil
	}, func(k int) {
		failed = cmp.Or(failed, views[k].err)
		n.progress("measuring", k+1, len(places))
	})
	return views, cmp.Or(failed, err)
}

func (v *view) look(d *dataset.Dataset, s dataset.Split, i int, shown bool) error {
	pair, err := d.Sample(s, i, 0)
	if err != nil {
		return err
	}
	v.name = pair.Name
	sideA, sideB := d.Sides(s, i)
	v.a, v.b = viewOf(pair.Input, sideA), viewOf(pair.Target, sideB)
	v.same = slices.Equal(pair.Input.Pix, pair.Target.Pix)
	if shown {
		filterA, filterB := d.Filters()
		v.small, err = miniature(pair, filterA, filterB)
	}
	return err
}

func viewOf(p *imgio.Picture, s dataset.Side) sideView {
	v := sideView{Side: s, look: lookOf(p), least: math.Inf(1), most: math.Inf(-1), samples: len(p.Pix), plain: true}
	for i, x := range p.Pix {
		f := float64(x)
		v.least, v.most = min(v.least, f), max(v.most, f)
		v.sum += f
		v.square += f * f
		v.plain = v.plain && x == p.Pix[i%p.Channels]
	}
	return v
}

// measure sums up both sides.
func (r *Inspection) measure(views []*view) {
	r.A = factsOf(views, func(v *view) *sideView { return &v.a })
	r.B = factsOf(views, func(v *view) *sideView { return &v.b })
}

func factsOf(views []*view, side func(*view) *sideView) SideFacts {
	f := SideFacts{Least: math.Inf(1), Most: math.Inf(-1)}
	sizes, channels, depths := map[string]int{}, map[string]int{}, map[string]int{}
	sum, square, samples := 0.0, 0.0, 0
	for _, view := range views {
		v := side(view)
		sizes[fmt.Sprintf("%d×%d", v.Width, v.Height)]++
		channels[english.Plural(v.Channels, "channel", "")]++
		depths[fmt.Sprintf("%d bits", v.Depth)]++
		f.Least, f.Most = min(f.Least, v.least), max(f.Most, v.most)
		sum, square, samples = sum+v.sum, square+v.square, samples+v.samples
		if v.plain {
			f.Plain++
		}
	}
	f.Mean = sum / float64(samples)
	f.Deviation = math.Sqrt(max(square/float64(samples)-f.Mean*f.Mean, 0))
	f.Sizes, f.Channels, f.Depths = ranked(sizes), ranked(channels), ranked(depths)
	return f
}

func ranked(counts map[string]int) []Count {
	var list []Count
	for _, what := range sorted(counts) {
		list = append(list, Count{what, counts[what]})
	}
	slices.SortStableFunc(list, func(a, b Count) int { return cmp.Compare(b.Pictures, a.Pictures) })
	return list
}

// compare looks for pairs that look the same on both sides. If a side has no
// contrast in one pair, it must have none in the other.
func (r *Inspection) compare(views []*view, most int) {
	for i, v := range views {
		for _, w := range views[:i] {
			if !v.a.look.similar(w.a.look, most) || !v.b.look.similar(w.b.look, most) || v.a.look.plain && v.b.look.plain {
				continue
			}
			if v.split == w.split {
				r.Copies++
				continue
			}
			r.Duplicates = append(r.Duplicates, Duplicate{w.split + "/" + w.name, v.split + "/" + v.name,
				v.a.look.distance(w.a.look) + v.b.look.distance(w.b.look)})
		}
	}
}

// smallSide is the size that the paper trains at: smaller pictures are enlarged.
const smallSide = 256

// advise adds warnings about what training accepts but is likely a mistake.
func (r *Inspection) advise(views []*view) {
	small, oblong, same := 0, 0, 0
	for _, v := range views {
		if min(v.a.Width, v.a.Height) < smallSide {
			small++
		}
		if ratio := float64(v.a.Width) / float64(v.a.Height); ratio > 1.1 || ratio < 1/1.1 {
			oblong++
		}
		if v.same {
			same++
		}
	}
	for _, w := range []struct {
		n    int
		text string
	}{
		{len(r.Duplicates), "that look the same in different splits, which makes the test unfair"},
		{r.Copies, "that look the same as another in their split"},
		{r.A.Plain, "with an A of one colour"},
		{r.B.Plain, "with a B of one colour"},
		{same, "with identical A and B, from which there is nothing to learn"},
		{oblong, "far from square, which training stretches unless you crop them first"},
		{small, fmt.Sprintf("smaller than %d pixels, which training enlarges unless its image size is smaller", smallSide)},
	} {
		if w.n > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d pairs %s", w.n, len(views), w.text))
		}
	}
}
