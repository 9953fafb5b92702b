package serve

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"testing"
	"testing/fstest"

	"easel/internal/work/page"
)

// TestSamplesAreInside: a page is given pictures of its own run alone, and not more than
// there is room for.
func TestSamplesAreInside(t *testing.T) {
	t.Parallel()
	run := fstest.MapFS{"config.json": {Data: []byte("secret")}, "samples/step-3.png": {Data: []byte("three")}}
	text, err := page.Slides([]page.Slide{{Source: "config.json"}, {Source: "../x.png"}, {Source: "samples/step-2.png"}, {Source: "/samples/step-3.png"}, {Source: "samples/step-3.png", Title: `<"3">`}})
	if err != nil {
		t.Fatal(err)
	}
	want := `data-slides="` + template.HTMLEscapeString(`[{"src":"data:image/png;base64,dGhyZWU=","title":"\u003c\"3\"\u003e"}]`) + `"`
	if got := string(withSamples([]byte("before "+string(text)), run, 100)); !strings.HasPrefix(got, "before <figure ") || !strings.Contains(got, want) {
		t.Errorf("%s\nhas not %s", got, want)
	}
	for _, text := range []string{`<figure data-slides="no">`, "", `data-slides="`} {
		if got := withSamples([]byte(text), run, 100); string(got) != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}

	var list []page.Slide
	for i := range 9 {
		name := fmt.Sprintf("samples/step-%d.png", i)
		run[name] = &fstest.MapFile{Data: bytes.Repeat([]byte{byte(i)}, 30)}
		list = append(list, page.Slide{Source: name, Title: fmt.Sprint(i)})
	}
	titles := ""
	for _, s := range inline(list, run, 100) {
		titles += s.Title
	}
	if titles != "048" {
		t.Errorf("of nine pictures, with room for three, there are %s", titles)
	}
}
