//go:build !cloud

package blobs

import (
	"context"
	"fmt"
	"net/url"

	"easel/internal/base/hint"
)

// openBucket says where object stores are. Without the tag cloud easel is 42 MB smaller.
func openBucket(_ context.Context, u *url.URL, _ string) (store, error) {
	switch u.Scheme {
	case "s3", "gs", "azblob":
		return nil, hint.New(fmt.Errorf("this easel was built without object stores (%s://)", u.Scheme), "build it with them: go build -tags cloud ./cmd/easel")
	}
	return nil, fmt.Errorf("%s:// is not a place that easel knows: they are folders, s3://, gs:// and azblob://", u.Scheme)
}
