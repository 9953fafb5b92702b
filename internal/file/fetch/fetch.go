// Package fetch downloads a file that is known beforehand: its address, its size
// and its SHA-256.
//
//	err := fetch.File(ctx, http.DefaultClient, source, path, func(done int64) { … })
//
// # Guarantees
//
// The file at path is the right one or is not there. What has arrived so far
// stands beside it as path.part; after an interruption, of the connection or of
// the program, the next call goes on from there. A connection that breaks is taken
// up again as long as each attempt brings something. What turns out wrong in the
// end is removed. Nothing is ever fetched but by a call of File.
//
// Libraries that resume downloads were looked at: they write to the final name as
// they go, and know no prefix of it that may stay.
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

// Source is a file somewhere.
type Source struct {
	URL  string
	Size int64 // in bytes
	// SHA256 is in hexadecimal; "" where it is not known, and then only the size is
	// checked.
	SHA256 string
}

// Sized asks the server for the size of a file of which it is not known.
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

// Sum is the SHA-256 of a file, in hexadecimal.
func Sum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// silence is how long a server may send nothing.
const silence = time.Minute

// PartSuffix is what the name of an unfinished file has more.
const PartSuffix = ".part"

// File downloads s to path, whose folder is made if need be, and calls progress,
// if there is one, with the number of bytes that have arrived. It replaces a file
// at path. Errors have a hint.
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
		return fmt.Errorf("%s has %d bytes, not %d", path, n, s.Size)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); s.SHA256 != "" && sum != s.SHA256 {
		return fmt.Errorf("%s has the SHA-256 %s, not %s", path, sum, s.SHA256)
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
			errors.Join(fmt.Errorf("what arrived is not the file that was asked for, and is removed again: %w", err), os.Remove(d.part)),
			"try again; if it stays so, the server has another file",
		)
	}
	return os.Rename(d.part, path)
}

// complete fills the part file, in as many attempts as bring something.
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

// explain says what is left of a download that failed.
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
		advice += fmt.Sprintf("; %d of %d bytes are kept in %s, and the next attempt goes on from there", have, d.source.Size, d.part)
	}
	return hint.New(err, advice)
}

// have is the length of the part file. A longer one than the whole is none.
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

// attempt is one request, from byte from on.
func (d download) attempt(ctx context.Context, from int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(silence, func() { cancel(fmt.Errorf("the server has sent nothing for %s", silence)) })
	defer watch.Stop()
	response, err := d.request(ctx, from)
	if err != nil {
		if request := (*url.Error)(nil); errors.As(err, &request) {
			err = request.Err // File names the address already
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
	// The file is as it is: no compression on the way, whose lengths would differ.
	request.Header.Set("Accept-Encoding", "identity")
	return d.client.Do(request)
}

// begins says at which byte the response begins, and refuses one that is not of
// the file.
func (d download) begins(r *http.Response, from int64) (int64, error) {
	whole := d.source.Size
	switch {
	case r.StatusCode == http.StatusPartialContent && strings.HasPrefix(r.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)):
	case r.StatusCode == http.StatusOK: // it does not resume
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

// append adds what body has to the part file, from byte from on.
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

// watched is a response's body: every read that brings something sets the clock
// back and is reported.
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

// cause prefers the reason why a context ended to the error that it led to.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// diskWriter marks errors of the disk, which another attempt does not mend.
type diskWriter struct{ io.Writer }

func (w diskWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	return n, disk(err)
}

func disk(err error) error {
	if err == nil {
		return nil
	}
	advice := "choose a place that can be written"
	if atomicfile.NoSpace(err) {
		advice = "make room on the disk and try again"
	}
	return &lastingError{fmt.Errorf("write: %w", err), advice}
}

// interruption is the end of the context, in words for people.
type interruption struct{ cause error }

func (interruption) Error() string   { return "interrupted" }
func (e interruption) Unwrap() error { return e.cause }

// lastingError is one that the next attempt would meet as well.
type lastingError struct {
	error
	advice string
}

// Unwrap lets errors.Is see the cause.
func (e *lastingError) Unwrap() error { return e.error }
