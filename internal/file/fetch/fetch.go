// Package fetch downloads a known file: one whose address, size and SHA-256 are given.
//
//	err := fetch.File(ctx, http.DefaultClient, source, path, func(done int64) { … })
//
// # Guarantees
//
// The file at path is correct, or it does not exist. A partial download is in path.part;
// after an interruption of the connection or the program, the next call continues it. A
// broken connection is opened again as long as each attempt brings something. A file that
// turns out to be wrong is removed. Only File uses the network.
//
// Why not a library: those that resume downloads write to the final name while they
// download, so that an incomplete file cannot be told from a complete one.
package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// Source is a file on a server.
type Source struct {
	URL  string
	Size int64 // in bytes
	// SHA256 is in hexadecimal. If it is not known, it is "", and only the size is
	// checked.
	SHA256 string
}

// Sized asks the server for the size of a file whose size is not known.
func Sized(ctx context.Context, client *http.Client, s Source) (Source, error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, s.URL, nil)
	if err != nil {
		return s, err
	}
	request.Header.Set("Accept-Encoding", "identity")
	response, err := client.Do(request)
	if err != nil {
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
		return s, hint.New(fmt.Errorf("fetch %s: %w", s.URL, err), "check the connection and try again; {from} names another address")
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode != http.StatusOK:
		return s, hint.New(fmt.Errorf("fetch %s: the server answers %s", s.URL, response.Status), "try again later; {from} names another address")
	case response.ContentLength <= 0:
		return s, hint.New(fmt.Errorf("fetch %s: the server does not say how large the file is", s.URL), "{from} names another address")
	}
	s.Size = response.ContentLength
	return s, nil
}

// silence is how long a server may send nothing before the attempt ends.
const silence = time.Minute

// PartSuffix is appended to the name of an unfinished download.
const PartSuffix = ".part"

// File downloads s to path, making the folder if necessary, and calls progress, if it is
// not nil, with the number of bytes so far. It replaces a file at path. Errors have
// hints.
func File(ctx context.Context, client *http.Client, s Source, path string, progress func(done int64)) error {
	d := download{client, s, path + PartSuffix, progress}
	if err := d.run(ctx, path); err != nil {
		return fmt.Errorf("fetch %s: %w", s.URL, err)
	}
	return nil
}

// Verify reports how the file at path differs from s.
func Verify(path string, s Source) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return err
	}
	if n != s.Size {
		return fmt.Errorf("%s has %d bytes, expected %d", path, n, s.Size)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); s.SHA256 != "" && sum != s.SHA256 {
		return fmt.Errorf("%s has the SHA-256 %s, expected %s", path, sum, s.SHA256)
	}
	return nil
}

type download struct {
	client   *http.Client
	source   Source
	part     string
	progress func(int64)
}

func (d download) run(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := d.complete(ctx); err != nil {
		return err
	}
	if err := Verify(d.part, d.source); err != nil {
		return hint.New(
			errors.Join(fmt.Errorf("the download is not the expected file, and has been removed: %w", err), os.Remove(d.part)),
			"try again; if that does not help, the server has a different file",
		)
	}
	return os.Rename(d.part, path)
}

// complete fills the part file, trying again as long as attempts bring something.
func (d download) complete(ctx context.Context) error {
	for {
		before, err := d.have()
		if err != nil || before == d.source.Size {
			return err
		}
		failed := d.attempt(ctx, before)
		after, err := d.have()
		var lasting *lastingError
		switch {
		case err != nil:
			return err
		case failed != nil && (after <= before || ctx.Err() != nil || errors.As(failed, &lasting)):
			return d.explain(failed, after)
		}
	}
}

// explain adds what is left of a failed download, and advice.
func (d download) explain(err error, have int64) error {
	advice := "check the connection and try again"
	var lasting *lastingError
	switch {
	case errors.Is(err, context.Canceled):
		err, advice = interruption{err}, "start it again"
	case errors.As(err, &lasting):
		advice = lasting.advice
	}
	if have > 0 {
		advice += fmt.Sprintf("; %d of %d bytes are kept in %s, and the next attempt continues from there", have, d.source.Size, d.part)
	}
	return hint.New(err, advice)
}

