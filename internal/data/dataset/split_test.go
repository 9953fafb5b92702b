package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSeededSplitIsAFunctionOfTheSeed(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, numbered("", ".png", 30)...)
	with := func(seed uint64) func(*Options) {
		return func(o *Options) { o.Seed, o.ValFraction = seed, 0.2 }
	}
	one, _ := open(t, dir, with(1))
	again, _ := open(t, dir, with(1))
	two, _ := open(t, dir, with(2))
	if one.Len(Val) != 6 || one.Len(Train) != 24 {
		t.Errorf("%d train, %d val", one.Len(Train), one.Len(Val))
	}
	if one.Record() != again.Record() || !slices.Equal(one.Names(Val), again.Names(Val)) {
		t.Error("the same seed splits differently")
	}
	if slices.Equal(one.Names(Val), two.Names(Val)) || one.Record().Fingerprint == two.Record().Fingerprint {
		t.Error("another seed splits the same")
	}
	r := one.Record()
	if r.Seed != 1 || r.Fraction != 0.2 || r.Train != 24 || r.Val != 6 || r.Layout != Flat || len(r.Fingerprint) != 64 {
		t.Errorf("%+v", r)
	}
}

// One more pair moves few of the others between the splits.
func TestSeededSplitIsStable(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, numbered("", ".png", 40)...)
	before, _ := open(t, dir, nil)
	write(t, filepath.Join(dir, "new.png"), noise(4, 2, 3, 999))
	after, _ := open(t, dir, nil)
	kept := 0
	for _, n := range after.Names(Val) {
		if slices.Contains(before.Names(Val), n) {
			kept++
		}
	}
	if kept < before.Len(Val)-1 {
		t.Errorf("%d of %d stayed", kept, before.Len(Val))
	}
}

func TestHoldOutTakesFromTrainOnly(t *testing.T) {
	t.Parallel()
	files := slices.Concat(numbered("train/", ".png", 10), numbered("test/t", ".png", 10))
	dir := folderOf(t, 4, 2, files...)
	asked, _ := open(t, dir, func(o *Options) { o.HoldOut = true })
	if asked.Len(Train) != 9 || asked.Len(Val) != 1 || asked.Len(Test) != 10 || asked.Record().Rule != RuleHeldOut {
		t.Errorf("%+v", asked.Record())
	}
	if strings.HasPrefix(asked.Names(Val)[0], "t") {
		t.Error("a test pair validates")
	}
	plain, _ := open(t, dir, nil)
	if plain.Len(Train) != 10 || plain.Len(Val) != 0 {
		t.Errorf("%+v", plain.Record())
	}
	write(t, filepath.Join(dir, "val/v.png"), noise(4, 2, 3, 1234))
	there, _ := open(t, dir, func(o *Options) { o.HoldOut = true })
	if there.Len(Train) != 10 || there.Len(Val) != 1 || there.Record().Rule != RuleFolders {
		t.Errorf("%+v", there.Record())
	}
}

// Copies of one file never end up on both sides of the seeded rule.
func TestCopiesStayTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 12 {
		write(t, fmt.Sprintf("%s/%d.png", dir, i), noise(4, 2, 3, uint64(i/4)))
	}
	for seed := range uint64(20) {
		d, _ := open(t, dir, func(o *Options) { o.Seed, o.ValFraction = seed, 0.3 })
		if d.Len(Val)%4 != 0 || d.Len(Val) == 0 {
			t.Errorf("seed %d: %d of 12 in val", seed, d.Len(Val))
		}
	}
}

func TestHeldOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var keys []digest
		for i, copies := range rapid.SliceOfN(rapid.IntRange(1, 4), 1, 20).Draw(t, "copies") {
			for range copies {
				keys = append(keys, digest{byte(i)})
			}
		}
		k := heldOut(keys, rapid.Float64Range(0.01, 0.99).Draw(t, "fraction"))
		switch {
		case k < 0 || k >= len(keys):
			t.Fatalf("%d of %d", k, len(keys))
		case k == 0 && keys[0] != keys[len(keys)-1]:
			t.Fatal("nothing is held out although it could be")
		case k > 0 && keys[k-1] == keys[k]:
			t.Fatal("copies are on both sides")
		}
	})
}

func TestLeaksAreSeenWithoutDecoding(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, "train/a.png", "train/b.png", "val/v.png")
	write(t, dir+"/test/t.png", noise(4, 2, 3, 1)) // is train/b.png
	writeBytes(t, dir+"/test/broken.png", []byte("nobody decodes this"))
	use := func(o *Options) { o.Use = []Split{Train, Val} }
	_, r, err := tryOpen(dir, use)
	if err == nil || len(r.Problems) != 1 || r.Problems[0].Kind != Leak || r.Problems[0].File != "train/b.png" {
		t.Fatalf("%v %+v", err, r.Problems)
	}
	d, _ := open(t, dir, func(o *Options) { use(o); o.SkipBad = true })
	if d.Len(Train) != 1 || d.Len(Test) != 2 {
		t.Errorf("%+v", d.Record())
	}
}

