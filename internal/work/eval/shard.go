package eval

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"

	"easel/internal/base/hint"
	"easel/internal/base/shard"
	"easel/internal/base/strictjson"
	"easel/internal/engine/backend"
	"easel/internal/file/atomicfile"
	"easel/internal/file/digest"
	"easel/internal/model/stored"
)

// PartFile is the file that WriteShard writes.
const PartFile = "part.jsonl.gz"

// partVersion is that of PartFile.
const partVersion = 2

// partHeader is the first line of a part: what all parts must have in common, and which one
// it is. After it there is a line for each subject and pair of the shard, in this order.
type partHeader struct {
	Version int         `json:"version"`
	Shard   shard.Shard `json:"shard"`
	Options Options     `json:"options"`
	// Pairs is the number of pairs in the whole split, and Fingerprint identifies it.
	Pairs       int    `json:"pairs"`
	Fingerprint string `json:"fingerprint"`
	// Files are the SHA-256 of all that judge or are judged, by the paths in the options.
	Files map[string]string `json:"files"`
	// Bits names what decides the bits of the numbers on the machine.
	Bits string `json:"bits"`
}

type partLine struct {
	Subject int `json:"subject"`
	Pair    int `json:"pair"`
	additions
	// Bad says why the pair is left out.
	Bad string `json:"bad,omitempty"`
}

// vector is written as the bits of its numbers, little-endian, in base64.
type vector []float64

// MarshalText is for package json.
func (v vector) MarshalText() ([]byte, error) {
	bits := make([]byte, 0, 8*len(v))
	for _, x := range v {
		bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(x))
	}
	return base64.StdEncoding.AppendEncode(nil, bits), nil
}

// UnmarshalText is for package json.
func (v *vector) UnmarshalText(text []byte) error {
	bits, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil || len(bits)%8 != 0 {
		return errors.New("not base64 of numbers")
	}
	*v = make(vector, len(bits)/8)
	for i := range *v {
		(*v)[i] = math.Float64frombits(binary.LittleEndian.Uint64(bits[8*i:]))
	}
	return nil
}

// WriteShard measures the pairs of one shard and writes what they add to the sums into a
// folder: a part, for Merge. An earlier one is replaced only with force. It needs the whole
// data folder, because what is judged, and how, depends on all of it.
func WriteShard(ctx context.Context, o Options, part shard.Shard, dir string, force bool, notify func(Event)) error {
	if part.Number < 1 || part.Number > part.Of {
		return fmt.Errorf("shard %d of %d: they are counted from 1", part.Number, part.Of)
	}
	path := filepath.Join(dir, PartFile)
	if _, err := os.Lstat(path); err == nil && !force {
		return hint.New(fmt.Errorf("%s already has a part of an evaluation", dir), "overwrite it with {force}, or choose another folder with {out}")
	}
	return set(ctx, o, notify, func(e *evaluator, all []candidate) error {
		header, err := e.header(all)
		if err != nil {
			return err
		}
		header.Shard = part
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("write a part: %w", err)
		}
		return atomicfile.Write(path, func(w io.Writer) error {
			packed := gzip.NewWriter(w)
			lines := json.NewEncoder(packed)
			if err := lines.Encode(header); err != nil {
				return err
			}
			if err := e.writeShard(ctx, all, part, lines); err != nil {
				return err
			}
			return packed.Close()
		})
	})
}

func (e *evaluator) header(all []candidate) (partHeader, error) {
	o := e.Options
	o.Threads = 0 // which change no number
	h := partHeader{Version: partVersion, Options: o, Pairs: e.data.Len(e.split), Fingerprint: e.data.Fingerprint(e.split)}
	bits, err := backend.Bits(e.Backend)
	if err != nil {
		return h, err
	}
	h.Bits, _ = backend.Precisions(bits)
	h.Files, err = e.hashes(all)
	return h, err
}

