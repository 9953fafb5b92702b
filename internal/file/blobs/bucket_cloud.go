//go:build cloud

package blobs

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"mime"
	"net/url"
	"path"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"
)

// bucket is a place in an object store.
type bucket struct {
	*blob.Bucket
	scheme string
}

func openBucket(ctx context.Context, u *url.URL, prefix string) (store, error) {
	whole := url.URL{Scheme: u.Scheme, Host: u.Host, RawQuery: u.RawQuery}
	b, err := blob.OpenBucket(ctx, whole.String())
	if err != nil {
		return nil, err
	}
	if prefix != "" {
		b = blob.PrefixedBucket(b, prefix)
	}
	return bucket{b, u.Scheme}, nil
}

// page is how many objects are listed by one request: as many as S3 allows.
const page = 1000

func (b bucket) list(ctx context.Context, under string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for token := blob.FirstPageToken; len(token) > 0; {
			objects, next, err := b.ListPage(ctx, token, page, &blob.ListOptions{Prefix: under})
			if err != nil {
				yield(Object{}, plain(err))
				return
			}
			for _, o := range objects {
				if o.Key == "" || strings.HasSuffix(o.Key, "/") {
					continue // consoles make such objects for folders
				}
				if !yield(Object{o.Key, o.Size, o.ModTime.UTC(), o.MD5, o.MD5 != nil && b.scheme != "s3"}, nil) {
					return
				}
			}
			token = next
		}
	}
}

func (b bucket) read(ctx context.Context, name string) ([]byte, error) {
	data, err := b.ReadAll(ctx, name)
	return data, plain(err)
}

// write sends the data in one piece, so that the store checks it as a whole. If that
// fails, ending the context makes Close give up instead of storing a part.
func (b bucket) write(ctx context.Context, name string, data []byte) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.NewWriter(ctx, name, &blob.WriterOptions{
		BufferSize:  max(len(data), 5<<20), // S3's smallest part
		ContentType: contentType(name),
	})
	if err != nil {
		return plain(err)
	}
	if _, err := w.Write(data); err != nil {
		cancel()
		_ = w.Close()
		return plain(err)
	}
	return plain(w.Close())
}

func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (b bucket) remove(ctx context.Context, name string) error {
	if err := b.Delete(ctx, name); gcerrors.Code(err) != gcerrors.NotFound {
		return plain(err)
	}
	return nil
}

func (b bucket) close() error { return b.Close() }

// plain gives an error the kind that errors of files have.
func plain(err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fmt.Errorf("%w (%w)", fs.ErrNotExist, err)
	case gcerrors.PermissionDenied:
		return fmt.Errorf("%w (%w)", fs.ErrPermission, err)
	}
	return err
}
