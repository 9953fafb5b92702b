// Package bulk translates as many pictures as a place has, from one place to another.
//
//	in, err := blobs.Open(ctx, "s3://bucket/labels/")
//	out, err := blobs.Open(ctx, "s3://bucket/photos/")
//	result, err := bulk.Run(ctx, model, in, out, bulk.Options{}, notify)
//
// Run goes through the listing of the place in batches. Outputs have the names that
// translate.Files would give them. When a batch is done, a record of it is written to the
// output place: which pictures, in which state, and which of them failed and why. A second
// Run does the rest: new and changed pictures, those of a batch that was not finished, and
// those that failed.
//
// RunElsewhere has the batches done by others, such as workers on other machines, which call
// Serve. Their size follows from what was measured: all that is around a batch takes less than
// a fiftieth of its time. Whoever does them, the outputs and records are of one kind, so that
// runs of both kinds continue each other.
//
// # Guarantees
//
// Memory hardly grows with the pictures: of each there is a hash of its output's name, and
// of each batch its record, together about 40 bytes a picture. Every output is written whole
// or not at all. A place with files that are not of the same job is refused without Force,
// and so are places of which one contains the other in such a way that outputs could replace
// inputs. If a place fails for a while, a picture is tried again; one that cannot be
// translated does not stop the others; if nothing can be read or written any more, the run
// ends.
//
// The records are files of .easel-translated/ in the output place: job.json says what the
// job is, and each other file is a record, whose name is the hash of the name of the batch's
// first picture.
package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"time"

	"easel/internal/base/hint"
	"easel/internal/file/blobs"
	"easel/internal/file/imgio"
	"easel/internal/work/translate"
)

// Place is where pictures are, such as a blobs.Place.
type Place interface {
	// String is the address.
	String() string
	// List returns the files whose names begin with a prefix, always in the same order.
	List(ctx context.Context, under string) iter.Seq2[blobs.Object, error]
	// Read returns a file; fs.ErrNotExist if there is none.
	Read(ctx context.Context, name string) ([]byte, error)
	// Write stores a whole file, or nothing.
	Write(ctx context.Context, name string, data []byte) error
	Remove(ctx context.Context, name string) error
}

// Translator is what makes the pictures, such as a translate.Model.
type Translator interface {
	// Stream translates a picture from r to w.
	Stream(ctx context.Context, r io.Reader, w io.Writer, o translate.FileOptions) ([]imgio.Warning, error)
	// OutputFormat is the format of the translations with these options.
	OutputFormat(o translate.FileOptions) (imgio.Format, error)
	// Signature identifies the model, its options and these.
	Signature(o translate.FileOptions) (string, error)
}

// Options say how to translate many pictures.
type Options struct {
	// Files are as for translate.Files, but the format cannot be "same", and there are no
	// stacks.
	Files translate.FileOptions
	// Threads that the translator works with, by which time becomes core-hours.
	Threads int
}

// These decide what is lost if the process is killed, and what records cost: a record is
// written after so many pictures, or after so long. Elsewhere batches may be larger, with
// names of so many bytes, which travel with them.
const (
	batchPictures = 256
	batchTime     = time.Minute
	mostPictures  = 1024
	mostNames     = 128 << 10
)

// Event reports a picture, or the progress of the listing.
type Event struct {
	// Listed is the number of pictures found so far, while they are counted; the other
	// fields are empty then.
	Listed int
	// Done of Total pictures, with those that an earlier run did.
	Done, Total int
	// Kept is how many of them an earlier run did; the event of a batch that it did whole
	// has no Input.
	Kept          int
	Input, Output string
	Warnings      []imgio.Warning
	Err           error
	Pace
}

// Pace is how fast it goes.
type Pace struct {
	Rate      float64       // pictures a second
	Left      time.Duration // at this rate
	CoreHours float64       // of this run, so far
}

// Result is the outcome.
type Result struct {
	Translated, Kept, Failed int
	// LeftOut counts and names pictures in unsupported formats; empty if there are none.
	LeftOut string
	Pace
}

