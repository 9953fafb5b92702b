package imgio_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/imgio"
)

// TestEncodeFast: the same picture as Encode's, and the texts where others look
// for them: a chunk iTXt with its checksum, which Go's decoder verifies.
func TestEncodeFast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ channels, depth int }{{1, 8}, {1, 16}, {3, 8}, {3, 16}, {4, 8}, {4, 16}} {
		p := imgio.New(9, 5, c.channels)
		p.Depth, p.Alpha = c.depth, c.channels == 4
		for i := range p.Pix {
			p.Pix[i] = float32(i*i%37) / 36
		}
		var plain, fast bytes.Buffer
		if err := imgio.Encode(&plain, imgio.PNG, p); err != nil {
			t.Fatal(err)
		}
		if err := imgio.EncodeFast(&fast, imgio.PNG, p, imgio.Text{Keyword: "easel:seed", Text: "7"}, imgio.Text{Keyword: "Comment", Text: "façade"}); err != nil {
			t.Fatal(err)
		}
		want, _, err := imgio.Decode(&plain, "plain", imgio.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		data := fast.Bytes()
		got, _, err := imgio.Decode(bytes.NewReader(data), "fast", imgio.ReadOptions{})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		for _, text := range []string{"iTXteasel:seed\x00\x00\x00\x00\x007", "iTXtComment\x00\x00\x00\x00\x00façade"} {
			if !bytes.Contains(data, []byte(text)) {
				t.Errorf("no %q in %q", text, data)
			}
		}
	}
}
