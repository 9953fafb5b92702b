package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"easel/internal/face/cli"
	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// The tests of this file hold README and docs to what the program does. What takes
// minutes is made anew, and its numbers compared, by
//
//	EASEL_DOCUMENTED=1 go test ./internal/face/cli -run Documented -timeout 1h

const root = "../../.."

// documents are the texts that show commands.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range append(found, root+"/README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

// shown matches a command on a line of its own, and one within a sentence.
var shown = regexp.MustCompile("(?m)^(?:    )?(?:\\$ )?(?:go run \\./cmd/|\\./)?easel ([^\n]*)$|`easel ([^`]*)`")

// words splits a command as a shell does, up to what is not easel's.
func words(line string) (list []string) {
	for _, w := range regexp.MustCompile(`'[^']*'|[^\s']+`).FindAllString(line, -1) {
		if w[0] == '#' || slices.Contains([]string{"<", ">", "|", "&&"}, w) {
			break
		}
		list = append(list, strings.Trim(w, "'"))
	}
	return list
}

// TestDocumentedCommands: every command in README and docs is one, with flags that
// there are and values that these take.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	count := 0
	for name, text := range documents(t) {
		for _, m := range shown.FindAllStringSubmatch(text, -1) {
			args := words(m[1] + m[2])
			if len(args) == 0 || strings.ContainsAny(m[0], "…") || args[0] == strings.ToUpper(args[0]) {
				continue // a shape of commands
			}
			if i := slices.Index(args, "--"); i >= 0 {
				args = args[:i]
			}
			count++
			var errs bytes.Buffer
			if code := cli.Run(context.Background(), append(args, "--help"), cli.Streams{Out: &bytes.Buffer{}, Err: &errs}); code != 0 {
				t.Errorf("%s: easel %s: exit code %d: %s", name, strings.Join(args, " "), code, &errs)
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d commands were found", count)
	}
}

// output is what README shows below a line, up to a line that does not belong to the
// block or has only an ellipsis.
func output(t *testing.T, after string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(documents(t)["README.md"], "    "+after+"\n")
	if !ok {
		t.Fatalf("README does not show %q", after)
	}
	var lines []string
	for _, line := range strings.Split(rest, "\n") {
		text, ok := strings.CutPrefix(line, "    ")
		if !ok || text == "…" {
			break
		}
		lines = append(lines, text)
	}
	return lines
}

// easel runs the program in a folder and returns all that it printed.
func easel(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args, cmd.Dir = append([]string{"easel"}, args...), dir
	text, _ := cmd.CombinedOutput() // some are to fail
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

var number = regexp.MustCompile(`\d+(\.\d+)?(e[+-]?\d+)?`)

// plural is written or left out by numbers.
var plural = regexp.MustCompile(`(pair|iteration|step)s?\b`)

// shape is a line without its numbers.
func shape(line string) string {
	return plural.ReplaceAllString(number.ReplaceAllString(line, "N"), "$1")
}

// wantShapes: every line that is shown is among those that were printed, in order, but
// for its numbers; and these, too, within a part of them where it is not 0.
func wantShapes(t *testing.T, shown, printed []string, part float64) {
	t.Helper()
	for _, line := range shown {
		i := slices.IndexFunc(printed, func(p string) bool { return shape(p) == shape(line) })
		if i < 0 {
			t.Errorf("README shows\n  %s\nand no such line was printed:\n  %s", line, strings.Join(printed, "\n  "))
			return
		}
		for k, text := range number.FindAllString(line, -1) {
			want, _ := strconv.ParseFloat(text, 64)
			got, _ := strconv.ParseFloat(number.FindAllString(printed[i], -1)[k], 64)
			if part > 0 && !(math.Abs(got-want) <= part*math.Abs(want)) {
				t.Errorf("README shows %v\n  %s\nand this was printed:\n  %s", want, line, printed[i])
				break
			}
		}
		printed = printed[i+1:]
	}
}

// TestDocumentedProblems: a folder with faults, to the letter.
func TestDocumentedProblems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "pairs")
	if err := drawPairs(data, 2, 32); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if err := imgio.Encode(&whole, imgio.JPEG, imgio.New(64, 32, 3)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"broken.jpg": whole.Bytes()[:whole.Len()-9], "notes.png": []byte("nine o'clock: pictures\n")} {
		if err := os.WriteFile(filepath.Join(data, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const command = "train --data pairs --out run"
	want := output(t, "$ easel "+command)
	if got := easel(t, dir, strings.Fields(command)...); !slices.Equal(got, want) {
		t.Errorf("README shows\n  %s\nand this is printed:\n  %s", strings.Join(want, "\n  "), strings.Join(got, "\n  "))
	}
}

// TestDocumentedTraining: the lines of a training; with the façades and
// EASEL_DOCUMENTED also their numbers, but for the first losses.
func TestDocumentedTraining(t *testing.T) {
	t.Parallel()
	const command = "train --data facades --out runs/facades --direction BtoA --preset laptop"
	want := output(t, "$ easel "+command)
	dir := t.TempDir()
	args := append(strings.Fields(command), "--steps", "1")
	part := 0.0
	if os.Getenv("EASEL_DOCUMENTED") != "" {
		data, err := filepath.Abs(root + "/../shared/data/facades")
		if _, missing := os.Stat(data); err != nil || missing != nil {
			t.Skip("the façades are not here: ", missing)
		}
		if err := os.Symlink(data, filepath.Join(dir, "facades")); err != nil {
			t.Skip(err)
		}
		part, want = 0.05, want[:3]
	} else {
		facades(t, filepath.Join(dir, "facades"))
		args = append(args, "--image-size", "32", "--load-size", "32", "--width", "4", "--discriminator-width", "4", "--patch-layers", "1")
	}
	printed := easel(t, dir, args...)
	wantShapes(t, want, printed, part)
	last := "see runs/facades/report.html; use it: easel translate --model runs/facades --out DIR PICTURE…"
	if printed[len(printed)-1] != last || !strings.Contains(documents(t)["README.md"], "    "+last+"\n") {
		t.Errorf("the last line is %q", printed[len(printed)-1])
	}
}

// facades draws noise beside rectangles of flat colours.
func facades(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	const size = 32
	for i := range 4 {
		p := imgio.New(2*size, size, 3)
		for k := range p.Pix {
			p.Pix[k] = float32((k*k*31+17*i*k+k/7)%251) / 255
		}
		for y := range size {
			for x := range size {
				for c := range 3 {
					p.Set(size+x, y, c, float32((x/8+y/8+i+c)%3)/2)
				}
			}
		}
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDocumentedStyle: what style transfer says first.
func TestDocumentedStyle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := weights.Write(filepath.Join(dir, "vgg19.safetensors"), vgg.Random(1, 1), weights.About{Kind: vgg.Caffe}); err != nil {
		t.Fatal(err)
	}
	if err := drawPairs(dir, 2, 64); err != nil {
		t.Fatal(err)
	}
	printed := easel(t, dir, "stylize", "--content", "0.png", "--style", "1.png", "--out", "o.png", "--weights", "vgg19.safetensors",
		"--size", "128", "--min-size", "64", "--iterations", "2", "--final-iterations", "2")
	want := append([]string{"network: vgg19.safetensors (caffe)"}, output(t, "network: vgg19.safetensors (caffe)")...)
	wantShapes(t, want, printed, 0)
}

// TestDocumentedDemo: the demo's table, which takes minutes.
func TestDocumentedDemo(t *testing.T) {
	t.Parallel()
	if os.Getenv("EASEL_DOCUMENTED") == "" {
		t.Skip("takes minutes; EASEL_DOCUMENTED=1 makes it")
	}
	const head = "24 held-out pairs               L1     PSNR     SSIM   spectrum"
	wantShapes(t, append([]string{head}, output(t, head)...), easel(t, t.TempDir(), "demo", "--out", "demo"), 0.05)
}

// block is a block of commands in a document that begins with a line.
func block(t *testing.T, document, first string) (lines []string) {
	t.Helper()
	text := documents(t)[document]
	at := strings.Index(text, "    "+first)
	if at < 0 {
		t.Fatalf("%s does not show %q", document, first)
	}
	for line := range strings.Lines(text[at:]) {
		line, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if !ok {
			break
		}
		lines = append(lines, line)
	}
	return lines
}

// TestDocumentedBlocks runs blocks of commands as they are shown, in a shell and in a folder
// with small files of the names that they use. Blocks that need hours or a network are not run.
func TestDocumentedBlocks(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		document, first string
		files           func(t *testing.T, dir string)
		made            []string
	}{
		{"README.md", "easel prepare combine", pairsToMake, []string{"pairs/scene0_0.png", "outlines/scene1_1.png", "grey", "holes", "palette.txt", "data/test", "look/contact-sheet.png"}},
		{"README.md", "easel translate --model runs/facades", trained, []string{"photos/0.png", "photo.png"}},
		{"README.md", "easel translate --model runs/maps", trained, []string{"drawn/orthophoto.png"}},
		{"README.md", "easel evaluate --model runs/facades", trained, []string{"runs/facades/evaluation", "compared"}},
		{"README.md", "easel import checkpoints", imported, []string{"photos/0.png"}},
		{"README.md", "easel export runs/facades", trained, []string{"facades.onnx", "site/index.html"}},
		{"docs/models.md", "easel import checkpoints", imported, []string{"photos/1.png"}},
	} {
		t.Run(c.document+" "+c.first, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c.files(t, dir)
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			bin := t.TempDir()
			if err := os.Symlink(self, filepath.Join(bin, "easel")); err != nil {
				t.Skip(err)
			}
			for _, line := range block(t, strings.TrimPrefix(c.document, "docs/"), c.first) {
				cmd := exec.Command(shell, "-c", line)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s\n%v\n%s", line, err, out)
				}
			}
			for _, name := range c.made {
				if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// pairsToMake draws photographs and labels: ten scenes, two pictures each.
func pairsToMake(t *testing.T, dir string) {
	t.Helper()
	for i := range 20 {
		name := fmt.Sprintf("scene%d_%d.png", i/2, i%2)
		whole := imgio.New(64, 32, 3)
		for k := range whole.Pix {
			x, y := k/3%64, k/3/64
			whole.Pix[k] = float32((x/9+y/7+i)%3) / 2
			if x < 32 {
				whole.Pix[k] = float32((k*k*31+17*i*k+k/7)%251) / 255
			}
		}
		a, b, err := imgio.SplitSideBySide(whole)
		if err != nil {
			t.Fatal(err)
		}
		for folder, p := range map[string]*imgio.Picture{"photos": a, "labels": b} {
			save(t, filepath.Join(dir, folder, name), p)
		}
	}
}

func save(t *testing.T, path string, p *imgio.Picture) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(path, p); err != nil {
		t.Fatal(err)
	}
}

// trained makes the runs, models and pictures that README uses.
func trained(t *testing.T, dir string) {
	t.Helper()
	facades(t, filepath.Join(dir, "facades"))
	small := strings.Fields("--data facades --direction BtoA --steps 1 --image-size 32 --load-size 32 --width 4 --discriminator-width 4 --patch-layers 1")
	for _, run := range []string{"facades", "maps", "l1", "cgan"} {
		if out := easel(t, dir, append([]string{"train", "--out", "runs/" + run}, small...)...); !strings.HasPrefix(out[len(out)-1], "see runs/") {
			t.Fatal(out)
		}
	}
	model, err := os.ReadFile(filepath.Join(dir, "runs", "facades", "best.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "facades.safetensors"), model, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"labels/0.png", "labels/1.png", "label.png", "orthophoto.tif"} {
		save(t, filepath.Join(dir, filepath.FromSlash(name)), imgio.New(40, 32, 3))
	}
}

// imported copies a small network of the PyTorch port to where its users have it.
func imported(t *testing.T, dir string) {
	t.Helper()
	model, err := os.ReadFile("../../model/zoo/testdata/unet_none.pth")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "checkpoints", "facades_label2photo")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "latest_net_G.pth"), model, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"labels/0.png", "labels/1.png"} {
		save(t, filepath.Join(dir, filepath.FromSlash(name)), imgio.New(40, 32, 3))
	}
}