// have is the length of the part file; 0 if it is longer than the whole file.
func (d download) have() (int64, error) {
	info, err := os.Stat(d.part)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if info.Size() > d.source.Size {
		return 0, os.Remove(d.part)
	}
	return info.Size(), nil
}

// attempt is one request, starting at byte from.
func (d download) attempt(ctx context.Context, from int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(silence, func() { cancel(fmt.Errorf("the server has sent nothing for %s", silence)) })
	defer watch.Stop()
	response, err := d.request(ctx, from)
	if err != nil {
		if request := (*url.Error)(nil); errors.As(err, &request) {
			err = request.Err // File has named the address
		}
		return cause(ctx, err)
	}
	defer response.Body.Close()
	from, err = d.begins(response, from)
	if err != nil {
		return err
	}
	body := &watched{io.LimitReader(response.Body, d.source.Size-from), watch, from, d.progress}
	return cause(ctx, d.append(body, from))
}

func (d download) request(ctx context.Context, from int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.source.URL, nil)
	if err != nil {
		return nil, err
	}
	if from > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	// No compression, because it would change the lengths.
	request.Header.Set("Accept-Encoding", "identity")
	return d.client.Do(request)
}

// begins returns the byte at which the response begins, and refuses a response that is
// not of this file.
func (d download) begins(r *http.Response, from int64) (int64, error) {
	whole := d.source.Size
	switch {
	case r.StatusCode == http.StatusPartialContent && strings.HasPrefix(r.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)):
	case r.StatusCode == http.StatusOK: // the server cannot resume
		from = 0
	case r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return 0, &lastingError{
			errors.Join(errors.New("the server's file is shorter than expected"), os.Remove(d.part)), "the server has another file"}
	default:
		return 0, &lastingError{fmt.Errorf("the server answers %s", r.Status), "try again later"}
	}
	if r.ContentLength >= 0 && from+r.ContentLength != whole {
		return 0, &lastingError{
			fmt.Errorf("the server's file has %d bytes, not %d", from+r.ContentLength, whole), "the server has another file"}
	}
	return from, nil
}

// append adds body to the part file, starting at byte from.
func (d download) append(body io.Reader, from int64) (err error) {
	f, err := os.OpenFile(d.part, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return disk(err)
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = disk(closed)
		}
	}()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if err := f.Truncate(from); err != nil {
			return disk(err)
		}
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			return disk(err)
		}
	}
	n, err := io.Copy(diskWriter{f}, body)
	if err != nil {
		return err
	}
	if from+n < d.source.Size {
		return io.ErrUnexpectedEOF
	}
	return disk(f.Sync())
}

// watched is a response's body. Every read that brings something restarts the timer and
// is reported.
type watched struct {
	io.Reader
	watch    *time.Timer
	done     int64
	progress func(int64)
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if n > 0 {
		w.watch.Reset(silence)
		w.done += int64(n)
		if w.progress != nil {
			w.progress(w.done)
		}
	}
	return n, err
}

// cause returns the reason why a context ended, if that is what led to the error.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// diskWriter marks errors of the disk, which another attempt does not repair.
type diskWriter struct{ io.Writer }

func (w diskWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	return n, disk(err)
}

func disk(err error) error {
	if err == nil {
		return nil
	}
	advice := "choose a folder that you may write to"
	if atomicfile.NoSpace(err) {
		advice = "make room on the disk and try again"
	}
	return &lastingError{fmt.Errorf("write: %w", err), advice}
}

// interruption is the end of the context, in words for people.
type interruption struct{ cause error }

func (interruption) Error() string   { return "interrupted" }
func (e interruption) Unwrap() error { return e.cause }

// lastingError is an error that the next attempt would meet too.
type lastingError struct {
	error
	advice string
}

// Unwrap lets errors.Is see the cause.
func (e *lastingError) Unwrap() error { return e.error }
