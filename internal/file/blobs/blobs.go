// Package blobs keeps files in places that may be far away: folders, and buckets of object
// stores.
//
// Open takes the address of a place:
//
//	photos, file:///data/photos       a folder
//	s3://bucket/photos/               Amazon S3, and what speaks its protocol (?endpoint=…)
//	gs://bucket/photos/               Google Cloud Storage
//	azblob://container/photos/        Azure Blob Storage
//
// Object stores are there in builds with the tag cloud: their clients, by gocloud.dev, are
// larger than the rest of easel. What follows a question mark is for the client, such as
// s3://bucket/photos/?endpoint=http://localhost:9000&use_path_style=true&region=us-east-1.
// Credentials come from where the store's own tools find them, which is the environment and
// their files, and never from the address.
//
// # Guarantees
//
// Names have slashes on every system, and begin below the place; nothing is written where a
// link leads out of a folder. List asks for one page
// after the other, so that a place may hold any number of files; its order is the same as
// long as the files are. Write stores a whole file or nothing. What an object store was
// sent is checked by the store, against the checksum that its client sends with it, and
// Object.Check compares what is read with what was listed.
package blobs

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"iter"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Object is a file as it is listed.
type Object struct {
	Name string    `json:"name"` // below the place, with slashes
	Size int64     `json:"size"`
	Time time.Time `json:"time"`
	// MD5 of the content, where the store knows it; in S3 it may be the hash of an encrypted
	// form, which still tells a changed file.
	MD5 []byte `json:"md5,omitempty"`
	// Plain says that MD5 is that of the bytes that are read.
	Plain bool `json:"plain,omitempty"`
}

// Check reports data that is not what was listed.
func (o Object) Check(data []byte) error {
	if int64(len(data)) != o.Size {
		return fmt.Errorf("%s: read %d bytes of %d: it was cut off, or changed meanwhile", o.Name, len(data), o.Size)
	}
	if sum := md5.Sum(data); o.Plain && !bytes.Equal(sum[:], o.MD5) {
		return fmt.Errorf("%s: its bytes are not those that were listed: they were damaged on the way, or the file changed meanwhile", o.Name)
	}
	return nil
}

// store is what kinds of places differ in. Names are those of Object.
type store interface {
	list(ctx context.Context, under string) iter.Seq2[Object, error]
	read(ctx context.Context, name string) ([]byte, error)
	write(ctx context.Context, name string, data []byte) error
	remove(ctx context.Context, name string) error
	close() error
}

// Place is a folder, here or in an object store. It is safe for concurrent use.
type Place struct {
	address string
	store   store
}

// IsAddress reports whether text is the address of a place and not a path.
func IsAddress(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// Open opens a place by its address, which is a path or a URL. Nothing has to be there yet;
// a store that cannot be reached fails at the first use. Close the place in the end.
func Open(ctx context.Context, address string) (*Place, error) {
	if !IsAddress(address) {
		return openFolder(address)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s: not an address: %w", address, err)
	}
	if u.User != nil {
		return nil, fmt.Errorf("%s://…: an address has no credentials; the store's client takes them from its environment and files", u.Scheme)
	}
	if strings.Contains(address, "#") { // which would end it
		return nil, fmt.Errorf("%s: write %%23 for # in an address", address)
	}
	if u.Scheme == "file" {
		return openFolder(filePath(u.Path))
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%s: the name of the bucket is missing", address)
	}
	prefix := strings.TrimPrefix(path.Clean("/"+u.Path), "/")
	if prefix != "" {
		prefix += "/"
	}
	s, err := openBucket(ctx, u, prefix)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", address, err)
	}
	return &Place{u.Scheme + "://" + u.Host + "/" + prefix, s}, nil
}

// filePath is the path in a file URL: on Windows file:///C:/data is C:\data.
func filePath(p string) string {
	if runtime.GOOS == "windows" {
		p = strings.TrimPrefix(p, "/")
	}
	return filepath.FromSlash(p)
}

// String is the address: that of a folder is its absolute path, and that of a bucket has no
// parameters.
func (p *Place) String() string { return p.address }

// Below returns the name that a place has in another one that contains it: "" if they are
// the same. ok is false if p is not in outer.
func (p *Place) Below(outer *Place) (name string, ok bool) {
	whole, root := WithSlash(p.address), WithSlash(outer.address)
	return strings.TrimSuffix(strings.TrimPrefix(whole, root), "/"), strings.HasPrefix(whole, root)
}

// WithSlash is the address as it begins those of what is in the place: with slashes, also on
// Windows, and one at the end.
func WithSlash(address string) string {
	return strings.TrimSuffix(filepath.ToSlash(address), "/") + "/"
}

// List returns the files whose names begin with a prefix, those in subfolders too. It ends
// after an error.
func (p *Place) List(ctx context.Context, under string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for o, err := range p.store.list(ctx, under) {
			if err != nil {
				err = fmt.Errorf("list %s: %w", p.address, err)
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// Read returns a file's content. If there is no such file, the error is fs.ErrNotExist.
func (p *Place) Read(ctx context.Context, name string) ([]byte, error) {
	data, err := p.store.read(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read %s from %s: %w", name, p.address, err)
	}
	return data, nil
}

// Write stores a file under a name, in place of an older one.
func (p *Place) Write(ctx context.Context, name string, data []byte) error {
	if err := p.store.write(ctx, name, data); err != nil {
		return fmt.Errorf("write %s to %s: %w", name, p.address, err)
	}
	return nil
}

// Remove removes a file. It is no error if there is none.
func (p *Place) Remove(ctx context.Context, name string) error {
	if err := p.store.remove(ctx, name); err != nil {
		return fmt.Errorf("remove %s from %s: %w", name, p.address, err)
	}
	return nil
}

// Close ends the connections to an object store.
func (p *Place) Close() error { return p.store.close() }
