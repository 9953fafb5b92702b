package site

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/digest"
	"easel/internal/file/fetch"
)

// Package is a published package that sites include.
type Package struct {
	fetch.Source
	Name, Version, Licence string
	// files are the SHA-256 of the files that a site needs, by name below dist.
	files map[string]string
}

// Runtime is ONNX Runtime Web. The registry's own integrity of the archive is
// sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==.
func Runtime() Package {
	return Package{
		Name: "onnxruntime-web", Version: "1.30.0", Licence: "MIT",
		Source: fetch.Source{
			URL:    "https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz",
			Size:   33106585,
			SHA256: "d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71",
		},
		files: map[string]string{
			gpuScript: "3dffff71811bc13a3a3d9591c57ca5ee5735b8f5f3eaf789510b02bb040ae3a0",
			gpuGlue:   "3d1c85995364bb643302fc6fd877a0c3ba5ae72401815e0f24828a53d9191e28",
			gpuWasm:   "39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da",
			cpuScript: "219e6a1fc8a9938268d18efca3c91d310bd2f4a59bbd13744df5b2b7fc6cee3b",
			cpuGlue:   "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
			cpuWasm:   "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
		},
	}
}

// folder is the runtime's folder in a site.
func (p Package) folder() string { return p.Name + "-" + p.Version }

// Path returns where the archive is stored in the user's cache folder.
func (p Package) Path() (string, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(folder, "easel", p.folder()+".tgz"), nil
}

// The files of the package that a site includes. Some servers do not know that .mjs is
// JavaScript, and browsers then refuse to run it, so in a site they end in .js.
const (
	gpuScript, gpuGlue, gpuWasm = "ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify.mjs", "ort-wasm-simd-threaded.asyncify.wasm"
	cpuScript, cpuGlue, cpuWasm = "ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"
)

// Progress is the progress of fetching the runtime, in bytes.
type Progress struct{ Done, Total int64 }

// open returns the package's files by name, from an archive or folder of it; if none is
// given, from the archive in the cache, which it fetches if needed.
func (p Package) open(ctx context.Context, client *http.Client, path string, notify func(Progress)) (map[string][]byte, error) {
	if path == "" {
		var err error
		if path, err = p.fetch(ctx, client, notify); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the runtime: %w", err)
	}
	read := p.readArchive
	if info.IsDir() {
		read = p.readFolder
	}
	files, err := read(path)
	if err == nil {
		err = p.check(files)
	}
	if err != nil {
		return nil, hint.New(fmt.Errorf("the runtime %s: %w", path, err),
			fmt.Sprintf("expected the archive or the folder of %s %s, which npm pack %s@%s fetches", p.Name, p.Version, p.Name, p.Version))
	}
	return files, nil
}

// check reports a file that differs from the package's.
func (p Package) check(files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		content, ok := files[name]
		if !ok {
			return fmt.Errorf("it has no dist/%s", name)
		}
		if digest.Bytes(content) != p.files[name] {
			return fmt.Errorf("its dist/%s is not that of version %s", name, p.Version)
		}
	}
	return nil
}

// fetch returns the archive's path in the cache.
func (p Package) fetch(ctx context.Context, client *http.Client, notify func(Progress)) (string, error) {
	path, err := p.Path()
	if err != nil {
		return "", err
	}
	if fetch.Verify(path, p.Source) == nil {
		return path, nil
	}
	err = fetch.File(ctx, client, p.Source, path, func(done int64) {
		if notify != nil {
			notify(Progress{done, p.Size})
		}
	})
	if err != nil {
		return "", hint.New(err, strings.TrimPrefix(hint.On(err)+"; ", "; ")+"{runtime} names a copy of the package, which npm pack "+p.Name+"@"+p.Version+" fetches")
	}
	return path, nil
}

// readFolder reads the files that a site needs from a folder of the package.
func (p Package) readFolder(path string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name := range p.files {
		content, err := os.ReadFile(filepath.Join(path, "dist", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

// fileLimit exceeds any file of the package that a site needs.
const fileLimit = 64 << 20

// readArchive reads them from the package as npm distributes it.
func (p Package) readArchive(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.New("it is not a .tgz file")
	}
	files := map[string][]byte{}
	for archive := tar.NewReader(unzipped); ; {
		h, err := archive.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the archive is damaged: %w", err)
		}
		name, ok := strings.CutPrefix(h.Name, "package/dist/")
		if _, wanted := p.files[name]; !ok || !wanted || h.Size > fileLimit {
			continue
		}
		if files[name], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("the archive is damaged: %w", err)
		}
	}
}
