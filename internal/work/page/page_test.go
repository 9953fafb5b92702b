package page

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"easel/internal/file/imgio"
)

func TestPicture(t *testing.T) {
	t.Parallel()
	p := imgio.New(3, 2, 3)
	p.Pix[4] = 1
	url, err := Picture(p)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := strings.CutPrefix(string(url), "data:image/png;base64,")
	if !ok {
		t.Fatal(url)
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := imgio.Decode(bytes.NewReader(text), "p", imgio.ReadOptions{})
	if err != nil || q.Width != 3 || q.Height != 2 || q.Pix[4] != 1 || q.Pix[5] != 0 {
		t.Errorf("%v, %v", q, err)
	}
	if _, err := Picture(imgio.New(1, 1, 7)); err == nil {
		t.Error("seven channels are a PNG")
	}
}

func TestSVG(t *testing.T) {
	t.Parallel()
	p := plot.New()
	p.Title.Text = "<script>"
	text, err := SVG(p, 5*vg.Centimeter, 4*vg.Centimeter)
	if err != nil || !strings.HasPrefix(string(text), "<svg") || strings.Contains(string(text), "<script>") {
		t.Errorf("%.200s %v", text, err)
	}
}
