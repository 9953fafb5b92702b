package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/base/strictjson"
	"easel/internal/data/dataset"
	"easel/internal/file/atomicfile"
	"easel/internal/model/stored"
)

// folder is a run folder.
type folder string

func (f folder) config() string      { return filepath.Join(string(f), "config.json") }
func (f folder) log() string         { return filepath.Join(string(f), "log.jsonl") }
func (f folder) report() string      { return filepath.Join(string(f), "report.html") }
func (f folder) best() string        { return filepath.Join(string(f), stored.BestFile) }
func (f folder) checkpoints() string { return filepath.Join(string(f), stored.CheckpointsFolder) }
func (f folder) samples() string     { return filepath.Join(string(f), "samples") }

// name is what people call the run: the last meaningful part of its path.
func (f folder) name() string {
	path, err := filepath.Abs(string(f))
	if err != nil {
		path = string(f)
	}
	for base := filepath.Base(path); base == "run" || base == "files"; base = filepath.Base(path) {
		path = filepath.Dir(path)
	}
	return filepath.Base(path)
}

// resume returns the placeholder of the command that continues the run.
func (f folder) resume() string {
	r, _ := f.read() // without one it is a run on pairs
	return hint.Run(r.Kind.command(), "resume", string(f))
}

func (f folder) checkpoint(step int) string { return stored.StepPath(f.checkpoints(), step) }

// saved reports whether there is a checkpoint to continue from. A run that was
// killed before its first one restarts from step 0.
func (f folder) saved() bool {
	_, _, err := stored.Latest(f.checkpoints())
	return !errors.Is(err, stored.ErrNone)
}

// labels returns the sides that the run has treated as label pictures so far, judging by
// the filters in its latest checkpoint. So a version of easel that recognises labels
// differently stays consistent. If nothing is known, it is LabelsAuto.
func (f folder) labels(o Options) dataset.Labels {
	path, _, err := stored.Latest(f.checkpoints())
	if err != nil || strings.EqualFold(o.PhotographFilter, o.LabelFilter) {
		return dataset.LabelsAuto
	}
	var c stored.Config
	h, err := stored.ReadHeader(path)
	if err != nil || h.DecodeConfig(&c) != nil {
		return dataset.LabelsAuto // restoring it will report what is wrong
	}
	a := strings.EqualFold(c.Images.InputFilter, o.LabelFilter)
	b := strings.EqualFold(c.Images.TargetFilter, o.LabelFilter)
	if strings.EqualFold(o.Direction, dataset.BtoA.String()) {
		a, b = b, a
	}
	return dataset.LabelsOf(a, b)
}

// sampleName returns the path of the samples of a step, relative to the run.
func sampleName(step int) string { return fmt.Sprintf("samples/step-%08d.png", step) }

// create makes the folders of a new run and checks that they are writable.
func (f folder) create() error {
	if _, _, err := stored.Latest(f.checkpoints()); err == nil {
		return hint.New(fmt.Errorf("%s already holds a run", f),
			"continue it: "+f.resume()+"; or choose another folder")
	}
	if path := f.foreign(); path != "" {
		return hint.New(fmt.Errorf("%s is in the way: a run would overwrite it, and nothing shows that easel wrote it", path),
			"choose another folder, or move the file away")
	}
	return f.prepare()
}

// foreign returns a file that a run would overwrite but that no earlier run left. A run
// writes its configuration first, and may start again before its first checkpoint.
func (f folder) foreign() string {
	if _, err := f.read(); err == nil {
		return ""
	}
	for _, path := range []string{f.config(), f.log(), f.report(), f.best()} {
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	for _, dir := range []string{f.samples(), f.checkpoints()} {
		if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
			return filepath.Join(dir, list[0].Name())
		}
	}
	return ""
}

// prepare makes the folders that a run needs and checks that they are writable.
func (f folder) prepare() error {
	for _, path := range []string{f.checkpoints(), f.samples()} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return hint.New(fmt.Errorf("run folder: %w", err), writable)
		}
		if err := probe(path); err != nil {
			return hint.New(fmt.Errorf("run folder cannot be written: %w", err), roomOr(err, writable))
		}
	}
	return nil
}

const writable = "choose a folder that you may write to"

// roomOr returns the advice for a full disk, or other advice if the disk is not full.
func roomOr(cause error, other string) string {
	if atomicfile.NoSpace(cause) {
		return "make room on the disk, or choose a folder on another one"
	}
	return other
}

