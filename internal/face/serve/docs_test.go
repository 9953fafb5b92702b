package serve_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"easel/internal/face/serve"
)

// TestDocs runs the examples of docs/serve.md against a server.
func TestDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	model := writeModel(t, filepath.Join(t.TempDir(), "facades.safetensors"), nil)
	server := start(t, func(o *serve.Options) { o.Models, o.State = []string{model}, t.TempDir() })
	programs := map[string][]string{"sh": {"bash", "-euo", "pipefail"}, "python": {"python3"}, "js": {"node", "--input-type=module"}}
	makes := map[string][]string{"sh": {"photo.png", "photo.jpg"}, "python": {"python.png"}, "js": {"javascript.png"}}
	seen := map[string]int{}
	for _, m := range regexp.MustCompile("(?s)```(sh|python|js)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		language, code := m[1], strings.ReplaceAll(m[2], "http://localhost:8420", server.URL)
		seen[language]++
		program := programs[language]
		if _, err := exec.LookPath(program[0]); err != nil {
			t.Logf("%s is not run: there is no %s here", language, program[0])
			continue
		}
		if _, err := exec.LookPath("curl"); err != nil && language == "sh" {
			t.Log("sh is not run: there is no curl here")
			continue
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "label.png"), picture(t, 32, 32, 8), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program[0], program[1:]...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(code)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", language, err, out)
			continue
		}
		files := makes[language]
		if strings.Contains(code, "job.png") {
			files = []string{"job.png"}
		}
		for _, name := range files {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Error(err)
				continue
			}
			decode(t, data)
		}
	}
	if seen["sh"] != 2 || seen["python"] != 1 || seen["js"] != 1 {
		t.Errorf("examples: %v", seen)
	}
}
