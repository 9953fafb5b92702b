package stylize

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/base/strictjson"
	"easel/internal/data/sheet"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// Variant is one way to paint: styles with their weights, under a name.
type Variant struct {
	Name   string
	Styles []Style
}

// Variants says how to paint if styles may be folders, each picture in which is a style of
// its own, or if a strip of pictures leads from the first of two styles to the second.
// Otherwise there is one variant, without a name.
func Variants(styles []Style, strip int) ([]Variant, error) {
	if strip == 0 && !slices.ContainsFunc(styles, func(s Style) bool { return isFolder(s.Path) }) {
		return []Variant{{Styles: styles}}, nil
	}
	if slices.ContainsFunc(styles, func(s Style) bool { return s.Weight != styles[0].Weight }) {
		return nil, option.Errorf("weights mix styles in one picture; they have no effect on folders and strips")
	}
	if strip > 0 {
		return stripOf(styles, strip)
	}
	var list []Variant
	for _, s := range styles {
		paths, err := imgio.Find(s.Path)
		if err != nil {
			return nil, fmt.Errorf("style pictures: %w", err)
		}
		for _, path := range paths {
			list = append(list, Variant{nameOf(path), []Style{{Path: path, Weight: 1, Mask: s.Mask}}})
		}
	}
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name
	}
	return list, distinct(names)
}

// maxStrip catches typing errors.
const maxStrip = 1000

