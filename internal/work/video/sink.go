package video

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"easel/internal/base/hint"
	"easel/internal/file/ffmpeg"
	"easel/internal/file/imgio"
)

// sink takes painted frames, and keeps what the next call needs to go on.
type sink interface {
	// check reports, before a frame is painted, that put would overwrite a file.
	check(f frame) error
	// put writes a painted frame, whose samples are as they can be written.
	put(f frame, p *imgio.Picture) error
	// keep makes the state one of all frames so far.
	keep() error
	// last is the latest frame.
	last() (*imgio.Picture, error)
	// finish gives the output its name. It reports whether sound had to be encoded again.
	finish(ctx context.Context) (recoded bool, err error)
}

// resume returns the output and its state, which is empty if there is nothing to go on
// from.
func (o *Options) resume(made string) (sink, *state, error) {
	if o.toVideo() {
		return o.resumeFilm(made)
	}
	return o.resumeFiles(made)
}

// exists is the error for what must not be overwritten.
func exists(path string) error {
	return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "overwrite it with {force}, or choose another {out}")
}

// stateFile is the name of the state in a folder of frames, and partsState in one of parts.
const (
	stateFile  = ".easel-video.json"
	partsState = "state.json"
)

// files is a folder of painted frames.
type files struct {
	dir   string
	state *state
	next  int // the frame that an interrupted call may have written without recording it
}

func (o *Options) resumeFiles(made string) (*files, *state, error) {
	s, err := readState(filepath.Join(o.Out, stateFile))
	if err != nil {
		return nil, nil, err
	}
	f := &files{dir: o.Out, state: &s, next: s.Done}
	if s.Made != made || o.Force {
		s, f.next = state{Made: made, Forced: o.Force}, -1
	}
	return f, &s, nil
}

// path is where what is painted of a frame is written; pictures like p decide the ending.
func (f *files) path(in frame, p *imgio.Picture) string {
	name := in.name
	if name == "" {
		name = fmt.Sprintf("%06d", f.state.Done+1)
	}
	return filepath.Join(f.dir, name+imgio.FormatFor(p).Ending())
}

// free reports a file at path that no call like this one has made.
func (f *files) free(path string) error {
	if _, err := os.Lstat(path); err == nil && !f.state.Forced && f.state.Done != f.next {
		return exists(path)
	}
	return nil
}

// check takes the frame's own kind for that of what will be painted.
func (f *files) check(in frame) error { return f.free(f.path(in, in.picture)) }

func (f *files) put(in frame, p *imgio.Picture) error {
	path := f.path(in, p)
	if err := f.free(path); err != nil {
		return err
	}
	if err := imgio.Write(path, p); err != nil {
		return err
	}
	f.state.Done++
	f.state.Last = filepath.Base(path)
	return f.keep()
}

// keep leaves the record of an earlier call alone until there is something to go on from.
func (f *files) keep() error {
	if f.state.Done == 0 && !f.state.Forced {
		return nil
	}
	return f.state.write(filepath.Join(f.dir, stateFile))
}

func (f *files) last() (*imgio.Picture, error) { return readLast(f.dir, f.state) }

func (f *files) finish(context.Context) (bool, error) {
	f.state.Complete = true
	return false, f.keep()
}

func readLast(dir string, s *state) (*imgio.Picture, error) {
	p, _, err := imgio.Read(filepath.Join(dir, s.Last), imgio.ReadOptions{})
	if err != nil {
		return nil, hint.New(fmt.Errorf("the latest painted frame: %w", err), "begin anew with {force}")
	}
	return p, nil
}

// partFrames is how many frames a part has. What is not in a complete part is lost if the
// process is killed.
const partFrames = 60

// parts is a video that grows in parts, in a folder beside its place.
type parts struct {
	out, dir string
	limited  bool // not all of the input's time is painted
	state    *state
	source   source // says the unit of time, once a frame is read, and has the sound
	writer   *ffmpeg.Writer
	latest   *imgio.Picture
	count    int // frames in the part that grows
}

func (o *Options) resumeFilm(made string) (*parts, *state, error) {
	p := &parts{out: o.Out, dir: o.partsFolder(), limited: o.First > 1 || o.Last > 0 || o.From > 0 || o.To > 0}
	s, err := readState(filepath.Join(p.dir, partsState))
	if err != nil {
		return nil, nil, err
	}
	goesOn := s.Made == made && !o.Force
	if _, err := os.Lstat(o.Out); err == nil && !o.Force && !(goesOn && s.Forced) {
		return nil, nil, exists(o.Out)
	}
	if !goesOn {
		if s.Made != "" && !o.Force {
			return nil, nil, hint.New(fmt.Errorf("%s has parts that were painted with other options, or of another video", p.dir),
				"repeat the command that made them to go on, or begin anew with {force}")
		}
		if err := p.clear(); err != nil {
			return nil, nil, err
		}
		s = state{Made: made, Forced: o.Force}
	}
	p.state = &s
	return p, &s, nil
}