// Run translates the pictures of a place into another and reports each to notify, which may
// be nil. It fails before the first if the places or the options cannot be used. When ctx
// ends, what was done is recorded.
func Run(ctx context.Context, t Translator, in, out Place, o Options, notify func(Event)) (Result, error) {
	return runAll(ctx, t, in, out, o, nil, notify)
}

func runAll(ctx context.Context, t Translator, in, out Place, o Options, there Elsewhere, notify func(Event)) (Result, error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if o.Files.Stack || o.Files.Format == "same" {
		return Result{}, errors.New("bulk: pictures are translated one by one, into one format")
	}
	r := &run{translator: t, in: in, out: out, Options: o, notify: notify, now: time.Now}
	r.here = &here{translator: t, in: in, out: out, files: o.Files, heard: r.count, now: r.now, pause: time.Second}
	r.coreHours = func(elapsed time.Duration) float64 { return elapsed.Hours() * float64(max(o.Threads, 1)) }
	var err error
	if r.format, err = t.OutputFormat(o.Files); err != nil {
		return Result{}, err
	}
	if r.beside, err = apart(in, out); err != nil {
		return Result{}, err
	}
	anew, err := r.enter(ctx)
	if err != nil {
		return Result{}, err
	}
	if err := r.survey(ctx); err != nil {
		return Result{}, err
	}
	if anew { // now that there is something to do
		if err := r.begin(ctx); err != nil {
			return Result{}, err
		}
	}
	r.began = r.now()
	if there == nil {
		err = r.work(ctx)
	} else {
		err = r.spread(ctx, there)
	}
	r.result.LeftOut, r.result.Pace = imgio.LeftOut(r.leftOut), r.pace()
	return r.result, err
}

// run is a Run under way.
type run struct {
	Options
	translator Translator
	in, out    Place
	here       *here
	format     imgio.Format
	// beside is the output place's name in the input place, if it is there.
	beside string
	job    Job

	total    int             // pictures
	repeated map[uint64]bool // hashes of names that differ in their endings only
	leftOut  []string        // pictures in formats that easel does not read
	records  map[string]record

	mu     sync.Mutex // guards what follows, and calls of notify
	notify func(Event)
	result Result
	began  time.Time
	now    func() time.Time
	// coreHours are those of a run so far.
	coreHours func(elapsed time.Duration) float64
}

// apart says where the output place is in the input place, and refuses places where an
// output could replace an input.
func apart(in, out Place) (beside string, err error) {
	a, b := blobs.WithSlash(in.String()), blobs.WithSlash(out.String())
	if a == b || strings.HasPrefix(a, b) {
		return "", hint.New(fmt.Errorf("the outputs in %s could replace the pictures of %s", out, in), "choose another place with {out}")
	}
	if beside, ok := strings.CutPrefix(b, a); ok {
		return beside, nil
	}
	return "", nil
}

// visible lists the files of the input place, without hidden ones and those of the output
// place.
func (r *run) visible(ctx context.Context) iter.Seq2[blobs.Object, error] {
	return func(yield func(blobs.Object, error) bool) {
		for o, err := range r.in.List(ctx, "") {
			if err == nil && (hidden(o.Name) || r.beside != "" && strings.HasPrefix(o.Name, r.beside)) {
				continue
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// hidden reports whether a file, or a folder that it is in, is hidden.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }

// output is the name of the output of a picture.
func (r *run) output(name string) string {
	return translate.OutputName(name, r.format, func(stem string) bool { return r.repeated[hashOf(stem)] })
}

// pace is the pace so far.
func (r *run) pace() Pace {
	elapsed := r.now().Sub(r.began)
	done := r.result.Translated + r.result.Failed
	p := Pace{CoreHours: r.coreHours(elapsed)}
	if elapsed > 0 && done > 0 {
		p.Rate = float64(done) / elapsed.Seconds()
		p.Left = time.Duration(float64(max(r.total-r.done(), 0)) / p.Rate * float64(time.Second)).Round(time.Second)
	}
	return p
}

func (r *run) done() int { return r.result.Translated + r.result.Kept + r.result.Failed }

// progress is an Event with the counts.
func (r *run) progress() Event {
	return Event{Done: r.done(), Total: max(r.total, r.done()), Kept: r.result.Kept, Pace: r.pace()}
}
