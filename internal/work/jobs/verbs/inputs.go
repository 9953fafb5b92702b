package verbs

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"easel/internal/model/stored"
	"easel/internal/work/jobs"
)

// A worker on another machine gets copies of the files that a job's options name. Each kind
// says which options those are: a key, the elements of a list (models[]), or a key within
// them (styles[].path).

// needed returns what a job needs of the file or folder at a path.
type needed func(path string) (jobs.Input, error)

// whole is all of it.
func whole(path string) (jobs.Input, error) { return jobs.Input{Path: path}, nil }

// model is the model file of a run folder, or of itself.
func model(path string) (jobs.Input, error) {
	file, err := stored.Find(path)
	if err != nil || file == path {
		return jobs.Input{Path: path}, err
	}
	name, err := filepath.Rel(path, file)
	return jobs.Input{Path: path, Only: []string{filepath.ToSlash(name)}}, err
}

// inputs is a kind's Inputs for options that name paths at some keys.
func inputs(keys map[string]needed) func(json.RawMessage) (json.RawMessage, []jobs.Input, error) {
	return func(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
		list, err := inputsAt(options, keys)
		return options, list, err
	}
}

// notPaths are values of options that name files, and mean something else.
var notPaths = map[string]bool{"": true, "random": true, "small": true, "content": true, "noise": true, "style": true}

func inputsAt(options json.RawMessage, keys map[string]needed) (list []jobs.Input, err error) {
	var tree map[string]any
	if err := json.Unmarshal(options, &tree); err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	seen := map[string]bool{}
	for key, need := range keys {
		for _, path := range valuesAt(tree, strings.Split(key, ".")) {
			if notPaths[path] || seen[path] {
				continue
			}
			seen[path] = true
			in, err := need(path)
			if err != nil {
				return nil, err
			}
			list = append(list, in)
		}
	}
	return list, nil
}

// valuesAt returns the texts at a key.
func valuesAt(tree map[string]any, keys []string) (found []string) {
	key, isList := strings.CutSuffix(keys[0], "[]")
	values := []any{tree[key]}
	if isList {
		values, _ = tree[key].([]any)
	}
	for _, v := range values {
		switch v := v.(type) {
		case string:
			if len(keys) == 1 {
				found = append(found, v)
			}
		case map[string]any:
			if len(keys) > 1 {
				found = append(found, valuesAt(v, keys[1:])...)
			}
		}
	}
	return found
}

// set replaces the value of a key of options.
func set(options json.RawMessage, key string, value any) (json.RawMessage, error) {
	tree := map[string]json.RawMessage{}
	err := json.Unmarshal(options, &tree)
	if err == nil {
		tree[key], err = json.Marshal(value)
	}
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	return json.Marshal(tree)
}
