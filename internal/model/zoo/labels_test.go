package zoo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// beside writes a file of testdata into a folder of its own with a file of options.
func beside(t *testing.T, file, options, text string) string {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "latest_net_G.pth")
	for name, data := range map[string][]byte{path: data, filepath.Join(dir, options): []byte(text)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// What pix2pixHD's channels are, its options say; without them they are classes and the
// edges of instances, and a note says so.
func TestLabelChannels(t *testing.T) {
	t.Parallel()
	const file = "hd_labels.pth" // of seven channels
	for text, want := range map[string]struct {
		classes int
		edges   bool
	}{
		"":                                  {6, true},
		"label_nc: 6\nno_instance: False\n": {6, true},
		"label_nc: 7\nno_instance: True\n":  {7, false},
		"label_nc: 7\n":                     {7, false},
		"------- Options -------\nlabel_nc: 6\nx\n": {6, true},
	} {
		m, err := Import(beside(t, file, "opt.txt", text), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := m.Config.Network
		if c.Classes != want.classes || c.ClassEdges != want.edges || c.InputChannels != 1 {
			t.Errorf("%q: %d classes, edges %v", text, c.Classes, c.ClassEdges)
		}
		if notes := strings.Join(m.Notes, "\n"); strings.Contains(notes, "instances") != want.edges || !strings.Contains(notes, "grey pictures") {
			t.Errorf("%q: %s", text, notes)
		}
	}
	for _, path := range []string{filepath.Join("testdata", "unet_none.pth"), filepath.Join("testdata", "style.pth"), beside(t, file, "opt.txt", "no_instance: True\n")} {
		if _, err := Import(path, ImportOptions{Instances: true}); err == nil || !strings.Contains(err.Error(), "sees no instances") {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := Import(beside(t, file, "opt.txt", "instance_feat: True\n"), ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "--instance_feat") {
		t.Errorf("features: %v", err)
	}
}

// Options beside a model say the direction and the size that pictures were brought to:
// those of the paper's program as a table in Torch's text form, old ones of the PyTorch
// port under another name.
func TestDirectionBeside(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"4\n1\n3\n2\n15\nwhich_direction\n2\n4\nBtoA\n", "which_direction: BtoA\n", "direction: BtoA   [default: AtoB]\n"} {
		text += "load_size: 286\n"
		m, err := Import(beside(t, "unet_none.pth", "opt.txt", text), ImportOptions{})
		if err != nil || m.Config.Images.Direction != "BtoA" || m.Config.Images.LoadSize != 286 {
			t.Errorf("%q: %v", text, err)
		}
	}
}