// aPart matches the names of parts, and of the pictures of their latest frames.
var aPart = regexp.MustCompile(`^(part-([0-9]{5,}|all)|last-[0-9]{6,})\.[A-Za-z0-9]+$`)

// clear removes the parts and their state.
func (p *parts) clear() error {
	list, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		name := e.Name()
		if !aPart.MatchString(name) && name != partsState && name != ffmpeg.ListFile {
			continue
		}
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// check has nothing to report: resumeFilm has looked.
func (p *parts) check(frame) error { return nil }

func (p *parts) put(f frame, picture *imgio.Picture) error {
	if p.writer == nil {
		if err := p.begin(f, picture); err != nil {
			return err
		}
	}
	if err := p.writer.Put(picture, f.ticks); err != nil {
		return err
	}
	p.latest, p.state.Latest = picture, f.ticks
	if p.count++; p.count == partFrames {
		return p.keep()
	}
	return nil
}

// begin begins a part with a frame.
func (p *parts) begin(f frame, picture *imgio.Picture) error {
	form := ffmpeg.Form{Width: picture.Width, Height: picture.Height, Depth: 8, Scale: p.source.scale(), Step: p.source.step()}
	if picture.Depth > 8 {
		form.Depth = 16
	}
	if len(p.state.Parts) == 0 {
		p.state.First, p.state.Scale, p.state.Step = f.ticks, form.Scale, form.Step
	}
	name := fmt.Sprintf("part-%05d%s", len(p.state.Parts)+1, filepath.Ext(p.out))
	writer, err := ffmpeg.Create(filepath.Join(p.dir, name), form)
	if err != nil {
		return err
	}
	p.writer = writer
	p.state.Parts = append(p.state.Parts, part{name, f.ticks})
	return nil
}

// keep ends the part that grows.
func (p *parts) keep() error {
	if p.writer == nil {
		return nil
	}
	writer := p.writer
	p.writer = nil
	err, latest := writer.Close(), len(p.state.Parts)-1
	path := filepath.Join(p.dir, p.state.Parts[latest].Name)
	if p.count == 0 { // its first frame could not be written, which put has reported
		p.state.Parts = p.state.Parts[:latest]
		_ = os.Remove(path)
		return nil
	}
	if err != nil {
		return err
	}
	if err := synced(path); err != nil {
		return err
	}
	before := p.state.Last
	p.state.Done += p.count
	p.state.Last = fmt.Sprintf("last-%06d%s", p.state.Done, imgio.FormatFor(p.latest).Ending())
	p.count = 0
	if err := imgio.Write(filepath.Join(p.dir, p.state.Last), p.latest); err != nil {
		return err
	}
	if err := p.state.write(filepath.Join(p.dir, partsState)); err != nil {
		return err
	}
	if before != "" {
		return os.Remove(filepath.Join(p.dir, before))
	}
	return nil
}

func (p *parts) last() (*imgio.Picture, error) { return readLast(p.dir, p.state) }

func (p *parts) finish(ctx context.Context) (recoded bool, err error) {
	s := p.state
	var list []ffmpeg.Part
	for i, one := range s.Parts {
		piece := ffmpeg.Part{Path: filepath.Join(p.dir, one.Name)}
		if i < len(s.Parts)-1 {
			piece.Ticks = s.Parts[i+1].Ticks - one.Ticks
		}
		list = append(list, piece)
	}
	sound := ffmpeg.Sound{Path: p.source.sound()}
	first := float64(s.First) / float64(s.Scale)
	if p.limited {
		sound.From, sound.To = max(first, 0), float64(s.Latest+s.Step)/float64(s.Scale)
	} else {
		sound.Delay = first
	}
	whole := filepath.Join(p.dir, "part-all"+filepath.Ext(p.out))
	if recoded, err = ffmpeg.Join(ctx, list, s.Scale, sound, whole); err != nil {
		return false, err
	}
	if err := synced(whole); err != nil {
		return false, err
	}
	if err := os.Rename(whole, p.out); err != nil {
		return false, err
	}
	if err := p.clear(); err != nil {
		return false, err
	}
	_ = os.Remove(p.dir) // fails where a stranger has put something
	return recoded, nil
}

// synced flushes a file to the disk.
func synced(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
