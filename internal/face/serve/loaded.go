package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sync"

	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// loaded is the state of a model's file at one time: a run that is being trained
// has another file after its next checkpoint.
type loaded struct {
	path  string
	file  *stored.Model // or else
	style *stored.Style
	hash  func() string // SHA-256 of the file
	uses  sync.WaitGroup

	mu         sync.Mutex
	translates *translate.Translator // nil before the first picture
	brush      brush                 // that it paints with, without the picture
}

func load(path string) (l *loaded, err error) {
	l = &loaded{path: path, hash: sync.OnceValue(func() string { return hashOf(path) })}
	l.file, err = stored.OpenMapped(path)
	if errors.Is(err, stored.ErrStyle) {
		l.style, err = stored.OpenStyle(path)
	}
	if err != nil {
		return nil, err
	}
	go l.hash() // so that the first picture does not wait for it
	return l, nil
}

// hashOf is a file's SHA-256, or why there is none.
func hashOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err.Error()
	}
	return hex.EncodeToString(h.Sum(nil))
}

// programShare is the part of the memory that one network at work may take: a
// translator keeps two, for pictures that come upright and lying.
const programShare = 2 * keepLoaded

// brush is a style's picture and how much of it is taken; the zero value is a network's
// own style.
type brush struct {
	picture  *imgio.Picture
	name     string // of the picture, which tells it from others
	strength float64
}

// translator has the weights on a device. One for a style's picture is made anew for
// another one; it is the caller's turn then, so that nobody uses the old one.
func (l *loaded) translator(o Options, b brush) (*translate.Translator, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.translates != nil && (l.brush.name != b.name || l.brush.strength != b.strength) {
		old := l.translates
		l.translates = nil
		if err := old.Close(); err != nil {
			return nil, err
		}
	}
	if l.translates != nil {
		return l.translates, nil
	}
	t, err := l.open(o, b)
	if err == nil {
		l.translates, l.brush = t, brush{name: b.name, strength: b.strength}
	}
	return t, err
}

func (l *loaded) open(o Options, b brush) (*translate.Translator, error) {
	threads, limit := backend.Options{Threads: o.Threads}, translate.Options{MaxMemory: o.MaxMemory / programShare}
	if l.style == nil {
		return translate.Load(l.file, o.Backend, threads, limit)
	}
	d, err := backend.Open(o.Backend, threads)
	if err != nil {
		return nil, err
	}
	style := translate.StyleOptions{Strength: b.strength}
	if b.picture != nil {
		style.Pictures = []*imgio.Picture{b.picture}
	}
	return translate.NewStyle(d, l.style.Network, l.style, style, limit)
}

// close waits for those who use it.
func (l *loaded) close() error {
	l.uses.Wait()
	var errs []error
	if l.translates != nil {
		errs = append(errs, l.translates.Close())
	}
	if l.style != nil {
		return errors.Join(append(errs, l.style.Close())...)
	}
	return errors.Join(append(errs, l.file.Close())...)
}
