package experiment

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/near"
	"easel/internal/data/dataset"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/work/eval"
)

// plain is a cell of values without intervals.
func plain(values ...float64) Cell {
	var list []eval.Value
	for _, v := range values {
		list = append(list, eval.Value{Value: v})
	}
	return cellOf(list...)
}

// example is a report with everything in it.
func example(same bool) Report {
	t := Table{
		Title: "Scores", Note: "Judged by nobody.",
		Columns: []Column{{Key: "pixel", Title: "Per-pixel acc.", Better: "higher", Digits: 3}, {Key: "l1", Title: "L1", Better: "lower", Digits: 2}, {Key: "n", Title: "Number"}},
		Rows: []Row{
			{Name: "L1 + cGAN", Cells: map[string]Cell{"pixel": plain(0.5, 0.7), "l1": plain(0.25), "n": plain(3)}},
			{Name: "a | b <i>", Cells: map[string]Cell{"l1": plain(1)}},
		},
		Paper: &Published{Source: "A paper, Table 1", Data: "its data", Same: same, Rows: map[string]map[string]float64{"L1 + cGAN": {"pixel": 0.66}}},
	}
	r := Report{
		Experiment: "losses", Source: "A paper, Table 1", About: "which loss", Scale: Small(), Seed: 3,
		Data:  &Source{Train: 400, Judged: 53, Split: dataset.Test},
		Notes: []string{"A note."}, Tables: []Table{t},
		Sheets: []Sheet{{Title: "Pictures", Headings: []string{"input", "output"}, Rows: [][]*imgio.Picture{{imgio.New(2, 2, 3), nil}}}},
	}
	r.Setting = r.setting()
	return r
}

func TestTablesAsWritten(t *testing.T) {
	t.Parallel()
	for name, same := range map[string]bool{"same": true, "other": false} {
		r := example(same)
		got := r.markdown([]string{"losses-small-1.png"}) + "\n" + r.Text()
		golden(t, "table-"+name+".md", got)
	}
}

// golden compares with a file of testdata; EASEL_UPDATE writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("EASEL_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestThePageIsSelfContainedAndEscaped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := example(true).write(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(r.Page)
	if err != nil {
		t.Fatal(err)
	}
	// The plotter's banner says where it is from; nothing is loaded from there.
	page := strings.ReplaceAll(string(text), "/*! https://github.com/leeoniya/uPlot", "")
	for _, want := range []string{"0.600 ± 1.271", "0.66", "a | b &lt;i&gt;", "data:image/png;base64,", "A note."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{"http", "ZgotmplZ", "<i>"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	var again Report
	if err := readJSON(r.JSON, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Tables, again.Tables); diff != "" {
		t.Error(diff)
	}
}

func TestCellsOfSeeds(t *testing.T) {
	t.Parallel()
	if c := plain(2); c.Mean != 2 || c.Deviation != 0 || c.Seeds != 1 {
		t.Errorf("one: %+v", c)
	}
	// 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14 over 2.
	if c := plain(1, 2, 6); c.Mean != 3 || !near.Within(c.Deviation-math.Sqrt(7), 1e-12) || c.Seeds != 3 {
		t.Errorf("three: %+v", c)
	}
}

// TestMargins: one seed has the bootstrap's interval; three add Student's t with two degrees
// of freedom (4.302653), for independent errors.
func TestMargins(t *testing.T) {
	t.Parallel()
	between := func(v, low, high float64) eval.Value { return eval.Value{Value: v, Low: &low, High: &high} }
	if c := cellOf(between(2, 1.5, 2.7)); !near.Within(c.Margin-0.6, 1e-12) {
		t.Errorf("one seed: %+v", c)
	}
	if c := plain(2); c.Margin != 0 {
		t.Errorf("one seed without an interval: %+v", c)
	}
	seeds := 4.302652729911275 * math.Sqrt(7.0/3)
	if c := plain(1, 2, 6); !near.Within(c.Margin-seeds, 1e-9) {
		t.Errorf("three seeds: %+v, want %v", c, seeds)
	}
	if c := cellOf(between(1, 0, 2), between(2, 1, 3), between(6, 5, 7)); !near.Within(c.Margin-math.Hypot(1, seeds), 1e-9) {
		t.Errorf("three seeds with intervals: %+v", c)
	}
}

// TestCityscapes: as many pairs of something else are not Cityscapes.
func TestCityscapes(t *testing.T) {
	t.Parallel()
	s := &Source{Train: 2975, Judged: 500, Labels: dataset.LabelsB}
	if s.Cityscapes() {
		t.Error("numbers alone are enough")
	}
	if s.streets = true; !s.Cityscapes() {
		t.Error("numbers and colours are not enough")
	}
	known := palette.Known()
	if areStreets(known[0]) || !areStreets(known[1]) {
		t.Error("the palettes are not told")
	}
	bare := &palette.Palette{}
	for _, c := range known[1].Classes {
		bare.Classes = append(bare.Classes, palette.Class{Index: c.Index, Colour: c.Colour})
	}
	if !areStreets(bare) {
		t.Error("the colours are not known without names")
	}
}
