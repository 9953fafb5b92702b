package install

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"easel/internal/base/hint"
)

// indexVariable is where pip looks for its index first; so do we.
const indexVariable = "PIP_INDEX_URL"

// pipIndex is the package index that pip is set up for. easel names no server
// of its own: a machine's pip knows the mirror that it should use.
func pipIndex(ctx context.Context) (string, error) {
	if index := os.Getenv(indexVariable); index != "" {
		return index, nil
	}
	for _, question := range [][]string{
		{"-m", "pip", "config", "get", "global.index-url"},
		{"-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"}, // its default
	} {
		out, err := exec.CommandContext(ctx, "python3", question...).Output()
		if answer := strings.TrimSpace(string(out)); err == nil && strings.HasPrefix(answer, "http") {
			return answer, nil
		}
	}
	return "", hint.New(fmt.Errorf("there is no pip (python3 -m pip) to ask for the package index"),
		"give the address of a Python package index's simple API with {index}, or by hand: "+byHand)
}

// byHand is the same without easel.
const byHand = `pip install "jax-cuda13-plugin[with-cuda]" in a virtual environment, and run easel inside it`

// maxPage bounds what an index may say about one project.
const maxPage = 64 << 20

// address asks the index where a wheel is. The index has to have the file with
// the hash that is expected.
func address(ctx context.Context, client *http.Client, index string, w Wheel) (string, error) {
	page := strings.TrimRight(index, "/") + "/" + w.Project + "/"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return "", hint.New(fmt.Errorf("package index %q: %w", index, err), "give the address of a Python package index's simple API with {index}")
	}
	r.Header.Set("Accept", "application/vnd.pypi.simple.v1+json")
	answer, err := client.Do(r)
	if err != nil {
		return "", hint.New(fmt.Errorf("package index: %w", err), "check the connection and try again, or by hand: "+byHand)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return "", hint.New(fmt.Errorf("package index: %s answers %s", page, answer.Status), "give another index with {index}, or by hand: "+byHand)
	}
	var project struct {
		Files []struct {
			Filename string            `json:"filename"`
			URL      string            `json:"url"`
			Hashes   map[string]string `json:"hashes"`
		} `json:"files"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxPage)).Decode(&project); err != nil {
		return "", hint.New(fmt.Errorf("package index: %s does not answer in JSON (PEP 691): %w", page, err), "give another index with {index}, or by hand: "+byHand)
	}
	for _, f := range project.Files {
		if f.Filename != w.File {
			continue
		}
		if sum := f.Hashes["sha256"]; sum != "" && sum != w.SHA256 {
			return "", hint.New(fmt.Errorf("package index: %s has the SHA-256 %s, not %s", w.File, sum, w.SHA256), "the index has another file: give another one with {index}")
		}
		at, err := answer.Request.URL.Parse(f.URL)
		if err != nil || at.Scheme != "https" && at.Scheme != "http" {
			return "", fmt.Errorf("package index: %s is at %q", w.File, f.URL)
		}
		return (&url.URL{Scheme: at.Scheme, User: at.User, Host: at.Host, Path: at.Path, RawPath: at.RawPath, RawQuery: at.RawQuery}).String(), nil
	}
	return "", hint.New(fmt.Errorf("package index: %s has no %s", page, w.File), "give another index with {index}, or by hand: "+byHand)
}
