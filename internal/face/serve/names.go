package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Clients use names and never paths: models by id, data as ROOT/FOLDER below a --data
// folder, sent files as sha256:HEX. This file replaces the names in a job's options before
// the job's kind sees them. A path option that is not in this table is refused.

// meaning turns a client's name into the value of an option.
type meaning func(s *Server, name string) (string, error)

// named lists the options that hold names: a key, the elements of a list (models[]), or a
// key within them (styles[].path).
var named = map[string]map[string]meaning{
	"train":       {"data": dataName, "init_from": modelName, "palette": fileName},
	"train-style": {"styles[]": fileName, "data": dataName, "weights": weightsName},
	"stylize":     {"content": fileName, "styles[].path": fileName, "styles[].mask": fileName, "init": initName, "continue": fileName, "weights": weightsName},
	"translate":   {"model": modelName, "inputs[]": fileName},
	"evaluate":    {"models[]": modelName, "data": dataName, "scorer": modelName, "palette": fileName},
	"experiment":  {"data": dataName},
	"inspect":     {"data": dataName},
	"demo":        {},
}

// refused lists the options that a client may not set.
var refused = map[string][]string{
	"train":       {"out", "resume", "backend", "threads", "perceptual_weights"},
	"train-style": {"out", "resume", "model", "backend", "threads"},
	"stylize":     {"out", "force", "backend", "threads", "model"},
	"evaluate":    {"features", "perceptual", "backend", "threads"},
}

// rename replaces the names in a job's options.
func (s *Server) rename(kind string, options json.RawMessage) (json.RawMessage, error) {
	tree := map[string]any{}
	if len(options) > 0 {
		d := json.NewDecoder(strings.NewReader(string(options)))
		d.UseNumber()
		if err := d.Decode(&tree); err != nil {
			return nil, failure(http.StatusBadRequest, "json", "", "options: %v", err)
		}
	}
	for _, key := range refused[kind] {
		if err := exactly(tree, key); err != nil {
			return nil, err
		}
		if _, ok := tree[key]; ok {
			return nil, failure(http.StatusUnprocessableEntity, "options", "leave it out", "%s is set by the server", key)
		}
	}
	for key, means := range named[kind] {
		if err := s.renameAt(tree, strings.Split(key, "."), means); err != nil {
			return nil, err
		}
	}
	return json.Marshal(tree)
}

// exactly refuses a key that is an option's but for its case: decoding does not tell them
// apart, and these tables do.
func exactly(tree map[string]any, key string) error {
	for k := range tree {
		if k != key && strings.EqualFold(k, key) {
			return failure(http.StatusUnprocessableEntity, "options", "write "+key, "there is no option %q", k)
		}
	}
	return nil
}

func (s *Server) renameAt(tree map[string]any, keys []string, means meaning) error {
	key, list := strings.CutSuffix(keys[0], "[]")
	if err := exactly(tree, key); err != nil {
		return err
	}
	value, ok := tree[key]
	if !ok || value == nil {
		return nil
	}
	values := []any{value}
	if list {
		if values, ok = value.([]any); !ok {
			return nil // the check of the job's kind reports it
		}
	}
	for i, v := range values {
		if len(keys) > 1 {
			if below, ok := v.(map[string]any); ok {
				if err := s.renameAt(below, keys[1:], means); err != nil {
					return err
				}
			}
			continue
		}
		name, ok := v.(string)
		if !ok || name == "" {
			continue
		}
		real, err := means(s, name)
		if err != nil {
			return err
		}
		if list {
			values[i] = real
		} else {
			tree[key] = real
		}
	}
	return nil
}

func modelName(s *Server, name string) (string, error) {
	m, err := s.models.get(name)
	if err != nil {
		return "", err
	}
	return m.path, nil
}

func dataName(s *Server, name string) (string, error) { return s.data.find(name) }

func fileName(s *Server, name string) (string, error) {
	if strings.HasPrefix(name, blobPrefix) && s.blobs != nil {
		return s.blobs.named(name)
	}
	return s.data.find(name)
}

func initName(s *Server, name string) (string, error) {
	switch name {
	case "content", "noise", "style":
		return name, nil
	}
	return fileName(s, name)
}

func weightsName(_ *Server, name string) (string, error) {
	if name == "random" || name == "small" {
		return name, nil
	}
	return "", failure(http.StatusUnprocessableEntity, "options", `leave it out, or "small" or "random"`, "the server uses its own weights")
}

// dataRoots are the folders that jobs may read, by name.
type dataRoots struct {
	names []string
	paths map[string]string
}

func newDataRoots(folders []string) (*dataRoots, error) {
	d := &dataRoots{paths: map[string]string{}}
	for _, folder := range folders {
		if _, err := d.add(nameOf(folder), folder); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// add registers a folder under a name, with a number appended if that is taken.
func (d *dataRoots) add(base, folder string) (name string, err error) {
	info, err := os.Stat(folder)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("data folder: %s is a file", folder)
	}
	name = base
	for n := 2; d.paths[name] != ""; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	d.names = append(d.names, name)
	d.paths[name] = folder
	return name, nil
}

// find returns the path of ROOT or ROOT/BELOW, which must exist. Neither names nor links
// can lead out of the root.
func (d *dataRoots) find(name string) (string, error) {
	first, below, _ := strings.Cut(strings.TrimSuffix(name, "/"), "/")
	root, ok := d.paths[first]
	if !ok {
		hint := "start the server with --data DIR"
		if len(d.names) > 0 {
			hint = "there are " + strings.Join(d.names, ", ")
		}
		return "", failure(http.StatusUnprocessableEntity, "no-data", hint, "there is no data called %q", name)
	}
	if below == "" {
		return root, nil
	}
	if !filepath.IsLocal(filepath.FromSlash(below)) {
		return "", failure(http.StatusUnprocessableEntity, "no-data", "", "%q is not below %s", name, first)
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	if _, err := r.Stat(filepath.FromSlash(below)); err != nil {
		return "", failure(http.StatusUnprocessableEntity, "no-data", "", "there is no %q", name)
	}
	return filepath.Join(root, filepath.FromSlash(below)), nil
}

// Folder describes a folder in /v1/data: what a training job can use.
type Folder struct {
	Name    string   `json:"name"`
	Folders []string `json:"folders"`
	Files   int      `json:"files"`
}

// listData lists the roots, or with ?folder= the content of one.
func (s *Server) listData(w http.ResponseWriter, r *http.Request) {
	names := s.data.names
	if name := r.URL.Query().Get("folder"); name != "" {
		names = []string{name}
	}
	list := []Folder{}
	for _, name := range names {
		f, err := s.folder(name)
		if err != nil {
			fail(w, err)
			return
		}
		list = append(list, f)
	}
	answer(w, http.StatusOK, map[string]any{"data": list})
}

// folder describes a folder of data.
func (s *Server) folder(name string) (Folder, error) {
	f := Folder{Name: name, Folders: []string{}}
	dir, err := s.data.find(name)
	if err != nil {
		return f, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f, failure(http.StatusUnprocessableEntity, "no-data", "", "%s cannot be read as a folder", name)
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			f.Folders = append(f.Folders, path.Join(name, e.Name()))
		default:
			f.Files++
		}
	}
	return f, nil
}

// errNoState means that the server has nowhere to keep jobs.
var errNoState = failure(http.StatusNotImplemented, "no-state", "start the server with --state DIR", "this server keeps no jobs")