func TestEqualContentWithoutLeakIsAWarning(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, "A/train/x.png", "B/train/x.png", "B/test/y.png", "A/val/v.png", "B/val/v.png", "A/test/v.png", "B/test/v.png")
	write(t, dir+"/A/test/y.png", noise(4, 2, 3, 0)) // A of train/x
	write(t, dir+"/A/test/v.png", noise(4, 2, 3, 3)) // all of val/v
	write(t, dir+"/B/test/v.png", noise(4, 2, 3, 4))
	_, r := open(t, dir, nil)
	for _, want := range []string{"with a different B", "in both val and test"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("no %q in %s", want, r)
		}
	}
}

func TestAssertApart(t *testing.T) {
	t.Parallel()
	p := pair{candidate{name: "x", a: []string{"test/x.png"}}, inspection{content: digest{1}}}
	if assertApart(map[Split][]pair{Train: {p}, Test: {p}}) == nil || assertApart(map[Split][]pair{Train: {p}, Val: {p}}) == nil {
		t.Error("a leak passes")
	}
	if err := assertApart(map[Split][]pair{Train: {p, p}}); err != nil {
		t.Error(err)
	}
}

func TestVerifyTellsWhatChanged(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, "train/a.png", "train/b.png", "val/v.png", "test/t.png")
	first, _ := open(t, dir, nil)
	saved := first.Record()
	expect := func(what, text string) {
		t.Helper()
		d, _ := open(t, dir, nil)
		err := d.Record().Verify(saved)
		switch {
		case text == "" && err != nil:
			t.Errorf("%s: %v", what, err)
		case text != "" && (err == nil || !strings.Contains(err.Error(), text) || hintOf(err) == ""):
			t.Errorf("%s: error %v", what, err)
		}
	}
	expect("nothing", "")
	write(t, dir+"/test/more.png", noise(4, 2, 3, 50))
	expect("a test pair", "")
	write(t, dir+"/train/a.png", noise(4, 2, 3, 51))
	expect("content", "contents")
	write(t, dir+"/train/c.png", noise(4, 2, 3, 52))
	expect("a pair", "3 train")
	other := saved
	other.Fingerprint, other.Seed = "x", 9
	if err := saved.Verify(other); err == nil || !strings.Contains(err.Error(), "seed 9") {
		t.Error(err)
	}
	var problems *ProblemsError
	if errors.As(saved.Verify(other), &problems) {
		t.Error("a changed set is no list of problems")
	}
}

func TestRenamingChangesTheFingerprint(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 4, 2, "train/a.png", "val/v.png")
	before, _ := open(t, dir, nil)
	if err := os.Rename(dir+"/train/a.png", dir+"/train/z.png"); err != nil {
		t.Fatal(err)
	}
	after, _ := open(t, dir, nil)
	if before.Fingerprint() == after.Fingerprint() || before.Fingerprint(Val) != after.Fingerprint(Val) {
		t.Error("fingerprints do not follow the names")
	}
}

// Fewer training pairs are part of more, and what validates stays the same.
func TestFewerTrainingPairs(t *testing.T) {
	t.Parallel()
	files := slices.Concat(numbered("train/", ".png", 20), numbered("test/t", ".png", 3))
	dir := folderOf(t, 4, 2, files...)
	keep := func(n int) *Dataset {
		d, r := open(t, dir, func(o *Options) { o.HoldOut, o.TrainPairs = true, n })
		if r.Train != d.Len(Train) || d.Record().Train != d.Len(Train) {
			t.Errorf("%d kept: %d in the report", n, r.Train)
		}
		return d
	}
	all, five, nine, many := keep(0), keep(5), keep(9), keep(100)
	if five.Len(Train) != 5 || nine.Len(Train) != 9 || many.Len(Train) != all.Len(Train) || all.Len(Train) != 18 {
		t.Errorf("%d, %d, %d and %d pairs", five.Len(Train), nine.Len(Train), many.Len(Train), all.Len(Train))
	}
	for _, n := range five.Names(Train) {
		if !slices.Contains(nine.Names(Train), n) {
			t.Errorf("%s is not among the nine", n)
		}
	}
	if !slices.Equal(five.Names(Val), all.Names(Val)) || !slices.Equal(five.Names(Test), all.Names(Test)) {
		t.Error("other pairs validate or test")
	}
	if five.Record().Fingerprint == nine.Record().Fingerprint {
		t.Error("two sets have one fingerprint")
	}
	if _, _, err := tryOpen(dir, func(o *Options) { o.TrainPairs = -1 }); err == nil {
		t.Error("a negative number was taken")
	}
}
