package weights

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/file/fetch"
)

// Download is a public file of weights.
type Download struct {
	fetch.Source
	// Name is the name to request, and File its name in the cache.
	Name, File string
	// About describes it, for people.
	About string
}

// torchvisionFile is torchvision's VGG-19. Its name contains the first eight digits of its
// SHA-256.
var torchvisionFile = Download{
	Name: "vgg19",
	File: "vgg19-dcbb9e9d.pth",
	Source: fetch.Source{
		URL:    "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
		Size:   574673361,
		SHA256: "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
	},
	About: "VGG-19 as torchvision trained it on ImageNet (BSD-3-Clause)",
}

// Downloads are all known files.
func Downloads() []Download { return []Download{torchvisionFile} }

// FindDownload returns the file of the given name.
func FindDownload(name string) (Download, error) {
	list := Downloads()
	i := slices.IndexFunc(list, func(d Download) bool { return d.Name == name })
	if i < 0 {
		return Download{}, hint.New(fmt.Errorf("unknown weights %q", name), "expected vgg19")
	}
	return list[i], nil
}

// Path returns where Fetch puts the file: in the user's cache folder.
func (d Download) Path() (string, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(folder, "easel", d.File), nil
}

// FetchOptions say from where to fetch weights, and where to put them. The zero value is
// the default.
type FetchOptions struct {
	// From is another address of the same file; "" is PyTorch's server.
	From string
	// Out is the file to write; "" is one in the user's cache folder.
	Out string
}

// Declared are the options in the order of help.
func (o *FetchOptions) Declared() option.List {
	return option.Of(o, option.Group("Files",
		option.Text(&o.From, "from", "another address of the same file").As("URL"),
		option.Text(&o.Out, "out", "another file to write").As("FILE"),
	))
}

// Plan returns the download of a name, and the file that it is written to, which holds
// nothing else.
func (o FetchOptions) Plan(name string) (d Download, path string, err error) {
	if d, err = FindDownload(name); err != nil {
		return d, "", err
	}
	d.URL = cmp.Or(o.From, d.URL)
	if o.Out != "" {
		return d, o.Out, d.MayWrite(o.Out)
	}
	path, err = d.Path()
	return d, path, err
}

// MayWrite refuses a path at which there is a file other than the download, or a part
// of it.
func (d Download) MayWrite(out string) error {
	for _, path := range []string{out, out + fetch.PartSuffix} {
		info, err := os.Lstat(path)
		isPart := path != out && err == nil && info.Size() <= d.Size
		if errors.Is(err, fs.ErrNotExist) || isPart || fetch.Verify(path, d.Source) == nil {
			continue
		}
		return hint.New(fmt.Errorf("%s is a different file and is not overwritten", path), "choose another file with {out}")
	}
	return nil
}

// ByHand says how to download the file without Fetch.
func (d Download) ByHand(path string) string {
	return fmt.Sprintf("by hand: download %s (%d bytes, SHA-256 %s) and save it as %s, or pass it with {weights}",
		d.URL, d.Size, d.SHA256, path)
}

// Cached returns the path of the weights that Fetch has downloaded, or "" if there are
// none.
func Cached() (string, error) {
	path, err := torchvisionFile.Path()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look for weights: %w", err)
	case info.Size() != torchvisionFile.Size:
		return "", hint.New(
			fmt.Errorf("%s has %d bytes, expected %d", path, info.Size(), torchvisionFile.Size),
			"replace it with {run weights fetch vgg19}",
		)
	}
	return path, nil
}

// Random is the name of untrained weights, in place of a file.
const Random = "random"

// Known resolves a name that may be empty: it then stands for the file that Fetch has
// downloaded, for Small if there is none, or for Random in a build without Small.
func Known(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	path, err := Cached()
	switch {
	case err != nil || path != "":
		return path, err
	case HasSmall():
		return Small, nil
	}
	return Random, nil
}

// Fetch downloads d to path, unless the right file is there already, and reports whether it
// did. It continues an unfinished download. Errors say what is left and how to do it by
// hand.
func (d Download) Fetch(ctx context.Context, client *http.Client, path string, progress func(done int64)) (fetched bool, err error) {
	if fetch.Verify(path, d.Source) == nil {
		return false, nil
	}
	err = fetch.File(ctx, client, d.Source, path, progress)
	if advice := hint.On(err); advice != "" {
		err = hint.New(err, advice+"; "+d.ByHand(path))
	}
	return err == nil, err
}
