package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// place checks what every kind of place promises; open opens the same one each time.
func place(t *testing.T, open func() *Place) {
	ctx, p := context.Background(), open()
	want := map[string]string{"a.png": "first", "b/c.png": "", "b/c/d.png": strings.Repeat("long ", 1000), "b/ü (1)+%.png": "odd name", "e.png": "last"}
	for name, text := range want {
		for _, version := range []string{"older and longer, " + text, text} {
			if err := p.Write(ctx, name, []byte(version)); err != nil {
				t.Fatal(err)
			}
		}
	}
	p = open()
	got := map[string]string{}
	var order []string
	for o, err := range p.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		data, err := p.Read(ctx, o.Name)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Check(data); err != nil {
			t.Error(err)
		}
		if o.Check(append(data, 'x')) == nil {
			t.Errorf("%s: one byte more is not noticed", o.Name)
		}
		got[o.Name], order = string(data), append(order, o.Name)
	}
	if !maps.Equal(got, want) {
		t.Errorf("listed %q", got)
	}
	if again := names(t, p, ""); !slices.Equal(order, again) {
		t.Errorf("listed %q, then %q", order, again)
	}
	if under := names(t, p, "b/c"); len(under) != 2 {
		t.Errorf("below b/c there are %q", under)
	}
	for o, err := range p.List(ctx, "") { // a consumer may stop
		if err != nil || o.Name == order[1] {
			break
		}
	}
	for range 2 {
		if err := p.Remove(ctx, "a.png"); err != nil {
			t.Error(err)
		}
	}
	if _, err := p.Read(ctx, "a.png"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), p.String()) {
		t.Errorf("a removed file: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	var err error
	for _, err = range p.List(ended, "") {
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a list that was ended: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func names(t *testing.T, p *Place, under string) (all []string) {
	t.Helper()
	for o, err := range p.List(context.Background(), under) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o.Name)
	}
	return all
}

func open(t *testing.T, address string) *Place {
	t.Helper()
	p, err := Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "place")
	place(t, func() *Place { return open(t, dir) })
	url := "file://" + filepath.ToSlash(dir)
	if runtime.GOOS == "windows" {
		url = "file:///" + filepath.ToSlash(dir)
	}
	if a, b := names(t, open(t, dir), ""), names(t, open(t, url), ""); len(a) != 4 || !slices.Equal(a, b) {
		t.Errorf("by path %q, by URL %q", a, b)
	}
}

func TestFolderStaysBelow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := open(t, filepath.Join(dir, "in"))
	for _, name := range []string{"../out", "/etc/x", "a/../../out", ""} {
		if err := p.Write(context.Background(), name, nil); err == nil {
			t.Errorf("%q was written", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("a file was written beside the folder")
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "in", "real"), 0o700), os.Mkdir(filepath.Join(dir, "else"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink("real", filepath.Join(dir, "in", "inside")), os.Symlink("../else", filepath.Join(dir, "in", "outside"))); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := p.Write(context.Background(), "inside/a/x", nil); err != nil {
		t.Error(err)
	}
	if err := p.Write(context.Background(), "outside/a/x", nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("through a link: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "else")); err != nil || len(left) > 0 {
		t.Errorf("there are files where a link leads: %v, %v", err, left)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	dir, copies := t.TempDir(), filepath.Join(t.TempDir(), "copies")
	p, address := open(t, dir), "file://"+filepath.ToSlash(dir)+"/models/m.safetensors"
	if runtime.GOOS == "windows" {
		t.Skip("the address has another form")
	}
	if _, err := Fetch(t.Context(), address, copies); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing is there: %v", err)
	}
	var before string
	for _, text := range []string{"first", "first", "second, longer"} {
		if err := p.Write(t.Context(), "models/m.safetensors.txt", []byte("another")); err != nil {
			t.Fatal(err)
		}
		if old, _ := os.ReadFile(filepath.Join(dir, "models", "m.safetensors")); string(old) != text {
			if err := p.Write(t.Context(), "models/m.safetensors", []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		file, err := Fetch(t.Context(), address, copies)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("the copy is %q, %v", got, err)
		}
		if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if mended, err := Fetch(t.Context(), address, copies); err != nil || mended != file {
			t.Errorf("a damaged copy: %s, %v", mended, err)
		} else if got, _ := os.ReadFile(file); string(got) != text {
			t.Errorf("a damaged copy stays %q", got)
		}
		if same := file == before; same != (text == "first" && before != "") {
			t.Errorf("%s after %s", file, before)
		}
		before = file
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	outer := open(t, filepath.Join(dir, "real"))
	for path, want := range map[string]string{"link": "", "link/new/a": "new/a", "real/b": "b", "realm": "-", ".": "-"} {
		name, ok := open(t, filepath.Join(dir, path)).Below(outer)
		if got := map[bool]string{true: name, false: "-"}[ok]; got != want {
			t.Errorf("%s is %q below real; want %q", path, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"photos": false, "./a://b": false, "C:\\a": false, "s3://b": true, "file:///a": true, "://": false} {
		if IsAddress(text) != want {
			t.Errorf("IsAddress(%q) is %v", text, !want)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, "ftp://a/b", "s3:///a", "s3://key:secret@bucket/a", "s3://%zz", "file:///a#b"} {
		p, err := Open(context.Background(), bad)
		if err == nil {
			t.Errorf("%s was opened as %v", bad, p)
		} else if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
