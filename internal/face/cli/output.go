package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// emit writes an event as one line of JSON.
func (a *app) emit(event any) {
	if line, err := json.Marshal(event); err == nil {
		_, _ = fmt.Fprintf(a.Out, "%s\n", line)
	}
}

// say prints for people, on standard output, unless --quiet or --json is given.
func (a *app) say(format string, args ...any) {
	if !a.quiet && !a.json {
		_, _ = fmt.Fprintf(a.Out, format+"\n", args...)
	}
}

func (a *app) warn(text string) {
	if a.json {
		a.emit(map[string]any{"event": "warning", "text": text})
	} else if !a.quiet {
		_, _ = fmt.Fprintf(a.Err, "easel: warning: %s\n", text)
	}
}

// complain reports a failure that does not end the command. Many files may fail for the
// same reason: its hint is printed once.
func (a *app) complain(what string, err error) {
	text := err.Error()
	if !strings.HasPrefix(text, what+":") {
		text = what + ": " + text
	}
	_, _ = fmt.Fprintf(a.Err, "easel: error: %s\n", text)
	if advice := hintIn(err); advice != a.complaint {
		a.hintOf(err)
		a.complaint = advice
	}
}

// hintOf prints an error's hint, if it has one.
func (a *app) hintOf(err error) {
	if advice := hintIn(err); advice != "" {
		a.hint(advice)
	}
}

// hintIn is an error's own advice, or else advice for common errors of the system.
func hintIn(err error) string {
	switch own := hint.Of(err, flags{}); {
	case own != "":
		return own
	case atomicfile.NoSpace(err):
		return "make room on the disk, or choose another folder"
	case errors.Is(err, fs.ErrPermission):
		return "choose a folder that you may read and write"
	case errors.Is(err, syscall.ENOTDIR):
		return "there is a file where a folder should be: name another folder"
	}
	return ""
}

// flags spells options and commands in hints as they are typed.
type flags struct{}

func (flags) Option(name, value string) string {
	flag := "--" + strings.ReplaceAll(name, "_", "-")
	if value == "" {
		return flag
	}
	return flag + " " + quoted(value)
}

func (flags) Command(words string, options []string) string {
	return strings.Join(append([]string{"easel", words}, options...), " ")
}

// unquoted matches what a shell takes literally.
var unquoted = regexp.MustCompile(`^[\pL\pN%+,./:=@_…-]+$`)

// quoted quotes an argument so that it can be pasted into a shell.
func quoted(text string) string {
	if unquoted.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (a *app) hint(text string) { _, _ = fmt.Fprintf(a.Err, "easel: hint: %s\n", text) }

// terminal reports whether standard error, where bars are drawn, is a terminal.
func (a *app) terminal() bool {
	f, ok := a.Err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && !a.quiet && !a.json
}

// bar is a progress bar on a terminal, and nothing elsewhere. Its line is never wider
// than the terminal: a wider one would wrap, and be drawn again below itself.
type bar struct {
	*progressbar.ProgressBar
	app   *app
	width int // of the bar alone
	plain bool
}

// Widths, in columns.
const (
	narrow    = 70 // in narrower terminals, speed and time are left out
	usual     = 80 // of terminals that do not report a width
	plainRest = 12 // percent, frame and spaces
	itsRest   = 46 // and speed and times
)

// progress starts a bar that computes speed and time left by itself.
func (a *app) progress(what string, total int) *bar {
	return a.newBar(what, total, a.columns() < narrow)
}

// plainProgress starts a bar without speed and time, for callers that know them better:
// in a training, validations and checkpoints come between steps.
func (a *app) plainProgress(what string, total int) *bar { return a.newBar(what, total, true) }

func (a *app) newBar(what string, total int, plain bool) *bar {
	if !a.terminal() {
		return &bar{}
	}
	b := &bar{app: a, width: min(30, a.columns()/5), plain: plain}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(a.Err),
		progressbar.OptionSetWidth(b.width),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionClearOnFinish(),
	}
	if plain {
		options = append(options, progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
	} else {
		options = append(options, progressbar.OptionShowIts())
	}
	b.ProgressBar = progressbar.NewOptions(total, options...)
	b.Describe(b.fitted(what))
	return b
}

// columns is the current width of the terminal.
func (a *app) columns() int {
	if f, ok := a.Err.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return usual
}

// fitted is as much of a text as fits beside the bar.
func (b *bar) fitted(text string) string {
	rest := plainRest
	if !b.plain {
		rest = itsRest
	}
	room := b.app.columns() - b.width - rest - 2*len(strconv.FormatInt(max(b.GetMax64(), 0), 10))
	if runes := []rune(text); len(runes) > room {
		return string(runes[:max(room-1, 0)]) + "…"
	}
	return text
}

func (b *bar) total(n int) {
	if b.ProgressBar != nil && b.GetMax() != n {
		b.ChangeMax(n)
	}
}

func (b *bar) step(n int) {
	if b.ProgressBar != nil {
		_ = b.Add(n)
	}
}

// at sets the bar's position and the text beside it.
func (b *bar) at(n int, text string) {
	if b.ProgressBar != nil {
		b.Describe(b.fitted(text))
		_ = b.Set(n)
	}
}

func (b *bar) clear() {
	if b.ProgressBar != nil {
		_ = b.Clear()
	}
}

func (b *bar) finish() {
	if b.ProgressBar != nil {
		_ = b.Finish()
	}
}

// fileDone is one of many files: translated or prepared, or failed.
type fileDone struct {
	event, input, output string
	done, total          int
	err                  error
}

// fileDone reports a file; a failure does not end the command.
func (a *app) fileDone(bar *bar, f fileDone) {
	bar.step(1)
	if a.json {
		e := map[string]any{"event": f.event, "input": f.input, "output": f.output, "done": f.done, "total": f.total}
		if f.err != nil {
			e["event"], e["error"] = "failed", f.err.Error()
		}
		a.emit(e)
	}
	if f.err != nil {
		bar.clear()
		a.complain(f.input, f.err)
	}
}
