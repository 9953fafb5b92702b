package zoo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A style of Johnson's program that was built otherwise is refused, and says how.
func TestOtherTorch7Styles(t *testing.T) {
	t.Parallel()
	for want, change := range map[string][2]string{
		"-preprocessing xyz": {"vgg", "xyz"},
		"not that of -arch":  {"padW", "qadW"},
		"nn.ReLX":            {"nn.ReLU", "nn.ReLX"},
		"it mirrors 0":       {"pad_l", "qad_l"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "johnson_instance.t7"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "style.t7")
		data = bytes.ReplaceAll(data, []byte(change[0]), []byte(change[1]))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Import(path, ImportOptions{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s for %s: %v, want %q", change[1], change[0], err, want)
		}
	}
}

// The paper's styles run on stored statistics, as their program runs them, and say so.
func TestTorch7StyleStatistics(t *testing.T) {
	t.Parallel()
	m, err := Import(filepath.Join("testdata", "johnson_eccv16.t7"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !m.Style.Network.StoredStatistics || !strings.Contains(strings.Join(m.Notes, "\n"), "stored statistics") {
		t.Errorf("%+v %q", m.Style.Network, m.Notes)
	}
	m, err = Import(filepath.Join("testdata", "johnson_eccv16.t7"), ImportOptions{NormStatistics: "picture"})
	if err != nil || m.Style.Network.StoredStatistics {
		t.Errorf("%v", err)
	}
	_, err = Import(filepath.Join("testdata", "johnson_instance.t7"), ImportOptions{NormStatistics: "stored"})
	if err == nil || !strings.Contains(err.Error(), "no stored statistics") {
		t.Errorf("instance norms: %v", err)
	}
}
