package inspection

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/data/prepare"
	"easel/internal/file/imgio"
)

func write(t *testing.T, r *prepare.Inspection) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "look")
	if err := Write(out, "data/pairs & more/", r); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, PageFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPage: the page has the verdict, the pairs with their names as captions and
// alternative texts, and the facts of both sides.
func TestPage(t *testing.T) {
	t.Parallel()
	facts := prepare.SideFacts{Sizes: []prepare.Count{{What: "8×8", Pictures: 2}, {What: "9×9", Pictures: 1}}, Most: 1, Mean: 0.25}
	text := write(t, &prepare.Inspection{
		Layout: "side-by-side", Pairs: map[string]int{"train": 2, "val": 1, "test": 0}, A: facts, B: facts, Labels: "a",
		Warnings:   []string{"a warning <b>"},
		Duplicates: []prepare.Duplicate{{First: "train/one", Second: "val/three", Bits: 3}},
		Shown: []prepare.Shown{
			{Split: "train", Name: "one", Picture: imgio.New(16, 8, 3)}, {Split: "val", Name: "three", Picture: imgio.New(16, 8, 3)},
		},
	})
	for _, want := range []string{
		"Pairs in pairs &amp; more", "training can begin", "2 pairs to train on, 1 for validation and 0 for tests (side-by-side)", "a warning &lt;b&gt;",
		"<h2>Validation pairs</h2>", "1 of 2 pairs", "All pairs", `alt="pair one, A beside B"`, "<figcaption>three</figcaption>", "8×8 (2), 9×9 (1)", "<td>yes</td><td>no</td>",
		"<code>train/one</code> and <code>val/three</code>: 3 of 128 bits differ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(text, "data:image/png;base64,"); n != 2 {
		t.Errorf("%d pictures", n)
	}
}

// TestProblems: problems come first, each with its file, and advice once.
func TestProblems(t *testing.T) {
	t.Parallel()
	text := write(t, &prepare.Inspection{Problems: []prepare.Problem{{File: "a.png", Text: "is broken", Hint: "remove it"}, {File: "b.png", Text: "is broken", Hint: "remove it"}}})
	if !strings.Contains(text, "2 problems:") || !strings.Contains(text, "<code>b.png</code>: is broken") || strings.Count(text, "remove it") != 1 || strings.Contains(text, "Both sides") {
		t.Error(text[strings.Index(text, "<body>"):])
	}
}
