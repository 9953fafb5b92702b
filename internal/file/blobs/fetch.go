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
	"strings"

	"easel/internal/file/atomicfile"
	"easel/internal/file/digest"
)

// Fetch returns the path of a copy of one file of a place, such as
// s3://bucket/models/facades.safetensors, in a folder of copies. A second call does not
// read a file again that has not changed, if the copy has not either.
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

// copy returns the path of a copy, whose name has the SHA-256 of the content. A file by the
// object's state says which that is. A copy that is no longer what was read is read again.
func (p *Place) copy(ctx context.Context, o Object, copies string) (string, error) {
	state := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %x %d", p.address, o.Name, o.Size, o.MD5, o.Time.UnixNano()))
	index := filepath.Join(copies, hex.EncodeToString(state[:8])+".sha256")
	named := func(sum string) string { return filepath.Join(copies, sum+"-"+o.Name) }
	if known, err := os.ReadFile(index); err == nil {
		sum := strings.TrimSpace(string(known))
		if now, err := digest.File(named(sum)); err == nil && now == sum {
			return named(sum), nil
		}
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
	sum := digest.Bytes(data)
	if err := atomicfile.WriteBytes(named(sum), data); err != nil {
		return "", err
	}
	return named(sum), atomicfile.Write(index, func(w io.Writer) error { _, err := fmt.Fprintln(w, sum); return err })
}
