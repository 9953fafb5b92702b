// Package install fetches a plugin of XLA and the libraries that it needs, and
// unpacks them where package xla finds them. It is the only part of easel's XLA
// that touches a network, and does so only when Run is called.
//
//	p, err := install.Find("cuda")
//	err = install.Run(ctx, p, install.Options{}, func(s install.Progress) { … })
//
// What to fetch is fixed: a list of files with sizes and SHA-256, beside the
// script that made it. Where from is not: the package index that pip is set up
// for, or the one that is given. Files are taken up again where an interruption
// left them, checked, and unpacked beside an earlier installation, which they
// replace at the end.
package install

import (
	"archive/zip"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/xla"
	"easel/internal/file/fetch"
)

//go:embed cuda.json
var cuda []byte

// Package is what can be installed.
type Package struct {
	Name   string
	Wheels []Wheel `json:"wheels"`
}

// Wheel is a file of a package index.
type Wheel struct {
	Project string `json:"project"`
	File    string `json:"file"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
}

// Size is what all wheels take to fetch, in bytes.
func (p Package) Size() (bytes int64) {
	for _, w := range p.Wheels {
		bytes += w.Size
	}
	return bytes
}

// Names are the packages that Find knows.
func Names() []string { return []string{"cuda"} }

// Find returns the package of a name.
func Find(name string) (Package, error) {
	if name != "cuda" {
		return Package{}, fmt.Errorf("nothing is called %q; there is %s", name, strings.Join(Names(), ", "))
	}
	p := Package{Name: name}
	if err := json.Unmarshal(cuda, &p); err != nil {
		return p, fmt.Errorf("list of %s: %w", name, err)
	}
	return p, nil
}

// Options of an installation. The zero value is the default.
type Options struct {
	// Index is the address of a package index's simple API; empty is what pip
	// is set up for.
	Index string
	// Folder is where plugins go; empty is the folder of the user that easel looks in.
	Folder string
	// Client fetches; nil is http.DefaultClient.
	Client *http.Client
}

// Declared are the options of the command line.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Source",
		option.Text(&o.Index, "index", "address of a package index with the simple API (default: pip's)").As("URL"),
	))
}

// Progress is how far an installation is.
type Progress struct {
	// Project is the package being fetched or, at the end, unpacked.
	Project string
	// Done and Total are bytes of all packages together.
	Done, Total int64
}

// Run installs a package and returns the folder that it is in. An error has a
// hint where there is something to do. What has been fetched stays for the next
// attempt; an earlier installation stays until a new one is whole.
func Run(ctx context.Context, p Package, o Options, progress func(Progress)) (folder string, err error) {
	if p.Name == "cuda" && (runtime.GOOS != "linux" || runtime.GOARCH != "amd64") {
		return "", hint.New(fmt.Errorf("there is no %s for %s/%s", p.Name, runtime.GOOS, runtime.GOARCH), "NVIDIA's libraries are for Linux on x86-64")
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Folder == "" {
		if o.Folder, err = xla.Folder(); err != nil {
			return "", err
		}
	}
	if o.Index == "" {
		if o.Index, err = pipIndex(ctx); err != nil {
			return "", err
		}
	}
	r := run{p, o, progress}
	if err := r.fetch(ctx); err != nil {
		return "", fmt.Errorf("install %s: %w", p.Name, err)
	}
	folder, err = r.unpack(ctx)
	if err != nil {
		return "", fmt.Errorf("install %s: %w", p.Name, err)
	}
	return folder, nil
}

type run struct {
	Package
	Options
	progress func(Progress)
}

func (r run) report(project string, done int64) {
	if r.progress != nil {
		r.progress(Progress{project, done, r.Size()})
	}
}

// downloads is where wheels wait to be unpacked.
func (r run) downloads() string { return filepath.Join(r.Folder, "downloads") }

func (r run) path(w Wheel) string { return filepath.Join(r.downloads(), w.File) }

// fetch brings all wheels here that are not here yet.
func (r run) fetch(ctx context.Context) error {
	var before int64
	for _, w := range r.Wheels {
		r.report(w.Project, before)
		source := fetch.Source{Size: w.Size, SHA256: w.SHA256}
		if fetch.Verify(r.path(w), source) != nil {
			var err error
			if source.URL, err = address(ctx, r.Client, r.Index, w); err != nil {
				return err
			}
			err = fetch.File(ctx, r.Client, source, r.path(w), func(done int64) { r.report(w.Project, before+done) })
			if err != nil {
				return err
			}
		}
		before += w.Size
	}
	r.report("", before)
	return nil
}

// unpack puts the wheels' libraries into a folder of the package's name, and
// removes the wheels.
func (r run) unpack(ctx context.Context) (string, error) {
	folder := filepath.Join(r.Folder, r.Name)
	fresh := folder + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return "", err
	}
	for _, w := range r.Wheels {
		if err := ctx.Err(); err != nil {
			return "", errors.Join(err, os.RemoveAll(fresh))
		}
		if err := extract(r.path(w), fresh); err != nil {
			return "", errors.Join(fmt.Errorf("unpack %s: %w", w.File, err), os.RemoveAll(fresh))
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, folder); err != nil {
		return "", err
	}
	return folder, os.RemoveAll(r.downloads())
}

// wanted are the parts of wheels that are of use: the plugin and libraries, with
// their licences.
func wanted(name string) bool {
	return !strings.HasSuffix(name, ".py") &&
		(strings.HasPrefix(name, "jax_plugins/") || strings.HasPrefix(name, "nvidia/") || strings.Contains(name, "/licenses/") || strings.HasSuffix(name, "License.txt"))
}

func extract(wheel, folder string) (err error) {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || !wanted(f.Name) {
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("a file wants to be at %s", f.Name)
		}
		if err := extractFile(f, filepath.Join(folder, filepath.FromSlash(f.Name))); err != nil {
			return err
		}
	}
	return nil
}

func extractFile(f *zip.File, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, f.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