// hashes are the SHA-256 of the models and of the other files in the options.
func (o Options) hashes(all []candidate) (map[string]string, error) {
	sums := map[string]string{}
	for _, c := range all {
		sum, err := digest.File(c.path)
		if err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		sums[c.name] = sum
	}
	names := []string{o.Scorer, o.Perceptual, o.Palette}
	for _, text := range o.Features {
		file, _, err := splitFeatures(text)
		if err != nil {
			return nil, err
		}
		names = append(names, file)
	}
	for _, name := range names {
		if name == "" || sums[name] != "" {
			continue
		}
		path, err := stored.Find(name) // the model of a run; other files are themselves
		if err != nil {
			return nil, err
		}
		if sums[name], err = digest.File(path); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return sums, nil
}

// difference says what other than the shard's number differs; it is empty if nothing does.
func (h partHeader) difference(o partHeader) string {
	for _, name := range slices.Sorted(maps.Keys(h.Files)) {
		if sum, ok := o.Files[name]; ok && sum != h.Files[name] {
			return name + " is another file"
		}
	}
	switch {
	case h.Shard.Of != o.Shard.Of:
		return fmt.Sprintf("one is of %d shards, one of %d", h.Shard.Of, o.Shard.Of)
	case h.Fingerprint != o.Fingerprint || h.Pairs != o.Pairs:
		return h.Options.Data + " has other pairs"
	case !reflect.DeepEqual(h.Options, o.Options):
		return "their options differ"
	case h.Bits != o.Bits:
		return fmt.Sprintf("numbers differ in their last digits between %s and %s", h.Bits, o.Bits)
	}
	return ""
}

// writeShard writes the lines of all subjects.
func (e *evaluator) writeShard(ctx context.Context, all []candidate, part shard.Shard, lines *json.Encoder) error {
	if e.scorer != nil {
		if err := e.writeSubject(ctx, e.targets(), part, lines); err != nil {
			return err
		}
	}
	for number, c := range all {
		if err := c.subject(e, number, func(s *subject) error { return e.writeSubject(ctx, s, part, lines) }); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluator) writeSubject(ctx context.Context, s *subject, part shard.Shard, lines *json.Encoder) error {
	from, to := part.Bounds(e.data.Len(e.split))
	for i := from; i < to; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, a, err := e.measure(ctx, s, i)
		line := partLine{Subject: s.number, Pair: i, additions: a}
		if e.SkipBad && errors.As(err, new(unreadable)) {
			line.Bad, err = err.Error(), nil
			e.skip(e.data.Names(e.split)[i], line.Bad)
		}
		if err != nil {
			return err
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
		e.notify(Event{Stage: Judging, Model: s.Name, Done: i + 1 - from, Total: to - from})
	}
	return nil
}

// Merge makes one evaluation from the parts of all shards, which are folders or files. The
// numbers are those that Evaluate gives, to the bit, however many shards there are: the
// additions of the pictures are added up in the order of the set. Data and models must be
// where they were, since the page shows some pictures; threads is as in Options.
func Merge(ctx context.Context, files []string, threads int, notify func(Event)) (made *Evaluation, err error) {
	all, err := openParts(files)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	o := all.parts[0].header.Options
	o.Threads = threads
	err = set(ctx, o, notify, func(e *evaluator, candidates []candidate) error {
		now, err := e.header(candidates)
		if err != nil {
			return err
		}
		if err := all.fit(now); err != nil {
			return err
		}
		e.parts = all
		if made, err = e.evaluate(ctx, candidates); err != nil {
			return err
		}
		return all.ended()
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// parts are those of all shards, in order.
type parts struct{ parts []*part }

// part is a file that is read line by line, as far as is needed.
type part struct {
	path   string
	file   *os.File
	lines  *bufio.Reader
	header partHeader
}

func openParts(files []string) (p *parts, err error) {
	p = &parts{}
	for _, f := range files {
		one, err := openPart(f)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.parts = append(p.parts, one)
	}
	if err := p.whole(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func openPart(path string) (*part, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, PartFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a part of an evaluation: %w", err)
	}
	p := &part{path: path, file: f}
	packed, err := gzip.NewReader(f)
	if err == nil {
		p.lines = bufio.NewReader(packed)
		err = p.begin()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s is not a part of an evaluation: %w", path, err), f.Close())
	}
	return p, nil
}

// begin reads the header.
func (p *part) begin() error {
	text, err := p.line()
	if err != nil {
		return err
	}
	var of struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	if of.Version != partVersion {
		return fmt.Errorf("it has version %d, and this easel merges version %d: measure the shard again", of.Version, partVersion)
	}
	if err := strictjson.Decode(text, &p.header); err != nil {
		return err
	}
	if h := p.header; h.Shard.Number < 1 || h.Shard.Number > h.Shard.Of || h.Pairs < 1 {
		return fmt.Errorf("shard %d/%d of %d pairs", h.Shard.Number, h.Shard.Of, h.Pairs)
	}
	return nil
}

// next decodes the next line.
func (p *part) next(line any) error {
	text, err := p.line()
	if err != nil {
		return err
	}
	return strictjson.Decode(text, line)
}

func (p *part) line() ([]byte, error) {
	text, err := p.lines.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("it ends early: %w", err)
	}
	return text, nil
}

// whole puts the parts in order and reports what is missing, or there twice.
func (p *parts) whole() error {
	if len(p.parts) == 0 {
		return errors.New("there are no parts to merge")
	}
	slices.SortStableFunc(p.parts, func(a, b *part) int { return a.header.Shard.Number - b.header.Shard.Number })
	first := p.parts[0]
	var missing []string
	next := 1
	for _, q := range p.parts {
		if differs := first.header.difference(q.header); differs != "" {
			return fmt.Errorf("%s and %s are not of the same evaluation: %s", first.path, q.path, differs)
		}
		if q.header.Shard.Number < next {
			return fmt.Errorf("shard %d/%d is there twice, in %s", q.header.Shard.Number, q.header.Shard.Of, q.path)
		}
		for ; next < q.header.Shard.Number; next++ {
			missing = append(missing, strconv.Itoa(next))
		}
		next++
	}
	for ; next <= first.header.Shard.Of; next++ {
		missing = append(missing, strconv.Itoa(next))
	}
	if len(missing) > 0 {
		return hint.New(fmt.Errorf("of %d shards these are missing: %s", first.header.Shard.Of, abridged(missing)), "make each with {run evaluate} and {shard}")
	}
	return nil
}

// fit reports data, files or a machine that are not those of the parts.
func (p *parts) fit(now partHeader) error {
	was := p.parts[0].header
	now.Shard = was.Shard
	if differs := was.difference(now); differs != "" {
		return fmt.Errorf("merge: since the parts were made something has changed: %s", differs)
	}
	return nil
}

// take returns the next additions, which must be those of a subject and a pair.
func (p *parts) take(s *subject, pair int) (additions, error) {
	for _, q := range p.parts {
		if from, to := q.header.Shard.Bounds(q.header.Pairs); pair < from || pair >= to {
			continue
		}
		var line partLine
		err := q.next(&line)
		if err == nil && (line.Subject != s.number || line.Pair != pair) {
			err = fmt.Errorf("pair %d of %s is missing", pair, s.Name)
		}
		if err == nil && line.Bad == "" && (len(line.Sums) != len(s.judges) || len(line.Features) != len(s.features)) {
			err = fmt.Errorf("pair %d of %s has other measures", pair, s.Name)
		}
		if err != nil {
			return additions{}, fmt.Errorf("%s is damaged: %w", q.path, err)
		}
		if line.Bad != "" {
			return additions{}, unreadable{errors.New(line.Bad)}
		}
		return line.additions, nil
	}
	return additions{}, fmt.Errorf("merge: no part has pair %d", pair)
}

// ended reports a part that goes on after its last pair, or whose checksum, which is at its
// end, is not that of what was read.
func (p *parts) ended() error {
	for _, q := range p.parts {
		_, err := q.lines.ReadByte()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err == nil {
			err = errors.New("it goes on after its last pair")
		}
		return fmt.Errorf("%s is damaged: %w", q.path, err)
	}
	return nil
}

func (p *parts) close() error {
	var errs []error
	for _, q := range p.parts {
		errs = append(errs, q.file.Close())
	}
	return errors.Join(errs...)
}
