package site

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"easel/internal/file/digest"
	"easel/internal/model/zoo"
	"easel/internal/work/page"
	"easel/internal/work/translate"
)

//go:embed app
var app embed.FS

//go:embed licences
var licences embed.FS

// indexName is the first page.
const indexName = "index.html"

// Model is what the pages know about the model.
type Model struct {
	ID string `json:"id"`
	translate.About
	Network network `json:"network"`
}

// network says how the model runs.
type network struct {
	parted
	Multiple int         `json:"multiple"`
	Smallest int         `json:"smallest"`
	Noise    []zoo.Noise `json:"noise,omitempty"`
	// Classes are the colours of the outputs, if the network classifies.
	Classes [][3]int `json:"classes,omitempty"`
}

// provider is what an execution provider of the runtime loads.
type provider struct {
	Script string `json:"script"`
	Glue   string `json:"glue"`
	WASM   parted `json:"wasm"`
}

// parted is a large file cut into parts.
type parted struct {
	Bytes int    `json:"bytes"`
	Parts []part `json:"parts"`
}

type part struct {
	Path   string `json:"path"` // relative to the folder of the pages
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// partSize is the largest size of a part: some hosts reject files above 25 MiB.
const partSize = 20 << 20

// hashed is how many digits of a hash are in a folder's name.
const hashed = 16

// builder collects a site's files by name.
type builder map[string][]byte

// assemble returns all files of a site.
func assemble(about Model, exported *zoo.Exported, onnx []byte, runtime map[string][]byte) (builder, error) {
	b := builder{}
	n := &about.Network
	n.parted = b.cut("model-"+digest.Bytes(onnx)[:hashed]+"/network.onnx", onnx)
	n.Multiple, n.Smallest, n.Noise = exported.Multiple, exported.Smallest, exported.Noise
	pages, err := b.pages(map[string]any{
		"models": []Model{about},
		"runtime": map[string]provider{
			"webgpu": b.provider(runtime, gpuScript, gpuGlue, gpuWasm),
			"wasm":   b.provider(runtime, cpuScript, cpuGlue, cpuWasm),
		},
	})
	if err != nil {
		return nil, err
	}
	if b[indexName], err = index(about.ID, pages); err != nil {
		return nil, err
	}
	b["licences.txt"], err = licenceText()
	return b, err
}

// cut adds a large file in parts.
func (b builder) cut(name string, content []byte) parted {
	p := parted{Bytes: len(content)}
	n := 0
	for chunk := range slices.Chunk(content, partSize) {
		at := name + "." + strconv.Itoa(n)
		b[at] = chunk
		p.Parts = append(p.Parts, part{"../" + at, len(chunk), digest.Bytes(chunk)})
		n++
	}
	return p
}

func (b builder) provider(runtime map[string][]byte, script, glue, wasm string) provider {
	folder := Runtime().folder()
	add := func(name string) string {
		at := folder + "/" + strings.TrimSuffix(name, ".mjs") + ".js"
		b[at] = runtime[name]
		return "../" + at
	}
	return provider{add(script), add(glue), b.cut(folder+"/"+wasm, runtime[wasm])}
}

// pages adds the pages and their data, site.json, and returns their folder.
func (b builder) pages(site any) (string, error) {
	files := map[string][]byte{}
	own, err := fs.Sub(app, "app")
	if err != nil {
		return "", err
	}
	for _, folder := range []fs.FS{page.App(), page.Files(), own} {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Dir(name) != "." || name == indexName || name == "look.js" {
				return err
			}
			files[name], err = fs.ReadFile(folder, name)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	if files["site.json"], err = json.MarshalIndent(site, "", " "); err != nil {
		return "", err
	}
	var all bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&all, "%s %s\n", name, digest.Bytes(files[name]))
	}
	folder := "easel-" + digest.Bytes(all.Bytes())[:hashed]
	for name, content := range files {
		b[folder+"/"+name] = content
	}
	return folder, nil
}

// index is the first page.
func index(title, folder string) ([]byte, error) {
	t, err := template.ParseFS(app, "app/"+indexName)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]string{"Title": title, "App": "./" + folder})
	return out.Bytes(), err
}

// licenceText returns the licences of everything in a site.
func licenceText() ([]byte, error) {
	var out bytes.Buffer
	for _, l := range []struct{ title, file string }{
		{"easel", "easel.txt"}, {Runtime().Name + " " + Runtime().Version, "onnxruntime.txt"}, {"What is in " + Runtime().Name, "onnxruntime-notices.txt.gz"},
	} {
		text, err := licences.ReadFile("licences/" + l.file)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(l.file, ".gz") {
			unzipped, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				return nil, err
			}
			if text, err = io.ReadAll(unzipped); err != nil {
				return nil, err
			}
		}
		fmt.Fprintf(&out, "%s\n%s\n\n%s\n\n", l.title, strings.Repeat("=", len(l.title)), text)
	}
	return out.Bytes(), nil
}
