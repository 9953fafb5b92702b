package dataset

import (
	"fmt"

	"github.com/dustin/go-humanize/english"

	"easel/internal/file/imgio"
)

// settle decides the channels of both sides, and which of them are labels.
func (d *Dataset) settle(pairs []pair, report *Report) {
	wantA, wantB := d.directed(d.opts.InputChannels, d.opts.OutputChannels)
	a, b := sides(pairs)
	if wantA == 0 {
		report.dropOpaque("A", a)
	}
	if wantB == 0 {
		report.dropOpaque("B", b)
	}
	d.channels = [2]int{commonChannels(wantA, a), commonChannels(wantB, b)}
	d.alpha = [2]bool{endInAlpha(a, d.channels[0]), endInAlpha(b, d.channels[1])}
	d.seen = [2]look{together(a), together(b)}
	d.labels = d.opts.Labels
	if d.labels == LabelsAuto {
		d.labels = LabelsOf(d.seen[0].areLabels(), d.seen[1].areLabels())
	}
	for i := range pairs { // their looks are large, and in d.seen now
		pairs[i].sideA.look, pairs[i].sideB.look = look{}, look{}
	}
	report.Labels = d.labels
	report.InputChannels, report.OutputChannels = d.Channels()
	report.warnConverted("A", a, d.channels[0], d.alpha[0])
	report.warnConverted("B", b, d.channels[1], d.alpha[1])
}

// dropOpaque drops alpha from a side whose pictures are opaque everywhere.
func (r *Report) dropOpaque(name string, sides []side) {
	n := 0
	for _, s := range sides {
		if s.alpha && !s.opaque {
			return
		}
		if s.alpha {
			n++
		}
	}
	if n == 0 {
		return
	}
	for i := range sides {
		if sides[i].alpha {
			sides[i].channels--
		}
	}
	r.Warnings = append(r.Warnings, fmt.Sprintf("%s of %s with alpha that is opaque everywhere: alpha is left out", english.Plural(n, "picture", ""), name))
}

// endInAlpha reports whether the last channel of a side is alpha after conversion: the side
// has two or four channels, and in no picture is that channel a band.
func endInAlpha(sides []side, channels int) bool {
	for _, s := range sides {
		if s.channels == channels && !s.alpha {
			return false
		}
	}
	return channels == 2 || channels == 4
}

// Alphas reports whether the last channel of inputs and targets is alpha.
func (d *Dataset) Alphas() (input, output bool) {
	if d.opts.Direction == BtoA {
		return d.alpha[1], d.alpha[0]
	}
	return d.alpha[0], d.alpha[1]
}

// sides returns the sides of those pairs that were decoded.
func sides(pairs []pair) (a, b []side) {
	for _, p := range pairs {
		if p.sideA.channels > 0 {
			a, b = append(a, p.sideA), append(b, p.sideB)
		}
	}
	return a, b
}

// commonChannels returns the channels to convert a side to: those wanted or, if that is 0,
// those of the files. If files differ, it is RGB if any has colour, otherwise grey; files
// that cannot be converted are reported.
func commonChannels(want int, sides []side) int {
	if want > 0 {
		return want
	}
	numbers := map[int]int{}
	for _, s := range sides {
		numbers[s.channels]++
	}
	common, colour, pictures := 0, 1, 0
	for n, files := range numbers {
		if files > numbers[common] || files == numbers[common] && n < common {
			common = n
		}
	}
	kinds := map[int]bool{}
	for _, s := range sides {
		if s.converts() && !kinds[s.channels] {
			kinds[s.channels] = true
			pictures++
			if s.channels >= 3 {
				colour = 3
			}
		}
	}
	if kinds[common] && pictures > 1 {
		return colour
	}
	return common
}

// converts reports whether a side is grey or RGB, with alpha or without, of which
// each becomes any other; bands stay what they are.
func (s side) converts() bool {
	return s.channels == 1 || s.channels == 3 || s.alpha && s.channels <= 4
}

// fits reports whether a side can have as many channels, of which the last is alpha or not.
func (s side) fits(channels int, alpha bool) bool {
	return s.channels == channels || s.converts() && (channels == 1 || channels == 3 || channels == 4 && alpha)
}

// unfit returns a problem for every pair whose channels cannot be converted.
func (d *Dataset) unfit(pairs []pair) map[int]Problem {
	found := map[int]Problem{}
	for i, p := range pairs {
		if p.sideA.channels == 0 {
			continue // not decoded
		}
		fileB := p.a[0]
		if p.b != nil {
			fileB = p.b[0]
		}
		if !p.sideA.fits(d.channels[0], d.alpha[0]) {
			found[i] = misfit(p.a[0], "A", p.sideA.channels, d.channels[0])
		} else if !p.sideB.fits(d.channels[1], d.alpha[1]) {
			found[i] = misfit(fileB, "B", p.sideB.channels, d.channels[1])
		}
	}
	return found
}

func misfit(file, name string, has, want int) Problem {
	return Problem{File: file, Kind: Channels,
		Text: fmt.Sprintf("has %s in %s, which cannot become %d", english.Plural(has, "channel", ""), name, want),
		Hint: "only grey, RGB and alpha convert into each other: give the number of channels that the files have, or remove the pair"}
}

// warnConverted says how many pictures of a side lose or gain channels.
func (r *Report) warnConverted(name string, sides []side, want int, alpha bool) {
	n, from := 0, 0
	for _, s := range sides {
		if s.channels != want && s.fits(want, alpha) {
			n, from = n+1, s.channels
		}
	}
	if n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s of %d in %s converted to %s, from %d for instance",
			english.Plural(n, "picture", ""), len(sides), name, english.Plural(want, "channel", ""), from))
	}
}

// LabelsOf is which sides are label pictures.
func LabelsOf(a, b bool) Labels {
	switch {
	case a && b:
		return LabelsBoth
	case a:
		return LabelsA
	case b:
		return LabelsB
	default:
		return LabelsNone
	}
}

// convert returns the sides of a pair with the channels of the data set.
func (d *Dataset) convert(a, b *imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
	ca, err := a.Convert(d.channels[0])
	if err != nil || b == nil {
		return ca, nil, err
	}
	cb, err := b.Convert(d.channels[1])
	return ca, cb, err
}
