package serve

import (
	"errors"
	"os"
	"slices"
	"sync"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/digest"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// loaded is a model's file at one time: during training, each checkpoint replaces the file.
type loaded struct {
	path  string
	size  int64         // of the file
	file  *stored.Model // or, of a style network,
	style *stored.Style
	hash  func() string // returns the SHA-256 of the file
	uses  sync.WaitGroup

	mu         sync.Mutex
	translates *translate.Translator // nil before the first picture
	brush      brush                 // of the translator, without its picture
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
	if info, err := os.Stat(path); err == nil {
		l.size = info.Size()
	}
	go l.hash() // so that the first picture does not wait for it
	return l, nil
}

// hashOf returns a file's SHA-256, or why there is none.
func hashOf(path string) string {
	sum, err := digest.File(path)
	if err != nil {
		return err.Error()
	}
	return sum
}

// programShare is the share of the memory that one network at work may take. A translator
// keeps two, for upright and for landscape pictures.
const programShare = 2 * keepLoaded

// brush is a style, by its picture or as one of those that the network has learned, and how
// strongly it is applied; the zero value is the network's own style, or its first.
type brush struct {
	picture  *imgio.Picture
	name     string // identifies the picture, or is the learned style's
	strength float64
}

// translator returns the model with its weights on a device. Another style's picture needs
// a new one; the caller then has the turn, so nobody uses the old one.
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
	precision, err := device.ParsePrecision(o.Precision)
	if err != nil {
		return nil, err
	}
	on, limit := backend.Options{Threads: o.Threads, Precision: precision}, translate.Options{MaxMemory: o.MaxMemory / programShare}
	if l.style == nil {
		return translate.Load(l.file, o.Backend, on, limit)
	}
	d, err := backend.Open(o.Backend, on)
	if err != nil {
		return nil, err
	}
	style := translate.StyleOptions{Strength: b.strength}
	if b.picture != nil {
		style.Pictures = []*imgio.Picture{b.picture}
	}
	if i := l.learned(b.name); i >= 0 {
		style.Weights = make([]float64, len(l.style.Styles))
		style.Weights[i] = 1
	}
	return translate.NewStyle(d, l.style.Network, l.style, style, limit)
}

// learned returns the place of a style among several that the network has learned, −1 if it
// is none of them.
func (l *loaded) learned(name string) int {
	if l.style == nil || l.style.Network.Learned() < 2 {
		return -1
	}
	return slices.IndexFunc(l.style.Styles, func(p stored.StylePicture) bool { return p.Name == name })
}

// memory returns the bytes of its networks.
func (l *loaded) memory() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.translates == nil {
		return 0
	}
	return l.translates.Memory()
}

// close waits for its users.
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
