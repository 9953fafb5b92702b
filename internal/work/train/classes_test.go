package train_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/data/dataset"
	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/train"
)

// facades are drawn pairs with the photograph left and the labels right.
func facades(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range count {
		labels, photo := facade.Generate(5, i, 32)
		p, err := imgio.SideBySide(photo, labels)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, string(rune('a'+i))+".png"), p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func labels(t *testing.T, data string) train.Options {
	o := tiny(t, data)
	o.Task = train.Labels
	return o
}

// TestLabels: classes are found, learned, validated and kept with the model.
func TestLabels(t *testing.T) {
	t.Parallel()
	o := labels(t, facades(t, 6))
	o.Length.Steps, o.ValEvery, o.Network.LearningRate = 60, 20, 2e-3
	var losses []float64
	var metrics map[string]float64
	mustTrain(t, o, func(e train.Event) {
		switch e.Kind {
		case train.Stepped:
			if len(e.Losses) != 1 {
				t.Errorf("losses %v", e.Losses)
			}
			losses = append(losses, e.Losses["cross_entropy"])
		case train.Validated:
			metrics = e.Metrics
		}
	})
	if first, last := mean(losses[:5]), mean(losses[55:]); last > 0.8*first {
		t.Errorf("cross-entropy goes from %v to %v", first, last)
	}
	if a, iou := metrics["accuracy"], metrics["iou"]; a < 0.2 || a > 1 || iou <= 0 || iou > a {
		t.Errorf("validation: %v", metrics)
	}
	for _, path := range []string{o.Out, filepath.Join(o.Out, "best.safetensors")} {
		m, err := stored.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if n := len(m.Config.Labels.Classes); n != m.Config.Network.OutputChannels || n < 8 {
			t.Errorf("%d classes, %d outputs", n, m.Config.Network.OutputChannels)
		}
		if m.Config.Images.TargetFilter != "nearest" || len(m.Training.Contents) == 0 {
			t.Errorf("%+v, %+v", m.Config.Images, m.Training)
		}
		if slices.ContainsFunc(m.Names(), func(n string) bool { return strings.HasPrefix(n, "discriminator") }) {
			t.Error("there is a discriminator")
		}
	}
	report, err := os.ReadFile(filepath.Join(o.Out, "report.html"))
	if err != nil || !strings.Contains(string(report), "class IoU") || !strings.Contains(string(report), "Cross-entropy") {
		t.Errorf("the report says nothing of classes: %v", err)
	}
}

// TestLabelsResume: the same bits as a run that was never stopped.
func TestLabelsResume(t *testing.T) {
	t.Parallel()
	data := facades(t, 5)
	whole, parts := labels(t, data), labels(t, data)
	parts.Length.Steps = 7
	mustTrain(t, whole, nil)
	mustTrain(t, parts, nil)
	mustTrain(t, resume(t, parts.Out, 12), nil)
	a, _ := weights(t, whole.Out)
	b, _ := weights(t, parts.Out)
	sameBits(t, a, b)
}

// TestLabelsIgnore: ignored classes are no outputs, and said to be ignored.
func TestLabelsIgnore(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "colours.txt")
	text := ""
	for i, c := range facade.Classes {
		text += fmt.Sprintf("%d %d %d %d %s\n", i, c.Colour[0], c.Colour[1], c.Colour[2], c.Name)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	o := labels(t, facades(t, 4))
	o.Palette, o.Ignore, o.Length.Steps = file, []string{"sky", "1"}, 2
	mustTrain(t, o, nil)
	m, err := stored.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := m.Config.Labels
	if len(l.Classes) != len(facade.Classes)-2 || len(l.Ignored) != 2 || l.Ignored[0].Name != "sky" || l.Ignored[1].Name != "wall" {
		t.Errorf("%+v", l)
	}
}

func TestLabelsRefuses(t *testing.T) {
	t.Parallel()
	data := facades(t, 4)
	wrong := filepath.Join(t.TempDir(), "wrong.txt")
	if err := os.WriteFile(wrong, []byte("0 255 0 255\n1 0 0 0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		edit       func(*train.Options)
		text, hint string
	}{
		"photographs": {func(o *train.Options) { o.Direction = dataset.BtoA.String() }, "classes of the targets", "Direction"},
		"palette":     {func(o *train.Options) { o.Palette = wrong }, "near one of it", ""},
		"ignored":     {func(o *train.Options) { o.Ignore = []string{"moon"} }, "moon", "there are"},
		"task":        {func(o *train.Options) { o.Task = "paint" }, "paint", ""},
		"translation": {func(o *train.Options) { o.Task, o.Palette = train.Translate, wrong }, "task labels", ""},
	} {
		o := labels(t, data)
		c.edit(&o)
		err := train.Train(t.Context(), o, nil)
		if err == nil || !strings.Contains(err.Error(), c.text) || !strings.Contains(hint(err), c.hint) {
			t.Errorf("%s: %v; %s", name, err, hint(err))
		}
	}
}
