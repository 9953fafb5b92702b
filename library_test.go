package easel

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"easel/internal/data/prepare"
	"easel/internal/engine/backend"
	"easel/internal/engine/cpu"
	"easel/internal/engine/xla/install"
	"easel/internal/model/pix2pix"
	"easel/internal/model/weights"
	"easel/internal/model/zoo"
	"easel/internal/work/bench"
	"easel/internal/work/demo"
	"easel/internal/work/eval"
	"easel/internal/work/experiment"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/pull"
	"easel/internal/work/study"
	"easel/internal/work/stylize"
	"easel/internal/work/train"
	"easel/internal/work/translate"

	"github.com/google/go-cmp/cmp"
)

// TestTypesAreGenerated: types.go is what docs/library writes.
func TestTypesAreGenerated(t *testing.T) {
	t.Parallel()
	text, err := exec.Command("go", "run", "./docs/library", "-print").Output()
	if err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile("types.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != string(now) {
		t.Error("types.go is old: go generate .")
	}
}

// filled sets every field of a value to something that is not zero.
func filled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				filled(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		filled(v.Index(0))
		filled(v.Index(1))
	case reflect.Array:
		for i := range v.Len() {
			filled(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		filled(key)
		filled(value)
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem())
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(7)
	case reflect.Float64, reflect.Float32:
		v.SetFloat(0.7)
	}
}

// same checks that a value survives the way from its public form down and back, and that
// every public field has a counterpart.
func same[Below, Public any](t *testing.T) {
	t.Helper()
	var public Public
	filled(reflect.ValueOf(&public).Elem())
	below := convert[Below](public)
	again := convert[Public](below)
	unexported := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(public, again, unexported); diff != "" {
		t.Errorf("%T: %s", public, diff)
	}
}

// TestConversions: options keep all fields on the way down and back.
func TestConversions(t *testing.T) {
	t.Parallel()
	same[train.Options, TrainOptions](t)
	same[pix2pix.Config, Network](t)
	same[train.Event, TrainEvent](t)
	same[stylize.Options, StylizeOptions](t)
	same[stylize.Event, StylizeEvent](t)
	same[stylize.ResumeOptions, ResumeStylizeOptions](t)
	same[stylize.FrameOptions, StylizeFrames](t)
	same[stylize.Variant, StylizeVariant](t)
	same[stylize.Made, StylizeMade](t)
	same[eval.Options, EvaluationOptions](t)
	same[demo.Options, DemoOptions](t)
	same[experiment.Options, ExperimentOptions](t)
	same[experiment.Event, ExperimentEvent](t)
	same[figure.Options, StyleFigureOptions](t)
	same[figure.Event, StyleFigureEvent](t)
	same[translate.ModelOptions, ModelOptions](t)
	same[zoo.ImportOptions, ImportOptions](t)
	same[zoo.ExportOptions, ExportOptions](t)
	same[pull.Item, KnownItem](t)
	same[pull.Options, PullOptions](t)
	same[pull.Progress, PullProgress](t)
	same[pull.Result, Pulled](t)
	same[bench.Options, BenchOptions](t)
	same[backend.Report, BackendReport](t)
	same[weights.About, WeightsInfo](t)
	same[prepare.InspectOptions, InspectOptions](t)
	same[prepare.Options, PrepareOptions](t)
	same[prepare.LowresOptions, LowresOptions](t)
	same[prepare.LabelOptions, LabelOptions](t)
	same[weights.FetchOptions, FetchOptions](t)
	same[install.Options, InstallOptions](t)
	same[install.Progress, InstallProgress](t)
	same[study.Options, StudyOptions](t)
	same[study.Event, StudyEvent](t)
	same[study.Analysis, StudyAnalysis](t)
	same[study.Report, StudyReport](t)
	same[bench.Machine, Machine](t)
	same[cpu.Simulation, Simulation](t)
}

// TestPresets: every preset is valid, except for the missing pictures.
func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range TrainPresets() {
		o, err := TrainPreset(name)
		if err != nil {
			t.Fatal(err)
		}
		o.Data, o.Out, o.Network.Perceptual = "d", "o", 0
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range StylizePresets() {
		if _, err := StylizePreset(name); err != nil {
			t.Error(err)
		}
	}
}

// TestLength: the last length set counts, in Go and in JSON.
func TestLength(t *testing.T) {
	t.Parallel()
	for length, want := range map[Length]string{Epochs(2): `{"epochs":2}`, Steps(3): `{"steps":3}`, Duration(time.Second): `{"time_nanoseconds":1000000000}`} {
		text, err := length.MarshalJSON()
		if err != nil || string(text) != want {
			t.Errorf("%s, %v, want %s", text, err, want)
		}
		back := Epochs(9)
		if err := back.UnmarshalJSON(text); err != nil || back != length {
			t.Errorf("%v, %v, want %v", back, err, length)
		}
	}
}

// TestExamples: every function that returns an error has an example, which is compiled.
func TestExamples(t *testing.T) {
	t.Parallel()
	// These are used in the examples of other functions.
	without := map[string]bool{"ParseObjective": true, "TrainPreset": true, "StylizePreset": true, "StylizePresetFor": true, "WeightsPath": true, "StyleTrainDefaults": true, "MergeEvaluation": true, "StylizeVariants": true}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	examples := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			if example, ok := strings.CutPrefix(f.Name.Name, "Example"); ok {
				examples[example] = true
			}
			if results := f.Type.Results; f.Name.IsExported() && results != nil && fmt.Sprint(results.List[len(results.List)-1].Type) == "error" {
				verbs = append(verbs, f.Name.Name)
			}
		}
	}
	for _, name := range verbs {
		if !examples[name] && !without[name] {
			t.Errorf("%s has no example", name)
		}
	}
}

// TestErrNotFinite: for training and for style transfer.
func TestErrNotFinite(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&train.NotFiniteError{}, &stylize.LossError{}} {
		if err := public(fmt.Errorf("run: %w", err)); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%T is not ErrNotFinite", err)
		}
	}
}

// TestDocumentedCode: every line of code in README and in the package documentation is
// in an example, and so compiles.
func TestDocumentedCode(t *testing.T) {
	t.Parallel()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	examples := map[string]bool{}
	for line := range strings.Lines(read("example_test.go")) {
		examples[strings.TrimSpace(line)] = true
	}
	check := func(name, code string) {
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); line != "" && !examples[line] {
				t.Errorf("%s: %q is in no example", name, line)
			}
		}
	}
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read("README.md"), -1) {
		check("README.md", block[1])
	}
	for line := range strings.Lines(read("doc.go")) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			check("doc.go", code)
		}
	}
}
