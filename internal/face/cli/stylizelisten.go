package cli

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"

	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// ownBytes is memory that the garbage collector does not count: the program itself.
const ownBytes = 32 << 20

// stylizeListener turns iterations into a bar on a terminal, into lines elsewhere, or
// into JSON.
type stylizeListener struct {
	*app
	bar     *bar
	last    time.Time
	history int // that was asked for
}

// keepPlan is hear for a run whose garbage may not grow beyond its plan.
func (l *stylizeListener) keepPlan(i stylize.Event) {
	if i.Kind == stylize.Planned {
		debug.SetMemoryLimit(i.Plan.Memory - ownBytes)
	}
	l.hear(i)
}

func (l *stylizeListener) hear(i stylize.Event) {
	if l.json {
		l.emit(i)
		return
	}
	switch i.Kind {
	case stylize.Warned:
		l.clear()
		l.warn(i.Text)
	case stylize.Planned:
		l.planned(i)
	case stylize.Iterated:
		l.iterated(i)
	case stylize.Pictured, stylize.Saved:
		l.clear()
		l.say("wrote %s", i.Path)
	case stylize.Ended:
		l.clear()
		l.say("%s in %s; loss %.5g (content %.4g, style %.4g)", english.Plural(i.Done, "iteration", ""), duration(i.Seconds), i.Losses.Total, i.Losses.Content, i.Losses.Style)
		l.say("wrote %s: %d×%d%s", i.Path, i.Width, i.Height, larger(i.Path))
	}
}

// larger says how a picture is made larger, if it says how it was made.
func larger(path string) string {
	if f, err := imgio.FormatOf(path); err != nil || f != imgio.PNG {
		return ""
	}
	return "; easel stylize continue makes it larger, with the same look"
}

func (l *stylizeListener) planned(i stylize.Event) {
	p := i.Plan
	const fetch = "easel weights fetch vgg19 (575 MB; to get them without easel, see easel weights --help)"
	switch {
	case p.Random:
		l.say("random weights copy texture and palette but do not recognise objects")
		l.say("  VGG-19's weights make better pictures: %s", fetch)
	case p.Small:
		l.say("network: %s", p.Network)
		l.say("  VGG-19's own weights make finer pictures, in twice the time: %s", fetch)
	default:
		l.say("network: %s", p.Network)
	}
	for n, s := range p.Stages {
		text := ""
		if s.Tiles.Tiles() > 1 {
			text = fmt.Sprintf(", in %d×%d tiles", s.Tiles.Rows, s.Tiles.Columns)
		}
		if s.Tiles.Joined != "" {
			text += " up to " + s.Tiles.Joined
		}
		l.say("stage %d: %d×%d, %s, %s of memory%s", n+1, s.Width, s.Height, english.Plural(s.Iterations, "iteration", ""), humanize.BytesN(uint64(s.Memory), 3), text)
	}
	if p.History > 0 && p.History < l.history {
		l.say("memory is short: L-BFGS remembers %s, not %d (--max-memory)", english.Plural(p.History, "step", ""), l.history)
	}
	if p.Resumed {
		l.say("going on after iteration %d", p.Done)
	}
}

func (l *stylizeListener) iterated(i stylize.Event) {
	text := fmt.Sprintf("loss %.5g  content %.4g  style %.4g", i.Losses.Total, i.Losses.Content, i.Losses.Style)
	if i.Losses.Variation > 0 {
		text += fmt.Sprintf("  tv %.4g", i.Losses.Variation)
	}
	text += "  about " + duration(i.SecondsLeft) + " left"
	if l.terminal() {
		if l.bar == nil {
			l.bar = l.plainProgress("painting", i.Total)
		}
		l.bar.at(i.Done, fmt.Sprintf("%d×%d  %s", i.Width, i.Height, text))
		return
	}
	now := time.Now()
	if l.last.IsZero() || now.Sub(l.last) >= lineEvery || i.Done == i.Total {
		l.last = now
		l.say("%d×%d, iteration %d of %d: %s", i.Width, i.Height, i.Done, i.Total, text)
	}
}

func (l *stylizeListener) clear() {
	if l.bar != nil {
		l.bar.clear()
	}
}