func stripOf(styles []Style, count int) ([]Variant, error) {
	if len(styles) != 2 || count < 2 || count > maxStrip {
		return nil, option.Errorf("a strip has 2 to %d pictures between two styles, not %d between %d", maxStrip, count, len(styles))
	}
	var list []Variant
	for i := range count {
		t := float64(i) / float64(count-1)
		v := Variant{Name: fmt.Sprintf("%.3f", t)}
		for k, weight := range []float64{1 - t, t} {
			if weight > 0 {
				s := styles[k]
				s.Weight = weight
				v.Styles = append(v.Styles, s)
			}
		}
		list = append(list, v)
	}
	return list, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// nameOf is a picture's name without folder and ending.
func nameOf(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// distinct reports names that are the same, on systems that do not tell cases apart, too.
func distinct(names []string) error {
	seen := map[string]bool{}
	for _, name := range names {
		if key := strings.ToLower(name); seen[key] {
			return fmt.Errorf("two pictures are called %s, so their results would have one name", name)
		}
		seen[strings.ToLower(name)] = true
	}
	return nil
}

// SheetFile is the name of the sheet of all results of Every.
const SheetFile = "sheet.png"

// everyFile records which results were made from what.
const everyFile = ".easel-stylize.json"

// Made counts the results of Every.
type Made struct {
	// Painted are new; Kept were made by an earlier call, in the same way.
	Painted, Kept int
}

// Every paints each content in each variant, as Run does, into out/VARIANT/CONTENT.png, or
// out/CONTENT.png for a variant without a name, and a sheet of all. Options.Content is a
// picture or a folder of them. What an earlier call made in the same way is kept, and what
// was interrupted goes on.
func Every(ctx context.Context, o Options, variants []Variant, out string, notify func(Event)) (Made, error) {
	// Records say by which network; what the default is may have changed when they are read.
	if err := o.resolveWeights(); err != nil {
		return Made{}, fmt.Errorf("stylize: %w", err)
	}
	contents, err := imgio.Find(o.Content)
	if err != nil {
		return Made{}, fmt.Errorf("content pictures: %w", err)
	}
	names := make([]string, len(contents))
	for i, path := range contents {
		names[i] = nameOf(path)
	}
	if err := distinct(names); err != nil {
		return Made{}, err
	}
	isSheet := func(name string) bool { return strings.EqualFold(name, nameOf(SheetFile)) }
	if i := slices.IndexFunc(names, isSheet); i >= 0 && slices.ContainsFunc(variants, func(v Variant) bool { return v.Name == "" }) {
		return Made{}, hint.New(fmt.Errorf("%s: its result would be %s, which is the sheet of all results", contents[i], SheetFile), "rename it")
	}
	e := &every{options: o, out: out, notify: notify, records: map[string]record{}}
	if err := e.readRecords(); err != nil {
		return Made{}, err
	}
	var columns []string
	rows := make([][]*imgio.Picture, len(contents))
	for _, v := range variants {
		columns = append(columns, v.Name)
		for i, content := range contents {
			p, err := e.paint(ctx, content, v)
			if err != nil {
				return e.made, err
			}
			small, err := sheet.Thumbnail(p)
			if err != nil {
				return e.made, err
			}
			rows[i] = append(rows[i], small)
		}
	}
	return e.made, e.sheet(sheet.Labelled(rows, names, columns))
}

// every is a call of Every in progress.
type every struct {
	options Options
	out     string
	notify  func(Event)
	records map[string]record // by result, a path below out with slashes
	made    Made
}

// record says how a result was made, or is being made.
type record struct {
	Way  string `json:"way"` // identifies options and pictures
	Done bool   `json:"done"`
}

func (e *every) readRecords() error {
	path := filepath.Join(e.out, everyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = strictjson.Decode(text, &e.records)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (e *every) record(name string, r record) error {
	e.records[name] = r
	return atomicfile.Write(filepath.Join(e.out, everyFile), func(w io.Writer) error { return json.NewEncoder(w).Encode(e.records) })
}

// paint paints one content in one variant, or returns what is there already.
func (e *every) paint(ctx context.Context, content string, v Variant) (*imgio.Picture, error) {
	o := e.options
	o.Content, o.Styles = content, v.Styles
	o.Out = filepath.Join(e.out, v.Name, nameOf(content)+".png")
	name, err := filepath.Rel(e.out, o.Out)
	if err != nil {
		return nil, err
	}
	name = filepath.ToSlash(name)
	way, before := o.way(), e.records[name]
	_, missing := os.Lstat(o.Out)
	same := before.Way == way && missing == nil
	if same && before.Done && !o.Force {
		p, _, err := imgio.Read(o.Out, imgio.ReadOptions{})
		e.made.Kept++
		return p, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	leave, err := atomicfile.Folder(filepath.Dir(o.Out))
	if err != nil {
		return nil, fmt.Errorf("stylize: folder of the results: %w", err)
	}
	defer leave()
	if before.Way != way && missing == nil && !o.Force {
		return nil, hint.New(fmt.Errorf("%s: %w", o.Out, fs.ErrExist), "overwrite it with {force}, or choose another {out}")
	}
	if before.Way != way && (before.Way != "" || o.Force) { // what was interrupted then is of other options
		if err := os.Remove(o.checkpoint()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := e.record(name, record{Way: way}); err != nil {
		return nil, err
	}
	p, err := o.runOrResume(ctx, same && !before.Done, e.notify)
	if err != nil {
		return nil, err
	}
	e.made.Painted++
	return p, e.record(name, record{Way: way, Done: true})
}

// runOrResume goes on from the checkpoint of an interrupted run, if there is one.
func (o Options) runOrResume(ctx context.Context, begun bool, notify func(Event)) (*imgio.Picture, error) {
	if _, err := os.Stat(o.checkpoint()); begun && err == nil {
		p, _, err := Resume(ctx, ResumeOptions{Checkpoint: o.checkpoint(), Force: o.Force, MaxMemory: o.MaxMemory, Threads: o.Threads, Backend: o.Backend}, notify)
		return p, err
	}
	o.Force = o.Force || begun
	p, _, err := Run(ctx, o, notify)
	return p, err
}

// way identifies what determines a result: the options, and the state of the files.
func (o Options) way() string {
	sum := sha256.New()
	for _, path := range o.sources() {
		if info, err := os.Stat(path); path != "" && err == nil {
			fmt.Fprintf(sum, "%s %d %d\n", filepath.Base(path), info.Size(), info.ModTime().UnixNano())
		}
	}
	for _, text := range o.made() {
		fmt.Fprintln(sum, text.Text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// sheet writes the sheet, over an older one of its own.
func (e *every) sheet(p *imgio.Picture) error {
	path := filepath.Join(e.out, SheetFile)
	if _, err := os.Lstat(path); err == nil && !e.records[SheetFile].Done && !e.options.Force {
		return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "overwrite it with {force}, or choose another {out}")
	}
	if err := imgio.Write(path, p); err != nil {
		return err
	}
	return e.record(SheetFile, record{Done: true})
}
