package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"easel/internal/file/archive"
	"easel/internal/file/atomicfile"
)

// uploads is the name of the data that clients sent, and of their folder in the state.
const uploads = "uploads"

// maxFiles is how many files a client's data may have.
const maxFiles = 100_000

// dataRequest asks to make a folder of data from files that were sent.
type dataRequest struct {
	Name string `json:"name"`
	// Archive is a ZIP file, as sha256:HEX; or Files maps names with their folders, such as
	// A/1.png, to hashes.
	Archive string            `json:"archive"`
	Files   map[string]string `json:"files"`
}

// dataNames are the valid names of a folder of data.
var dataNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// openUploads makes the folder for data that clients send, and removes what an earlier
// server left unfinished.
func (s *Server) openUploads() error {
	folder := filepath.Join(s.options.State, uploads)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				return fmt.Errorf("data: %w", err)
			}
		}
	}
	s.blobs.count(sizeOf(folder))
	s.uploads, err = s.data.add(uploads, folder)
	return err
}

// sizeOf returns the total bytes of all files in a folder.
func sizeOf(folder string) (bytes int64) {
	_ = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// makeData makes a folder of data from files that were sent.
func (s *Server) makeData(w http.ResponseWriter, r *http.Request) {
	name, err := s.unpack(w, r)
	if err != nil {
		fail(w, err)
		return
	}
	f, err := s.folder(name)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusCreated, f)
}

func (s *Server) unpack(w http.ResponseWriter, r *http.Request) (name string, err error) {
	if s.queue == nil {
		return "", errNoState
	}
	if err := s.allowed("train"); err != nil { // its purpose
		return "", err
	}
	var request dataRequest
	if err := s.readJSON(w, r, maxDataBody, &request); err != nil {
		return "", err
	}
	if !dataNames.MatchString(request.Name) || (request.Archive == "") == (len(request.Files) == 0) {
		return "", failure(http.StatusUnprocessableEntity, "data", `send {"name": "facades", "archive": "sha256:…"}, or "files": {"A/1.png": "sha256:…"}`,
			"a folder of data needs a name of letters and digits, and either an archive or files")
	}
	root, _ := s.data.find(s.uploads)
	target := filepath.Join(root, request.Name)
	if _, err := os.Lstat(target); err == nil {
		return "", failure(http.StatusConflict, "data-exists", "choose another name", "data called %s exist already", request.Name)
	}
	temporary, err := os.MkdirTemp(root, ".coming-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := s.fill(r.Context(), temporary, request); err != nil {
		return "", err
	}
	inside := single(temporary)
	if err := os.Rename(inside, target); err != nil {
		return "", failure(http.StatusConflict, "data-exists", "choose another name", "data called %s exist already", request.Name)
	}
	s.blobs.count(sizeOf(target))
	return s.uploads + "/" + request.Name, nil
}

// fill writes what was sent into a folder.
func (s *Server) fill(ctx context.Context, folder string, request dataRequest) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if request.Archive == "" {
		err = s.putFiles(ctx, root, request.Files)
	} else {
		err = s.unzip(ctx, root, request.Archive)
	}
	var known *problem
	switch {
	case err == nil || errors.As(err, &known) || ctx.Err() != nil:
		return err
	case atomicfile.NoSpace(err):
		return failure(http.StatusInsufficientStorage, "no-room", "the server's disk is full", "the files cannot be stored")
	case errors.Is(err, archive.ErrTooMuch):
		return failure(http.StatusInsufficientStorage, "no-room", "send less, or remove jobs and files that are not needed", "%v", err)
	}
	return failure(http.StatusUnprocessableEntity, "data", "", "%v", err)
}

func (s *Server) unzip(ctx context.Context, root *os.Root, name string) error {
	path, err := s.blobs.named(name)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return archive.Unzip(ctx, f, info.Size(), root, archive.Limits{Bytes: s.blobs.room(), Files: maxFiles})
}

func (s *Server) putFiles(ctx context.Context, root *os.Root, files map[string]string) error {
	if len(files) > maxFiles {
		return fmt.Errorf("%w: there are more than %d files", archive.ErrTooMuch, maxFiles)
	}
	left := s.blobs.room()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		path, err := s.blobs.named(files[name])
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		n, err := archive.Put(root, name, f, left)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// sides are folder names with a meaning.
var sides = regexp.MustCompile(`(?i)^(a|b|train|training|val|valid|validation|test|testing)$`)

// single returns the only folder in a folder, if that is what was packed, otherwise the
// folder itself.
func single(folder string) string {
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || !entries[0].IsDir() || sides.MatchString(entries[0].Name()) {
		return folder
	}
	return filepath.Join(folder, entries[0].Name())
}

// needs reports whether a job's options name a folder or something in it.
func needs(options []byte, folder string) bool {
	for _, end := range []string{`"`, quoted(string(filepath.Separator))} {
		if strings.Contains(string(options), quoted(folder)+end) {
			return true
		}
	}
	return false
}

// removeData removes sent data, unless a job still needs them.
func (s *Server) removeData(w http.ResponseWriter, r *http.Request) {
	if err := s.discard(r.PathValue("name")); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) discard(name string) error {
	if s.queue == nil {
		return errNoState
	}
	path, err := s.data.find(s.uploads + "/" + name)
	if err != nil || !dataNames.MatchString(name) {
		return failure(http.StatusNotFound, "no-data", "", "no data called %q was sent", name)
	}
	for _, j := range s.queue.List() {
		if !j.State.Ended() && needs(j.Options, path) {
			return failure(http.StatusConflict, "data-in-use", "cancel the job first", "the job %s needs it", j.ID)
		}
	}
	gone := filepath.Join(filepath.Dir(path), ".gone-"+name)
	if err := os.Rename(path, gone); err != nil {
		return err
	}
	s.blobs.count(-sizeOf(gone))
	return os.RemoveAll(gone)
}
