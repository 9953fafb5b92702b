package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"easel/internal/file/atomicfile"
)

// Fetch returns the path of a copy of one file of a place, such as
// s3://bucket/models/facades.safetensors, in a folder of copies. There is one copy of each
// state of the file, and a second call does not read it again.
func Fetch(ctx context.Context, address, copies string) (file string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("%s: not an address: %w", address, err)
	}
	name := path.Base(u.Path)
	u.Path = path.Dir(u.Path)
	p, err := Open(ctx, u.String())
	if err != nil {
		return "", err
	}
	defer func() { _ = p.Close() }()
	for o, err := range p.List(ctx, name) {
		if err != nil {
			return "", err
		}
		if o.Name == name {
			return p.copy(ctx, o, copies)
		}
	}
	return "", fmt.Errorf("%s%s: %w", WithSlash(p.address), name, fs.ErrNotExist)
}

func (p *Place) copy(ctx context.Context, o Object, copies string) (string, error) {
	state := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %x %d", p.address, o.Name, o.Size, o.MD5, o.Time.UnixNano()))
	file := filepath.Join(copies, hex.EncodeToString(state[:8])+"-"+o.Name)
	if info, err := os.Stat(file); err == nil && info.Size() == o.Size {
		return file, nil
	}
	data, err := p.Read(ctx, o.Name)
	if err != nil {
		return "", err
	}
	if err := o.Check(data); err != nil {
		return "", fmt.Errorf("read from %s: %w", p, err)
	}
	if err := os.MkdirAll(copies, 0o777); err != nil {
		return "", fmt.Errorf("make the folder for copies: %w", err)
	}
	return file, atomicfile.Write(file, func(w io.Writer) error { _, err := w.Write(data); return err })
}
