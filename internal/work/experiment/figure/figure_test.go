package figure_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/stylize"
)

func waves(width, height int, seed float64) *imgio.Picture {
	p := imgio.New(width, height, 3)
	for i := range p.Pix {
		x, y, c := float64(i/3%width), float64(i/3/width), float64(i%3)
		p.Pix[i] = float32(0.5 + 0.4*math.Sin(x/(2+seed)+seed*c)*math.Cos(y/(5-seed)))
	}
	return p
}

func options(t *testing.T) figure.Options {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for i, name := range []string{"content.png", "style.png", "other.png"} {
		if err := imgio.Write(at(name), waves(70+10*i, 60, float64(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := weights.Write(at("vgg.safetensors"), vgg.Random(4, 1), weights.About{}); err != nil {
		t.Fatal(err)
	}
	base, err := stylize.Preset("easel")
	if err != nil {
		t.Fatal(err)
	}
	base.Weights, base.Size, base.Iterations, base.FinalIterations = at("vgg.safetensors"), 48, 3, 3
	return figure.Options{Content: at("content.png"), Styles: []string{at("style.png")}, Out: at("out"), Base: base}
}

// Each figure is there, with as many pictures as the paper's.
func TestFigures(t *testing.T) {
	t.Parallel()
	runs := map[string]int{"style-fig1": 10, "style-fig3": 2, "style-fig4": 4, "style-fig5": 2, "style-fig6": 6, "style-fig7": 1}
	o := options(t)
	for _, f := range figure.Figures() {
		q := o
		if f.Name == "style-fig3" {
			q.Styles = append(q.Styles, strings.Replace(o.Styles[0], "style.png", "other.png", 1))
		}
		result, err := figure.Run(context.Background(), f, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		made, labels := 0, map[string]bool{}
		for _, c := range result.Cells {
			if c.Result == nil {
				continue
			}
			made++
			labels[c.Label] = true
			if p, _, err := imgio.Read(c.Picture, imgio.ReadOptions{}); err != nil || p.Width != 48 {
				t.Errorf("%s: picture of %q: %v", f.Name, c.Label, err)
			}
			if !(c.Result.Losses.Total > 0) {
				t.Errorf("%s: %q has no loss", f.Name, c.Label)
			}
		}
		if made != runs[f.Name] || len(labels) != made {
			t.Errorf("%s has %d pictures with %d labels, the paper's %d", f.Name, made, len(labels), runs[f.Name])
		}
		sheet, _, err := imgio.Read(result.Sheet, imgio.ReadOptions{})
		if err != nil || sheet.Width < 3*150 {
			t.Errorf("%s: sheet %v", f.Name, err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(result.Sheet, "png") + "json")
		var back figure.Result
		if err != nil || json.Unmarshal(text, &back) != nil || len(back.Cells) != len(result.Cells) {
			t.Errorf("%s: numbers %.100s: %v", f.Name, text, err)
		}
	}
}

// More content weight keeps more of the content: Figure 4's order.
func TestSweepIsOrdered(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Base.Iterations, o.Base.FinalIterations = 15, 15
	f, err := figure.Find("style-fig4")
	if err != nil {
		t.Fatal(err)
	}
	result, err := figure.Run(context.Background(), f, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := math.Inf(1)
	for _, c := range result.Cells {
		if c.Result == nil {
			continue
		}
		distance := c.Result.Losses.Content / c.Options.Objective.ContentWeight
		if distance >= last {
			t.Errorf("%s: %g away from the content, %g with less weight", c.Label, distance, last)
		}
		last = distance
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	o := options(t)
	if _, err := figure.Find("style-fig2"); err == nil {
		t.Error("the diagram passes for a figure of pictures")
	}
	f, _ := figure.Find("style-fig5")
	for want, change := range map[string]func(o *figure.Options){
		"content picture": func(o *figure.Options) { o.Content = "" },
		"style picture":   func(o *figure.Options) { o.Styles = nil },
		"not 2":           func(o *figure.Options) { o.Styles = append(o.Styles, o.Styles[0]) },
		"iterations is 0": func(o *figure.Options) { o.Base.Iterations = 0 },
		"no such file":    func(o *figure.Options) { o.Content += "s" },
	} {
		q := o
		change(&q)
		if _, err := figure.Run(context.Background(), f, q, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