func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe.*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 4096))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// record is config.json.
type record struct {
	Version int `json:"version"`
	// Kind says what is trained: "" is a network on pairs, with the options Options.
	Kind    runKind         `json:"kind,omitempty"`
	Options json.RawMessage `json:"options"`
	// Data describes the pictures and their split.
	Data dataset.Record `json:"data"`
}

// runKind distinguishes the runs of the package's verbs.
type runKind string

const (
	ofPairs runKind = ""
	ofStyle runKind = "style"
)

// what says what such runs learn.
func (k runKind) what() string {
	if k == ofStyle {
		return "a style"
	}
	return "from pairs"
}

// command returns the verb that trains such runs.
func (k runKind) command() string {
	if k == ofStyle {
		return "style train"
	}
	return "train"
}

const recordVersion = 1

func (f folder) write(kind runKind, options any, data dataset.Record) error {
	r := record{Version: recordVersion, Kind: kind, Data: data}
	var err error
	if r.Options, err = json.Marshal(options); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(f.config(), append(text, '\n'))
}

func (f folder) read() (record, error) {
	text, err := os.ReadFile(f.config())
	if errors.Is(err, fs.ErrNotExist) {
		return record{}, hint.New(fmt.Errorf("%s is not a run: %w", f, err), "a run is the output folder of a training")
	}
	if err != nil {
		return record{}, fmt.Errorf("read run: %w", err)
	}
	r, err := decodeRecord(text)
	if err != nil {
		return record{}, fmt.Errorf("%s: %w", f.config(), err)
	}
	return r, nil
}

func decodeRecord(text []byte) (record, error) {
	var r record
	if err := strictjson.Decode(text, &r); err != nil {
		return record{}, err
	}
	if r.Version != recordVersion {
		return record{}, fmt.Errorf("the run's configuration has version %d, but this version of easel reads %d", r.Version, recordVersion)
	}
	return r, nil
}

// into decodes the options of a run of the given kind over the defaults in o.
func (f folder) into(kind runKind, o any) (record, error) {
	r, err := f.read()
	if err != nil {
		return r, err
	}
	if r.Kind != kind {
		return r, hint.New(fmt.Errorf("%s is a run that learns %s", f, r.Kind.what()), "continue it: "+hint.Run(r.Kind.command(), "resume", string(f)))
	}
	if err := strictjson.Decode(r.Options, o); err != nil {
		return r, fmt.Errorf("%s: %w", f.config(), err)
	}
	return r, nil
}

// ResumeOptions returns the options of a run, ready to resume it.
func ResumeOptions(run string) (Options, error) {
	o := Default()
	if _, err := folder(run).into(ofPairs, &o); err != nil {
		return Options{}, err
	}
	o.Resume, o.Out = run, ""
	return o, nil
}

// changes lists the options that differ but must not.
func changes(before, now Options) (*option.Error, error) {
	var list []*option.Error
	if !before.sameStep(now) && before.Devices != now.Devices {
		list = append(list, option.Errorf("a step was %v, is %v", before.sharing(), now.sharing()))
	}
	if len(list) > 0 || before.sameStep(now) {
		now.Batch, now.Devices = before.Batch, before.Devices
	}
	changed, err := differences(before, now, now.Declared())
	return option.Join("; ", append(list, changed...)...), err
}

// differences lists the options of two structs that differ but must not.
func differences(before, now any, declared option.List) (list []*option.Error, err error) {
	was, err := flatten(before)
	if err != nil {
		return nil, err
	}
	is, err := flatten(now)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		o, known := declared.Find(key)
		if was[key] == is[key] || o.Resumable {
			continue
		}
		if !known {
			o.Name = option.Name{Key: key}
		}
		list = append(list, option.Errorf("%v was %s, is %s", o.Name, was[key], is[key]))
	}
	return list, nil
}

// flatten returns a value's JSON form with an entry for each leaf, such as network.width.
func flatten(v any) (map[string]string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	flat := map[string]string{}
	for key, value := range tree {
		if len(value) == 0 || value[0] != '{' {
			flat[key] = string(value)
			continue
		}
		below, err := flatten(value)
		if err != nil {
			return nil, err
		}
		for name, text := range below {
			flat[key+"."+name] = text
		}
	}
	return flat, nil
}
