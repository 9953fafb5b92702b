package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"easel/internal/work/train"
)

// lineEvery is how often a run that is not on a terminal prints a line.
const lineEvery = 15 * time.Second

// veryLong is a time left that is long enough to say what would be faster.
const veryLong = 2 * time.Hour

// training is what the bar shows most of the time.
const training = "training"

// trainListener turns a run's events into a bar on a terminal, into lines elsewhere, or
// into JSON.
type trainListener struct {
	*app
	run  string
	long string // what to say of a run that takes very long
	bar  *bar
	what string // what the bar is for
	last time.Time
}

func (l *trainListener) path(name string) string { return filepath.Join(l.run, name) }

func (l *trainListener) hear(e train.Event) {
	if l.json {
		l.emit(e)
		return
	}
	switch e.Kind {
	case train.Checked:
		l.checked(e.Done, e.Total)
	case train.Warned:
		l.warned(e.Text)
	case train.Stepped:
		l.stepped(e)
	case train.Estimated:
		l.line(describe(e))
		if e.SecondsLeft > veryLong.Seconds() && l.long != "" {
			l.say("%s", l.long)
		}
	default:
		l.line(describe(e))
	}
}

// checked shows how many pairs, or single pictures, have been checked.
func (l *trainListener) checked(done, total int) {
	l.at("checking pictures", done, total, "checking pictures")
}

func (l *trainListener) warned(text string) {
	l.clear()
	l.warn(text)
}

// line prints a line, unless it is empty.
func (l *trainListener) line(text string) {
	l.clear()
	if text != "" {
		l.say("%s", text)
	}
}

// describe describes a rare event in a line, or is "" for those that need none.
func describe(e train.Event) string {
	switch e.Kind {
	case train.Fitted:
		text := fmt.Sprintf("%s taken from %s", english.Plural(len(e.Fits), "weight tensor", ""), e.Path)
		if len(e.Misfits) > 0 {
			text += fmt.Sprintf(", %d begin anew: %s", len(e.Misfits), strings.Join(e.Misfits, ", "))
		}
		return text
	case train.Sized:
		return sized(e)
	case train.Started:
		return started(e)
	case train.Estimated:
		return fmt.Sprintf("%.3g steps/s: about %s to go", e.StepsPerSecond, duration(e.SecondsLeft))
	case train.Validated:
		text := fmt.Sprintf("step %d, validation: %s", e.Step, numbers(e.Metrics))
		if e.Best {
			text += " (best)"
		}
		return text
	case train.Ended:
		return fmt.Sprintf("%s in %s", english.Plural(e.Step, "step", ""), duration(e.Seconds))
	}
	return ""
}

func sized(e train.Event) string {
	text := fmt.Sprintf("a step needs %.3g GB of memory", float64(e.MemoryNeeded)/1e9)
	if e.MemoryFree > 0 {
		text += fmt.Sprintf(", %.3g GB are free", float64(e.MemoryFree)/1e9)
	}
	return text
}

func started(e train.Event) string {
	f := e.Facts
	if f == nil {
		return ""
	}
	text := training
	if f.Resumed {
		text = fmt.Sprintf("going on after step %d", e.Step)
	}
	on := f.Backend
	if f.Devices > 1 {
		on = fmt.Sprintf("%d devices of %s", f.Devices, f.Backend)
	}
	if f.Perceptual != "" {
		on += "; " + f.Perceptual
	}
	if f.Styles > 0 {
		return fmt.Sprintf("%s: %s, %d held out, %s; %.4g million weights, %.3g GB, %s",
			text, english.Plural(f.Train, "photograph", ""), f.Val, english.Plural(f.Styles, "picture", "")+" of style", float64(f.Weights)/1e6, float64(f.Memory)/1e9, on)
	}
	text = fmt.Sprintf("%s: %s, %d for validation, %d for tests left alone; %.4g million weights, %.3g GB, %s\n%s",
		text, english.Plural(f.Train, "pair", ""), f.Val, f.Test, float64(f.Weights)/1e6, float64(f.Memory)/1e9, on, labelText(f.Labels))
	if f.SuggestedRange != "" && !f.Resumed {
		text += "\n" + rangeText(f.SuggestedRange)
	}
	return text
}

// rangeText offers a range to train with.
func rangeText(r string) string {
	return "--range " + r + " makes black to white of what the pictures use"
}

// labelText says which sides are treated as label pictures.
func labelText(labels string) string {
	switch labels {
	case "a", "b":
		return strings.ToUpper(labels) + " is treated as label pictures and resized to nearest pixels; --labels changes that"
	case "both":
		return "A and B are treated as label pictures and resized to nearest pixels; --labels changes that"
	}
	return "A and B are treated as photographs; --labels changes that"
}

func (l *trainListener) stepped(e train.Event) {
	text := numbers(e.Losses)
	if e.StepsPerSecond > 0 {
		text += fmt.Sprintf("  %.3g steps/s", e.StepsPerSecond)
	}
	if e.SecondsLeft > 0 {
		text += "  " + duration(e.SecondsLeft) + " left"
	}
	if l.terminal() {
		l.at(training, e.Step, max(e.Steps, e.Step), text)
		return
	}
	if l.due(e.Step == e.Steps) {
		l.say("step %d%s, epoch %d: %s", e.Step, of(e.Steps), e.Epoch, text)
	}
}

// due reports whether a line is due; at the end one always is.
func (l *trainListener) due(end bool) bool {
	now := time.Now()
	due := end || l.last.IsZero() || now.Sub(l.last) >= lineEvery
	if due {
		l.last = now
	}
	return due
}

// at moves the bar, after starting a new one if it shows something else.
func (l *trainListener) at(what string, n, total int, text string) {
	if l.what != what {
		l.finish()
		l.what = what
		if l.bar = l.progress(what, total); what == training {
			l.bar = l.plainProgress(what, total)
		}
	}
	l.bar.total(total)
	l.bar.at(n, text)
}

func (l *trainListener) clear() {
	if l.bar != nil {
		l.bar.clear()
	}
}

func (l *trainListener) finish() {
	if l.bar != nil {
		l.bar.clear()
		l.bar, l.what = nil, ""
	}
}

func of(steps int) string {
	if steps == 0 {
		return ""
	}
	return fmt.Sprintf(" of %d", steps)
}

// numbers is "d 0.693  gan 0.71" in the order of names.
func numbers(values map[string]float64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", name, values[name]))
	}
	return strings.Join(parts, "  ")
}

// duration formats seconds for people: 45s, 12m30s, 3h05m.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
