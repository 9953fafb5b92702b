package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/file/atomicfile"
	"easel/internal/file/digest"
	"easel/internal/file/fetch"
	"easel/internal/model/stored"
	"easel/internal/model/weights"
	"easel/internal/model/zoo"
)

// Options say what to do with an item.
type Options struct {
	// Out is the model file, or the folder of the data set; "" is the item's name in the
	// current folder, or for weights the place where easel looks for them.
	Out string
	// From is another address of the same file.
	From string
	// Cache is the folder that downloads are kept in; "" is the user's.
	Cache string
	// Force overwrites a model file that exists. A folder is never overwritten.
	Force bool
}

// Declared are the options in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Files",
		option.Text(&o.Out, "out", "model file, or folder of the data set (default: the item's name)").As("PATH"),
		option.Text(&o.From, "from", "another address of the same file").As("URL"),
		option.Bool(&o.Force, "force", "overwrite a model file that exists"),
	))
}

// Result says what became of an item.
type Result struct {
	// Out is the model file or the folder, and Cached the downloaded file, with its size
	// and SHA-256.
	Out    string `json:"out"`
	Cached string `json:"cached"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Pinned says whether the SHA-256 was known before this download.
	Pinned bool `json:"pinned"`
	// Notes list what was assumed about a model.
	Notes []string `json:"notes,omitempty"`
}

// Plan returns where an item would come from and go to, without network access.
func Plan(item Item, o Options) (Result, error) {
	cache := o.Cache
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return Result{}, fmt.Errorf("find the cache folder: %w", err)
		}
		cache = filepath.Join(user, "easel", "pull")
	}
	out := o.Out
	if out == "" {
		out = path.Base(item.Name)
		if !item.Data() {
			out += ".safetensors"
		}
	}
	r := Result{Out: out, Cached: filepath.Join(cache, item.file()), Size: item.Size, SHA256: item.SHA256}
	if item.Weights() {
		return r, r.stay(item, o)
	}
	if r.SHA256 == "" {
		text, err := os.ReadFile(r.Cached + recordEnding)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r, err
		}
		r.SHA256 = strings.TrimSpace(string(text))
	}
	r.Pinned = r.SHA256 != ""
	return r, nil
}

// stay makes a file of weights its own result, because it is not converted.
func (r *Result) stay(item Item, o Options) error {
	d, err := weights.FindDownload(item.Name)
	if err != nil {
		return err
	}
	if r.Out = o.Out; r.Out == "" {
		if r.Out, err = d.Path(); err != nil {
			return err
		}
	}
	r.Cached, r.Pinned = r.Out, true
	return nil
}

// recordEnding is the suffix of the file beside a download that holds its SHA-256.
const recordEnding = ".sha256"

// Progress is the progress of a download, in bytes.
type Progress struct{ Done, Total int64 }

// Run fetches an item, unless the right file is in the cache, and converts or unpacks it.
// Notify, which may be nil, receives the progress of the download.
func Run(ctx context.Context, client *http.Client, item Item, o Options, notify func(Progress)) (Result, error) {
	r, err := Plan(item, o)
	if err != nil {
		return r, fmt.Errorf("pull %s: %w", item.Name, err)
	}
	if err := r.check(item, o); err != nil {
		return r, err
	}
	if err := r.fetch(ctx, client, item, o, notify); err != nil {
		return r, fmt.Errorf("pull %s: %w", item.Name, err)
	}
	switch {
	case item.Weights():
	case item.Data():
		err = unpack(ctx, r.Cached, r.Out)
	default:
		err = r.convert()
	}
	if err != nil {
		return r, fmt.Errorf("pull %s: %w", item.Name, err)
	}
	return r, nil
}

// check refuses to overwrite.
func (r Result) check(item Item, o Options) error {
	_, err := os.Lstat(r.Out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case item.Weights():
		return r.replaceable(item)
	case !item.Data() && !isModel(r.Out):
		return hint.New(fmt.Errorf("%s already exists and is not a model that easel wrote", r.Out), "choose another name with {out}")
	case !item.Data() && o.Force:
		return nil
	case item.Data():
		return hint.New(fmt.Errorf("%s exists already", r.Out), "choose another folder with {out}, or remove it")
	}
	return hint.New(fmt.Errorf("%s exists already", r.Out), "overwrite it with {force}, or choose another name with {out}")
}

// replaceable refuses to replace a file that does not belong to an item.
func (r Result) replaceable(item Item) error {
	if fetch.Verify(r.Out, fetch.Source{Size: item.Size, SHA256: item.SHA256}) == nil {
		return nil
	}
	return hint.New(fmt.Errorf("%s already exists and is another file", r.Out), "choose another name with {out}, or remove it")
}

// isModel reports whether a file is a model that easel wrote: only such files are
// overwritten.
func isModel(path string) bool {
	_, err := stored.ReadHeader(path)
	return err == nil
}

// fetch downloads the file into the cache.
func (r *Result) fetch(ctx context.Context, client *http.Client, item Item, o Options, notify func(Progress)) error {
	source := fetch.Source{URL: item.URL, SHA256: r.SHA256}
	if o.From != "" {
		source.URL = o.From
	}
	if info, err := os.Stat(r.Cached); err == nil && r.Pinned {
		source.Size = info.Size()
		if fetch.Verify(r.Cached, source) == nil {
			r.Size = source.Size
			return nil
		}
	}
	source, err := fetch.Sized(ctx, client, source)
	if err != nil {
		return err
	}
	r.Size = source.Size
	progress := func(done int64) {
		if notify != nil {
			notify(Progress{done, source.Size})
		}
	}
	if err := fetch.File(ctx, client, source, r.Cached, progress); err != nil {
		return err
	}
	if r.Pinned {
		return nil
	}
	if r.SHA256, err = digest.File(r.Cached); err != nil {
		return err
	}
	return atomicfile.WriteBytes(r.Cached+recordEnding, []byte(r.SHA256+"\n"))
}

// convert imports a model.
func (r *Result) convert() error {
	m, err := zoo.Import(r.Cached, zoo.ImportOptions{})
	if err != nil {
		return err
	}
	r.Notes = m.Notes
	return m.Write(r.Out)
}
