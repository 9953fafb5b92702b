package xla

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put makes empty files and returns their folder.
func put(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// alone makes a machine that has these plugins and no other.
func alone(t *testing.T, names ...string) string {
	t.Helper()
	folder, home := put(t, names...), t.TempDir()
	t.Setenv(FoldersVariable, folder)
	t.Setenv("HOME", home)
	for _, variable := range []string{"XDG_DATA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX"} {
		t.Setenv(variable, "")
	}
	return folder
}

func TestFind(t *testing.T) {
	folder := alone(t,
		"pjrt_c_api_cpu_plugin.so", "pjrt-plugin-tpu.so", "cuda/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
		"jax_plugins/xla_rocm7/xla_rocm_plugin.so", "deeper/pjrt_c_api_metal_plugin.dylib", "xla_plugins/xla_oneapi2_pjrt/xla_oneapi2_pjrt.so", "libc.so", "pjrt_c_api_x_plugin.txt")
	var names []string
	for _, p := range Plugins() {
		if strings.HasPrefix(p.Path, folder) { // go-xla's system folder may have others
			names = append(names, p.Name)
		}
	}
	if got := strings.Join(names, " "); got != "cpu cuda metal oneapi rocm tpu" {
		t.Errorf("found %s", got)
	}
	p, err := Find("cuda")
	if err != nil || p.Path != filepath.Join(folder, "cuda/jax_plugins/xla_cuda13/xla_cuda_plugin.so") {
		t.Errorf("cuda is %+v, %v", p, err)
	}
	path := filepath.Join(folder, "libc.so")
	if p, err := Find(path); err != nil || p.Path != path {
		t.Errorf("a path is %+v, %v", p, err)
	}
	wantHint(t, "", "xla:cpu, xla:cuda")
	wantHint(t, "abacus", "xla:cpu, xla:cuda")
	wantHint(t, folder, "library in it")
	wantHint(t, filepath.Join(folder, "nothing.so"), "shared library")
}

func TestFindNothing(t *testing.T) {
	if len(Plugins()) > 0 {
		alone(t)
	}
	if len(Plugins()) > 0 {
		t.Skip("this machine has plugins where every user finds them")
	}
	wantHint(t, "", "easel backends install cuda")
	wantHint(t, "cuda", "easel backends install cuda")
}

func wantHint(t *testing.T, spec, part string) {
	t.Helper()
	_, err := Find(spec)
	wantHinted(t, err, part)
}

func wantHinted(t *testing.T, err error, part string) {
	t.Helper()
	var e interface{ Hint() string }
	if !errors.As(err, &e) || !strings.Contains(e.Hint(), part) {
		t.Errorf("want a hint of %q, got %v", part, err)
	}
}

func TestMissingCUDA(t *testing.T) {
	t.Parallel()
	folder := put(t,
		"jax_plugins/xla_cuda13/xla_cuda_plugin.so", "nvidia/cu13/lib/libcudart.so.13", "nvidia/cu13/lib/libcublas.so.13",
		"nvidia/cu13/lib/libcublasLt.so.13", "nvidia/cudnn/lib/libcudnn.so.9")
	p := Plugin{"cuda", filepath.Join(folder, "jax_plugins/xla_cuda13/xla_cuda_plugin.so")}
	only := func(names ...string) func(string) bool {
		return func(name string) bool { return strings.Contains(strings.Join(names, " "), name) }
	}
	err := checkCUDA(p, only())
	wantHinted(t, err, "NVIDIA's driver")
	err = checkCUDA(p, only("libcuda.so.1", "libcufft.so.12"))
	wantHinted(t, err, "easel backends install cuda")
	for name, missing := range map[string]bool{"libcusolver.so.12": true, "libnccl.so.2": true, "libcudnn.so.9": false, "libcufft.so.12": false, "libcublas.so.13": false} {
		if strings.Contains(err.Error(), name) != missing {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := checkCUDA(p, only("libcuda.so.1 libcufft.so.12 libcusolver.so.12 libcusparse.so.12 libcupti.so.13 libnccl.so.2")); err != nil {
		t.Error(err)
	}
	if err := checkCUDA(Plugin{"cpu", "/a/pjrt_c_api_cpu_plugin.so"}, only()); err != nil {
		t.Error(err)
	}
}
