package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/data/palette"
	"easel/internal/model/stored"
	"easel/internal/model/zoo"
	"easel/internal/work/translate"
)

// Options say how to make a site. The zero value is the default.
type Options struct {
	// Int8 stores kernels in 8 bits, half the size of float16, the default.
	Int8 bool
	// Runtime is a file or folder of the npm package onnxruntime-web; "" is the one in the
	// user's cache, which is fetched if needed.
	Runtime string
	// Force replaces an existing site.
	Force bool
}

// Declared are the options in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Site",
		option.Bool(&o.Int8, "int8", "kernels in 8 bits, with a scale for each channel"),
		option.Text(&o.Runtime, "runtime", "archive or folder of the npm package "+Runtime().Name+", which runs a web site's model (default: fetched once)").As("FILE|DIR"),
		option.Bool(&o.Force, "force", "overwrite a site that exists"),
	))
}

// Result says what was written.
type Result struct {
	// Path is the site's folder, Bytes its size, and Network that of the model in it.
	Path    string `json:"path"`
	Bytes   int64  `json:"bytes"`
	Network int64  `json:"network"`
}

// Write exports the model of a run folder or model file as a site to a folder, which
// appears complete or not at all. Client fetches the runtime if needed; notify, which may
// be nil, receives its progress.
func Write(ctx context.Context, client *http.Client, model, folder string, o Options, notify func(Progress)) (Result, error) {
	r := Result{Path: folder}
	if err := replaceable(folder, o.Force); err != nil {
		return r, err
	}
	about, exported, err := read(model, o)
	if err != nil {
		return r, err
	}
	runtime, err := Runtime().open(ctx, client, o.Runtime, notify)
	if err != nil {
		return r, fmt.Errorf("export %s: %w", model, err)
	}
	onnx := exported.Model.Bytes()
	files, err := assemble(about, exported, onnx, runtime)
	if err != nil {
		return r, fmt.Errorf("export %s: %w", model, err)
	}
	r.Network = int64(len(onnx))
	for _, content := range files {
		r.Bytes += int64(len(content))
	}
	if err := place(folder, files); err != nil {
		return r, fmt.Errorf("export %s: %w", model, err)
	}
	return r, nil
}

// read describes a model for the page, and returns its network as ONNX.
func read(path string, o Options) (about Model, exported *zoo.Exported, err error) {
	options := zoo.ExportOptions{Half: !o.Int8, Int8: o.Int8, Noise: true}
	m, err := stored.Open(path)
	if err == nil {
		defer func() { err = errors.Join(err, m.Close()) }()
		exported, err = zoo.ToONNX(m, options)
		about = Model{ID: nameOf(path), About: translate.Describe(m.Config), Network: network{Classes: classes(m.Config.Labels)}}
	} else if errors.Is(err, stored.ErrStyle) {
		var s *stored.Style
		if s, err = stored.OpenStyle(path); err != nil {
			return about, nil, err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		exported, err = zoo.StyleToONNX(s, options)
		about = Model{ID: nameOf(path), About: translate.DescribeStyle(s.Network)}
	}
	if err != nil {
		return about, nil, err
	}
	for _, channels := range []int{about.Input.Channels, about.Output.Channels} {
		if channels != 1 && channels != 3 {
			return about, nil, fmt.Errorf("export %s: pictures of %d channels cannot be shown or drawn in a browser, only grey and RGB", path, channels)
		}
	}
	return about, exported, nil
}

// classes are the colours of a classifying network's outputs.
func classes(labels *palette.Labels) [][3]int {
	if labels == nil {
		return nil
	}
	list := make([][3]int, len(labels.Classes))
	for i, c := range labels.Classes {
		for j, v := range c.Colour {
			list[i][j] = int(v)
		}
	}
	return list
}

// nameOf returns a model's name on the page: the last part of its path without extension.
func nameOf(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return strings.TrimSuffix(filepath.Base(path), ".safetensors")
}

// generator is in the first page of every site.
const generator = `<meta name="generator" content="easel">`

// replaceable refuses to replace anything but a site, or a site without Force.
func replaceable(folder string, force bool) error {
	info, err := os.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("export: %w", err)
	case !info.IsDir():
		return hint.New(fmt.Errorf("%s exists already and is not a folder", folder), "choose another name")
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	index, _ := os.ReadFile(filepath.Join(folder, indexName))
	switch {
	case len(entries) == 0:
		return nil
	case !strings.Contains(string(index), generator):
		return hint.New(fmt.Errorf("%s exists already and is not a site that easel wrote", folder), "choose another folder")
	case !force:
		return hint.New(fmt.Errorf("%s exists already", folder), "replace it with {force}, or choose another folder")
	}
	return nil
}

// place writes files beside a folder and then moves them into its place.
func place(folder string, files map[string][]byte) (err error) {
	folder = filepath.Clean(folder)
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(parent, "."+filepath.Base(folder)+"-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	made := filepath.Join(temporary, "new")
	for name, content := range files {
		path := filepath.Join(made, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			return err
		}
	}
	old := filepath.Join(temporary, "old")
	if err := os.Rename(folder, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(made, folder); err != nil {
		return errors.Join(err, os.Rename(old, folder))
	}
	return nil
}
