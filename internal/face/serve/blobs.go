package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"easel/internal/file/atomicfile"
)

// blobs are files that clients sent, named by their SHA-256. Each is verified and stored
// once; an upload can resume after a broken connection.
type blobs struct {
	folder string
	limit  int64 // total, in bytes
	mu     sync.Mutex
	used   int64
	busy   map[string]bool // uploads in progress
}

func openBlobs(folder string, limit int64) (*blobs, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	b := &blobs{folder: folder, limit: limit, busy: map[string]bool{}}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			b.used += info.Size()
		}
	}
	return b, nil
}

// isHash reports whether a word is a SHA-256 as this server writes it, and therefore not a
// path.
func isHash(word string) bool {
	b, err := hex.DecodeString(word)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == word
}

func (b *blobs) find(hash string) (string, error) {
	path := filepath.Join(b.folder, hash)
	if !isHash(hash) {
		return "", failure(http.StatusUnprocessableEntity, "no-blob", "a SHA-256 has 64 hexadecimal digits in lower case", "%q is not a SHA-256", hash)
	}
	if _, err := os.Stat(path); err != nil {
		return "", failure(http.StatusUnprocessableEntity, "no-blob", "send it with PUT /v1/blobs/"+hash, "there is no file %s", hash)
	}
	return path, nil
}

// blobPrefix precedes the hash in the name of a file that was sent.
const blobPrefix = "sha256:"

// named resolves the name of a file in options.
func (b *blobs) named(name string) (string, error) {
	hash, ok := strings.CutPrefix(name, blobPrefix)
	if !ok {
		return "", failure(http.StatusUnprocessableEntity, "no-blob", "write "+blobPrefix+" and the SHA-256 of the file", "%q does not name a file that was sent", name)
	}
	return b.find(hash)
}

func (b *blobs) part(hash string) string { return filepath.Join(b.folder, hash+".part") }

// headBlob answers 200 if a file is there, otherwise 404 with the number of bytes that have
// arrived as Upload-Offset.
func (s *Server) headBlob(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	if s.blobs == nil {
		fail(w, errNoState)
		return
	}
	path, err := s.blobs.find(hash)
	if err == nil {
		if info, err := os.Stat(path); err == nil {
			w.Header().Set("Upload-Offset", strconv.FormatInt(info.Size(), 10))
			w.WriteHeader(http.StatusOK)
			return
		}
	}
	offset := int64(0)
	if info, err := os.Stat(s.blobs.part(hash)); err == nil && isHash(hash) {
		offset = info.Size()
	}
	w.Header().Set("Upload-Offset", strconv.FormatInt(offset, 10))
	fail(w, failure(http.StatusNotFound, "no-blob", "", "there is no file %s", hash))
}

// shownBlobs are the file types that browsers may show.
var shownBlobs = []string{"image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"}

// getBlob sends a file back to a client that knows its hash, so that a reloaded page can
// show what was chosen before.
func (s *Server) getBlob(w http.ResponseWriter, r *http.Request) {
	if s.blobs == nil {
		fail(w, errNoState)
		return
	}
	path, err := s.blobs.find(r.PathValue("hash"))
	if err != nil {
		fail(w, failure(http.StatusNotFound, "no-blob", "", "there is no file %s", r.PathValue("hash")))
		return
	}
	f, err := os.Open(path)
	if err != nil {
		fail(w, err)
		return
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 512) // as much as DetectContentType reads
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		fail(w, err)
		return
	}
	kind := http.DetectContentType(head[:n])
	if !slices.Contains(shownBlobs, kind) {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, immutable, max-age=86400") // named by its content, so it never changes
	http.ServeContent(w, r, "", time.Time{}, f)
}

// putBlob receives a file or, with Upload-Offset, the rest of one.
func (s *Server) putBlob(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	if s.blobs == nil {
		fail(w, errNoState)
		return
	}
	if err := s.rates.take(clientOf(r)); err != nil {
		fail(w, err)
		return
	}
	if _, err := s.blobs.find(hash); err == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if !isHash(hash) {
		fail(w, failure(http.StatusBadRequest, "no-blob", "a SHA-256 has 64 hexadecimal digits in lower case", "%q is not a SHA-256", hash))
		return
	}
	offset := int64(0)
	if text := r.Header.Get("Upload-Offset"); text != "" {
		var err error
		if offset, err = strconv.ParseInt(text, 10, 64); err != nil || offset < 0 {
			fail(w, failure(http.StatusBadRequest, "offset", "", "Upload-Offset: %q is not a number of bytes", text))
			return
		}
	}
	body := readBody(w, r, s.options.MaxBlobs, nil)
	if err := s.blobs.take(hash, offset, body); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// take appends a body to the part of a file that has arrived, and completes the file if its
// hash is then right.
func (b *blobs) take(hash string, offset int64, body io.Reader) (err error) {
	b.mu.Lock()
	if b.busy[hash] {
		b.mu.Unlock()
		return failure(http.StatusConflict, "busy-blob", "wait until the other request ends", "another request is sending this file")
	}
	b.busy[hash] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.busy, hash)
		b.mu.Unlock()
	}()
	f, err := os.OpenFile(b.part(hash), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if offset > size {
		return failure(http.StatusConflict, "offset", "ask with HEAD for the offset to continue from", "%d bytes have arrived, not %d", size, offset)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	if err := f.Truncate(offset); err != nil {
		return err
	}
	b.count(offset - size)
	n, err := io.Copy(f, io.LimitReader(body, b.room()+1))
	b.count(n)
	if err == nil && b.room() < 0 {
		b.discard(f)
		return failure(http.StatusInsufficientStorage, "no-room", "remove jobs and files that are not needed", "the server keeps at most %s of files", amount(b.limit))
	}
	if atomicfile.NoSpace(err) {
		return failure(http.StatusInsufficientStorage, "no-room", "the server's disk is full", "the file cannot be stored")
	}
	if err != nil {
		return failure(http.StatusRequestTimeout, "body", "ask with HEAD for the offset to continue from", "the body of the request did not arrive: %v", err)
	}
	return b.complete(f, hash)
}

// complete checks the hash and renames the file to it.
func (b *blobs) complete(f *os.File, hash string) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != hash {
		b.discard(f)
		return failure(http.StatusUnprocessableEntity, "hash", "send it again from the beginning", "the file has SHA-256 %s", got)
	}
	return errors.Join(f.Sync(), f.Close(), os.Rename(f.Name(), filepath.Join(b.folder, hash)))
}

// discard removes what has arrived.
func (b *blobs) discard(f *os.File) {
	if info, err := f.Stat(); err == nil {
		b.count(-info.Size())
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
}

func (b *blobs) count(n int64) {
	b.mu.Lock()
	b.used += n
	b.mu.Unlock()
}

// room returns how many more bytes may arrive.
func (b *blobs) room() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limit - b.used
}
