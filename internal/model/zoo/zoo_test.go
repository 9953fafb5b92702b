package zoo

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
)

// A layout and its inverse bring every number back, and a kernel's place in
// theirs is a permutation.
func TestLayouts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := place{
			layout:    layout(rapid.IntRange(int(outInRows), int(rowsOutIn)).Draw(t, "layout")),
			skipFirst: rapid.Bool().Draw(t, "skip first"), reverseOut: rapid.Bool().Draw(t, "reverse out"),
		}
		p.reverseIn = !p.skipFirst && rapid.Bool().Draw(t, "reverse in")
		own := []int{2, 3, 2 * rapid.IntRange(1, 3).Draw(t, "in"), rapid.IntRange(1, 4).Draw(t, "out")}
		data := make([]float32, own[0]*own[1]*own[2]*own[3])
		for i := range data {
			data[i] = float32(i)
		}
		theirs := p.toTheirs(data, own)
		sorted := slices.Clone(theirs)
		slices.Sort(sorted)
		if !slices.Equal(sorted, data) {
			t.Fatal("not a permutation")
		}
		if !slices.Equal(p.fromTheirs(theirs, own), data) {
			t.Fatal("there and back is something else")
		}
	})
}

// Of [decoder, skip] in easel's order the decoder's half is the port's last.
func TestSkipFirst(t *testing.T) {
	t.Parallel()
	p := place{layout: inOutRows, skipFirst: true}
	if got := p.fromTheirs([]float32{1, 2, 3, 4}, []int{1, 1, 4, 1}); !slices.Equal(got, []float32{3, 4, 1, 2}) {
		t.Errorf("%v", got)
	}
}

func write(t *testing.T, tensors ...safetensors.Tensor) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := safetensors.Write(path, nil, tensors); err != nil {
		t.Fatal(err)
	}
	return path
}

func tensor(name string, shape ...int) safetensors.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return safetensors.Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
}

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// What is not known is listed with its shapes and the nearest network, and never
// taken for something.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tensors    []safetensors.Tensor
		want, hint string
	}{
		"nothing of ours": {[]safetensors.Tensor{tensor("encoder.w", 2, 3)}, "not match any known network", "encoder.w [2 3]"},
		"near":            {[]safetensors.Tensor{tensor("model.model.9.weight", 2), tensor("y", 1)}, "the nearest is a U-Net of the PyTorch port, with 1 of 2 names", "model.model.9.weight [2]"},
		"a level too few": {[]safetensors.Tensor{tensor("model.model.0.weight", 1, 3, 4, 4), tensor("model.model.3.weight", 2, 3, 4, 4)}, "1 levels", ""},
	} {
		path := write(t, c.tensors...)
		_, err := Import(path, ImportOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(hintOf(err), c.hint) {
			t.Errorf("%s: %v; %s", name, err, hintOf(err))
		}
	}
}

// One tensor more, less, or of another shape is another network.
func TestEveryTensorCounts(t *testing.T) {
	t.Parallel()
	s, err := open(filepath.Join("testdata", "unet_batch.pth"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var whole []safetensors.Tensor
	for _, n := range s.names {
		if strings.HasSuffix(n, "num_batches_tracked") {
			continue // integers
		}
		shape, data, err := s.Tensor(n)
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, safetensors.Tensor{Name: n, Shape: shape, Data: data})
	}
	if _, err := Import(write(t, whole...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(write(t, append(whole, tensor("model.extra", 2))...), ImportOptions{}); err == nil || !strings.Contains(err.Error(), "model.extra has no place") {
		t.Errorf("one more: %v", err)
	}
	for i, w := range whole {
		if strings.Contains(w.Name, "running") {
			continue // not used by the picture's statistics
		}
		if _, err := Import(write(t, slices.Delete(slices.Clone(whole), i, i+1)...), ImportOptions{}); err == nil {
			t.Errorf("without %s it passes", w.Name)
		}
	}
}

func TestStoredStatistics(t *testing.T) {
	t.Parallel()
	_, err := Import(filepath.Join("testdata", "unet_instance_old.pth"), ImportOptions{NormStatistics: pix2pix.StoredStatistics})
	if err == nil || !strings.Contains(err.Error(), "no stored statistics") {
		t.Errorf("of instance norms: %v", err)
	}
	if _, err := Import(filepath.Join("testdata", "style.pth"), ImportOptions{NormStatistics: pix2pix.StoredStatistics}); err == nil || !strings.Contains(err.Error(), "no stored statistics") {
		t.Errorf("of a style: %v", err)
	}
	if _, err := Import(filepath.Join("testdata", "style.pth"), ImportOptions{Dropout: pix2pix.DropoutPyTorch}); err == nil || !strings.Contains(err.Error(), "no dropout") {
		t.Errorf("dropout of a style: %v", err)
	}
	if _, err := Import("x", ImportOptions{NormStatistics: "running"}); err == nil {
		t.Error("an unknown kind passes")
	}
}

// What the options beside a model say is taken, and a flag goes before it.
func TestOptionsBeside(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "facades [1]")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join("testdata", "unet_none.pth"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"latest_net_G.pth": data, "latest_net_D.pth": data,
		"train_opt.txt": []byte("----------------- Options ---------------\n      direction: BtoA        \t[default: AtoB]\n     no_dropout: False\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m, err := Import(dir, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Config.Images.Direction != "BtoA" || filepath.Base(m.Path) != "latest_net_G.pth" || !strings.Contains(strings.Join(m.Notes, "\n"), "trained with dropout") {
		t.Errorf("%s, %v, %v", m.Path, m.Config.Images, m.Notes)
	}
	m, err = Import(dir, ImportOptions{Direction: "AtoB", Dropout: pix2pix.DropoutPyTorch})
	if err != nil || m.Config.Images.Direction != "AtoB" || m.Config.Network.Dropout != pix2pix.DropoutPyTorch {
		t.Errorf("%v, %v", m, err)
	}
}

// A folder with two models is asked about, not chosen from.
func TestTwoModelsInAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, n := range []string{"latest_net_G_A.pth", "5_net_G.pth", "10_net_G.pth"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Import(dir, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "more than one model") {
		t.Errorf("%v", err)
	}
	if _, err := Import(t.TempDir(), ImportOptions{}); err == nil || !strings.Contains(err.Error(), "no model file") {
		t.Errorf("an empty folder: %v", err)
	}
}
